"""The wheel works from an empty folder: data files and models are inside."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import orjson
import pytest

ROOT = Path(__file__).parents[2]
MOST_BYTES = 60 * 1024 * 1024
MOST_BYTES_A_FILE = 45_000_000


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("khabar-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(unpacked, cwd, *arguments, stdin=""):
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-P", "-m", "agents.cli", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, input=stdin, capture_output=True, text=True, check=False)


@pytest.mark.models
@pytest.mark.slow
def test_analyse_from_an_empty_folder(unpacked, tmp_path):
    sample = (unpacked / "agents/samples/articles.jsonl").read_text(encoding="utf-8").splitlines()[0]
    done = run(unpacked, tmp_path, "analyse", "-", stdin=sample + "\n")
    assert done.returncode == 0, done.stderr
    article = orjson.loads(done.stdout)
    assert article["id"] == "sample-01"
    assert all(article[layer] for layer in ("sentences", "entities", "quotes", "events"))
    assert list(tmp_path.iterdir()) == [], "analyse leaves nothing behind"


def test_models_keep_to_their_sizes(unpacked):
    sizes = {p: p.stat().st_size for p in (unpacked / "pipeline/models").rglob("*") if p.is_file()}
    assert sum(sizes.values()) < MOST_BYTES
    assert max(sizes.values()) < MOST_BYTES_A_FILE


def test_no_tests_and_no_shared_data_in_the_wheel(unpacked):
    tops = {p.name for p in unpacked.iterdir() if not p.name.endswith(".dist-info")}
    assert tops == {"schemas", "pipeline", "agents"}
