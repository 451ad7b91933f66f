"""The model files: checked at load, packed and read back; clear errors when they are not there."""

from __future__ import annotations

import shutil

import pytest

from pipeline.tokenise import load
from pipeline.tokenise.forms import candidates, cuts_of
from pipeline.tokenise.pipelines import own
from pipeline.tokenise.readings import Reading, Readings, read_lexicon, write_lexicon
from pipeline.tokenise.weights import CHECKSUMS, FOLDER, LEXICON, NETWORK, RANKER, verified
from schemas.errors import ModelChecksumError, ModelMissingError


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "tokeniser")


def test_released_files_pass_and_give_the_version():
    assert verified() == verified()
    assert load().version.startswith(f"khabar-{verified()}-")


@pytest.mark.parametrize("name", [NETWORK, LEXICON, RANKER])
def test_a_changed_file_is_refused(folder, name):
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(ModelChecksumError, match=f"{name}.*not the released file.*CARD.md"):
        own(folder)


@pytest.mark.parametrize("name", [NETWORK, LEXICON, RANKER, CHECKSUMS])
def test_a_missing_file_says_how_to_get_it(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelMissingError, match=f"{name} is not there; reinstall khabar"):
        own(folder)


def test_each_file_is_small():
    assert all((FOLDER / name).stat().st_size < 1_000_000 for name in (NETWORK, LEXICON, RANKER))


def test_the_variants_are_registered_with_stanza():
    load()
    from stanza.pipeline.registry import PROCESSOR_VARIANTS

    assert "khabar" in PROCESSOR_VARIANTS["tokenize"]
    assert "khabar" in PROCESSOR_VARIANTS["mwt"]


def test_a_lexicon_is_read_as_it_was_written():
    logs = {"قال": 5.0, "وقال": 4.0625}
    known = {"قال": Reading((), 0.0), "وقال": Reading((1,), 0.98), "ولكتابه": Reading((1, 2, 6), 1.0)}
    assert read_lexicon(write_lexicon(logs, known)) == (logs, known)


@pytest.mark.parametrize(
    ("form", "cuts"),
    [("وقال", (1,)), ("به", (1,)), ("ولكتابها", (1, 2, 6)), ("وبها", (1, 2)), ("للأمم", (1,)), ("كتابه", (4,))],
)
def test_candidates_have_the_right_reading(form, cuts):
    ways = [cuts_of(parts) for parts in candidates(form)]
    assert ways[0] == ()
    assert cuts in ways
    assert all("".join(parts) == form for parts in candidates(form))


@pytest.fixture(scope="module")
def readings():
    return Readings.from_files((FOLDER / LEXICON).read_bytes(), (FOLDER / RANKER).read_bytes())


@pytest.mark.parametrize("form", ["", "و", "ء" * 25, "و" * 300])
def test_what_is_no_word_is_whole(readings, form):
    assert readings[form] == Reading((), 0.0)


def test_context_is_heard_only_in_doubt(readings):
    assert readings.is_cut("وقال", 0.0)
    assert not readings.is_cut("بوتين", 1.0)
    doubtful = "وسم"
    assert readings.in_doubt(doubtful)
    assert readings.is_cut(doubtful, 0.999)
    assert not readings.is_cut(doubtful, 0.001)
