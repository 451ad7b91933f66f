"""Each model's folder: a card, and a checksum for every file, without which nothing is loaded."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline
from pipeline.checksums import CHECKSUMS, verify
from pipeline.events.decode import load_models as load_events
from pipeline.quotes.logistic import load_models as load_quotes
from schemas.errors import ModelChecksumError, ModelMissingError

MODELS = Path(pipeline.__file__).parent / "models"
FOLDERS = sorted(path for path in MODELS.iterdir() if path.is_dir() and path.name != "__pycache__")
CARD = "CARD.md"
NO_WEIGHTS = {CARD, CHECKSUMS, "resources.json"}
SECONDS_TO_LOAD = 3
LOAD = """
import socket, time
import onnxruntime, stanza, torch
def refused(*_):
    raise AssertionError("models are loaded offline")
socket.socket.connect = socket.getaddrinfo = refused
began = time.process_time()
from pipeline.analyse import load_stages
load_stages()
print(time.process_time() - began)
"""
LOADED = [
    (load_events, "events", "trigger.json"),
    (load_events, "events", "phase.json"),
    (load_events, "events", "actor.json"),
    (load_quotes, "quotes", "weights.json"),
]


def test_the_models_are_those_that_the_stages_read():
    assert [folder.name for folder in FOLDERS] == ["encoder", "events", "quotes", "tokeniser"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_file_has_its_checksum(folder):
    listed = {line.split()[1] for line in (folder / CHECKSUMS).read_text("ascii").splitlines()}
    assert listed == {path.name for path in folder.iterdir()} - NO_WEIGHTS
    verify(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_card_names_its_files_data_recipe_figures_and_limits(folder):
    card = (folder / CARD).read_text("utf-8")
    for heading in ("## Data and licences", "## Recipe", "## Figures", "## Limits"):
        assert heading in card
    assert "python -m pipeline.training" in card
    assert "tried" in card
    for path in folder.iterdir():
        assert path.name == CARD or f"`{path.name}`" in card


@pytest.mark.parametrize(("load", "model", "name"), LOADED)
def test_a_changed_file_is_refused(load, model, name, tmp_path):
    folder = shutil.copytree(MODELS / model, tmp_path / model)
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(ModelChecksumError, match=f"{name}.*not the released file.*CARD.md"):
        load(folder)


@pytest.mark.parametrize(("load", "model", "name"), [*LOADED, (load_quotes, "quotes", CHECKSUMS)])
def test_a_missing_file_says_how_to_get_it(load, model, name, tmp_path):
    folder = shutil.copytree(MODELS / model, tmp_path / model)
    (folder / name).unlink()
    with pytest.raises(ModelMissingError, match=f"{name} is not there; reinstall khabar"):
        load(folder)


def test_all_models_load_offline_in_seconds():
    """Processor time, beyond the import of the libraries."""
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD], capture_output=True, text=True, check=True, cwd=MODELS.parents[1]
    )
    assert float(loaded.stdout) < SECONDS_TO_LOAD
