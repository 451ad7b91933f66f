"""``KHABAR_NLP_MODELS=stanza``: absent, the error names a command; that command fetches them; then all stages run.

The models are tiny, but Stanza's own trainers made them, its release script laid them out under the published names,
and its ``download`` fetches them from a server on this machine (``support.stanza_release``).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

pytest.importorskip("stanza")

from support import stanza_release

from agents.doctor import model
from agents.settings import Settings
from pipeline.analyse import analyse, load_stage, load_stages
from pipeline.nlp.hub import DOWNLOAD
from schemas.document import Document
from schemas.errors import ModelMissingError

pytestmark = [pytest.mark.slow, pytest.mark.models, pytest.mark.timeout(900)]
FILES = {
    "resources.json",
    "ar/tokenize/padt.pt",
    "ar/mwt/padt.pt",
    "ar/pos/padt_charlm.pt",
    "ar/ner/aqmar_charlm.pt",
    "ar/pretrain/conll17.pt",
    "ar/pretrain/fasttextwiki.pt",
    "ar/forward_charlm/ccwiki.pt",
    "ar/backward_charlm/ccwiki.pt",
}
ARTICLE = {
    "id": "a",
    "source": "وكالة",
    "title": "زار سمير حداد بيروت أمس.",
    "body": stanza_release.text(),
    "published_at": "2025-03-04T10:00:00Z",
}


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    """The folder that the command of the error message fills."""
    folder = tmp_path_factory.mktemp("stanza")
    command = DOWNLOAD.replace("python", sys.executable, 1)
    subprocess.run([sys.executable, stanza_release.__file__, str(folder)], check=True, timeout=400)
    with stanza_release.serve(folder / "release") as hub:
        environment = os.environ | hub | {"STANZA_RESOURCES_DIR": str(folder / "resources")}
        subprocess.run(command, shell=True, check=True, env=environment, timeout=200)  # noqa: S602 (as people type it)
    return folder / "resources"


@pytest.fixture
def installed(resources, monkeypatch):
    monkeypatch.setattr("stanza.resources.common.DEFAULT_MODEL_DIR", str(resources))


@pytest.fixture
def absent(tmp_path, monkeypatch):
    monkeypatch.setattr("stanza.resources.common.DEFAULT_MODEL_DIR", str(tmp_path / "nothing"))


def annotated(article, stages):
    return analyse([Document(**article, revision=0)], stages)[0]


def test_the_command_fetches_what_the_stages_need(resources):
    assert {path.relative_to(resources).as_posix() for path in resources.rglob("*") if path.is_file()} == FILES


@pytest.mark.usefixtures("installed")
def test_all_stages_run_on_them():
    found = annotated(ARTICLE, load_stages("stanza"))
    text = found.text
    spans = [*found.entities, *(w for s in found.sentences for w in s.words), *(q.content for q in found.quotes)]
    assert all(text[span.start : span.end] == span.text for span in spans)
    assert found.signals is None
    assert {(e.text, e.type, e.country) for e in found.entities} >= {
        ("سمير حداد", "PER", "IGO"),
        ("بيروت", "LOC", "LBN"),
        ("أوكرانيا", "LOC", "UKR"),
        ("الأمم المتحدة", "ORG", "IGO"),
        ("نوبل", "MISC", None),
    }
    (said, *_) = found.quotes
    assert (said.speaker.text, said.content.text) == ("الوزير", "فرنسا تدعم لأوكرانيا")
    visit = next(e for e in found.events if e.event_type == "visit_made")
    assert [actor.text for actor in visit.source] == ["سمير حداد"]


@pytest.mark.usefixtures("installed")
def test_words_have_clitics_of_their_own_and_tags():
    found = annotated(ARTICLE, [load_stage(name, "stanza") for name in ("tokenise", "ner")])
    words = [(w.text, w.upos) for w in found.sentences[1].words]
    assert words[:2] == [("و", "CCONJ"), ("قال", "VERB")]
    assert words[-3:] == [("ل", "ADP"), ("أوكرانيا", "PROPN"), (".", "PUNCT")]


@pytest.mark.usefixtures("installed")
def test_the_version_is_that_of_the_files(resources, tmp_path, monkeypatch):
    version = load_stage("ner", "stanza").version
    assert version == load_stage("ner", "stanza").version
    newer = shutil.copytree(resources, tmp_path / "newer")
    listed = json.loads((newer / "resources.json").read_text("utf-8"))
    listed["ar"]["ner"]["aqmar_charlm"]["md5"] = "0" * 32
    (newer / "resources.json").write_text(json.dumps(listed), "utf-8")
    monkeypatch.setattr("stanza.resources.common.DEFAULT_MODEL_DIR", str(newer))
    assert load_stage("ner", "stanza").version != version


def test_the_folder_of_the_environment_is_read(resources, tmp_path):
    environment = os.environ | {"KHABAR_NLP_MODELS": "stanza", "STANZA_RESOURCES_DIR": str(resources)}
    (tmp_path / "a.jsonl").write_bytes(orjson.dumps(ARTICLE))
    command = [sys.executable, "-m", "agents.cli", "analyse", str(tmp_path / "a.jsonl")]
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    printed = subprocess.run(command, capture_output=True, env=environment, cwd=tmp_path, timeout=200, check=True)
    line = orjson.loads(printed.stdout)
    assert line["versions"]["ner"].startswith("stanza-")
    assert {"سمير حداد", "بيروت"} <= {entity["text"] for entity in line["entities"]}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("stage", ["tokenise", "ner"])
def test_doctor_with_them(stage):
    finding = model(Settings(nlp_models="stanza"), stage)
    assert (finding.status, finding.found[:19]) == ("ok", "models load, stanza")


@pytest.mark.usefixtures("absent")
@pytest.mark.parametrize("stage", ["tokenise", "ner"])
def test_doctor_without_them(stage):
    finding = model(Settings(nlp_models="stanza"), stage)
    assert finding.status == "wrong"
    assert DOWNLOAD in finding.found


@pytest.mark.usefixtures("absent")
def test_analyse_without_them(khabar, tmp_path, monkeypatch):
    monkeypatch.setenv("KHABAR_NLP_MODELS", "stanza")
    (tmp_path / "a.jsonl").write_bytes(orjson.dumps(ARTICLE))
    result = khabar("analyse", "a.jsonl")
    assert (result.code, result.out) == (5, "")
    assert f"are not in {tmp_path / 'nothing'}; run `{DOWNLOAD}`" in result.err
    assert "STANZA_RESOURCES_DIR" in result.err
    assert "KHABAR_NLP_MODELS=khabar" in result.err


@pytest.mark.parametrize(
    "lost", ["ar/ner/aqmar_charlm.pt", "ar/pretrain/fasttextwiki.pt", "ar/forward_charlm/ccwiki.pt"]
)
def test_one_file_that_is_not_there_gives_the_command(resources, tmp_path, monkeypatch, lost):
    rest = shutil.copytree(resources, tmp_path / "rest")
    (rest / lost).unlink()
    monkeypatch.setattr("stanza.resources.common.DEFAULT_MODEL_DIR", str(rest))
    with pytest.raises(ModelMissingError, match=r"stanza\.download\('ar'"):
        load_stage("ner", "stanza")
