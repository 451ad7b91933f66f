"""Words, subwords, windows and BIO decoding."""

from __future__ import annotations

import itertools
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.encoder import bio
from pipeline.encoder.heads import SHIPPED
from pipeline.encoder.subwords import MOST_PIECES, Subwords
from pipeline.encoder.weights import CHECKSUMS, FOLDER, TOKENIZER, verified, write_checksums
from pipeline.encoder.windows import windows
from pipeline.encoder.words import surface_words, visible
from schemas.errors import ModelChecksumError, ModelMissingError

needs_weights = pytest.mark.skipif(not (FOLDER / CHECKSUMS).exists(), reason="the encoder's weights are not there")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("قال: «نعم».", ["قال", ":", "«", "نعم", "»", "."]),
        ("مُحَمَّد وصل", ["مُحَمَّد", "وصل"]),
        ("الـقـدس 2024/08/19", ["الـقـدس", "2024", "/", "08", "/", "19"]),
        ("نهاية.بداية", ["نهاية", ".", "بداية"]),
        ("😀 مرحبا", ["😀", "مرحبا"]),
        ("  ", []),
    ],
)
def test_surface_words(text, words):
    found = list(surface_words(text))
    assert [w.text for w in found] == words
    assert all(text[w.start : w.end] == w.text for w in found)


@given(st.text(alphabet="ابوقل ًـ.«»12aZ\n", max_size=60))
def test_surface_words_cover_everything_but_space(text):
    covered = {i for w in surface_words(text) for i in range(w.start, w.end)}
    assert {i for i, c in enumerate(text) if not c.isspace()} == covered


def test_glued_says_whether_a_space_stands_before():
    assert [w.glued for w in surface_words("قال: «نعم»")] == [False, True, False, True, True]


def test_visible_drops_what_carries_no_identity():
    assert visible("مُحَـمَّد\u200f") == "محمد"
    assert visible("ﷲ") == "الله"


@given(st.lists(st.lists(st.integers(1, 16), max_size=30), max_size=12), st.integers(16, 60))
def test_windows_are_a_partition_within_the_limit(sentences, most):
    sizes = [size for sentence in sentences for size in sentence]
    cut = list(windows(sentences, most))
    assert [i for window in cut for i in window] == list(range(len(sizes)))
    assert all(0 < sum(sizes[w.start : w.stop]) <= most for w in cut)


@given(st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=10), min_size=1, max_size=12))
def test_windows_break_at_sentences(sentences):
    borders = set(itertools.accumulate(map(len, sentences)))
    assert {window.stop for window in windows(sentences, 30)} <= borders


def _allowed(path):
    return (
        path[0] % 2 or not path[0]
        if len(path) == 1
        else all(
            label == 0 or label % 2 == 1 or before in {label, label - 1}
            for before, label in zip((0, *path), path, strict=False)
        )
    )


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_best_path_is_the_best_of_all_allowed(seed, size):
    scores = np.random.default_rng(seed).normal(size=(size, 5)).astype(np.float32)
    paths = [p for p in itertools.product(range(5), repeat=size) if _allowed(p)]
    best = max(paths, key=lambda p: sum(float(scores[i, label]) for i, label in enumerate(p)))
    assert tuple(bio.best_path(scores)) == best


def test_spans_of_a_sequence():
    assert bio.spans([0, 1, 2, 1, 3, 4, 0, 2]) == [(1, 3, 0), (3, 4, 0), (4, 6, 1), (7, 8, 0)]
    assert bio.spans([]) == []


def test_heads_stand_side_by_side():
    columns = [SHIPPED.columns(head) for head in SHIPPED.labels]
    assert [c.start for c in columns] == [0, *(c.stop for c in columns[:-1])]
    assert columns[-1].stop == SHIPPED.width
    with pytest.raises(KeyError):
        SHIPPED.columns("sentiment")


@needs_weights
def test_subwords_give_every_word_at_least_one_piece():
    subwords = Subwords(FOLDER / TOKENIZER)
    assert subwords.ids("ً", glued=True) == (subwords.unknown,)
    assert len(subwords.ids("س" * 500)) <= MOST_PIECES
    assert subwords.ids("مُحَمَّد") == subwords.ids("محمد")
    assert subwords.ids("محمد", glued=True) != subwords.ids("محمد")


@needs_weights
def test_weights_are_refused_when_they_are_not_the_released_ones(tmp_path):
    copy = tmp_path / "encoder"
    shutil.copytree(FOLDER, copy)
    assert verified(copy) == verified(FOLDER)
    with (copy / TOKENIZER).open("a", encoding="utf8") as file:
        file.write(" ")
    with pytest.raises(ModelChecksumError, match=r"tokenizer\.json"):
        verified(copy)
    write_checksums(copy)
    assert verified(copy) != verified(FOLDER)


def test_missing_weights_say_what_to_do(tmp_path):
    with pytest.raises(ModelMissingError, match="reinstall"):
        verified(tmp_path)
