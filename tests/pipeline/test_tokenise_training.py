"""Treebank readers, labels and the score of the training command, on sentences written for it."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from pipeline.training.tokeniser.score import gold_units, score
from pipeline.training.tokeniser.treebank import (
    GoldSentence,
    GoldToken,
    cut_examples,
    read_padt,
    read_pud,
    split_by_document,
)
from schemas.annotations import Sentence, Word

PUD = """# newdoc id = d1
# sent_id = d1-1
1\tو\t_\tCCONJ\t_\t_\t0\t_\t_\tSpaceAfter=No
2\tصل\t_\tVERB\t_\t_\t0\t_\t_\t_
3\tوفد\t_\tNOUN\t_\t_\t0\t_\t_\tLId=x|SpaceAfter=No
4\t.\t_\tPUNCT\t_\t_\t0\t_\t_\t_

# newdoc id = d2
# sent_id = d2-1
1\tنعم\t_\tPART\t_\t_\t0\t_\t_\tSpaceAfter=No
2\t.\t_\tPUNCT\t_\t_\t0\t_\t_\t_
"""
PADT = """# sent_id s-p1
# orig_file_sentence AB#1
1\tوَ\t_\tCONJ\tC---------\t_\t0\t_\t_\t_
2\tلِ\t_\tADP\tP---------\t_\t0\t_\t_\t_
3\tاَلوَفدِ\t_\tNOUN\tN------S2D\t_\t0\t_\t_\t_
4\tمَدرَسَةُ\t_\tNOUN\tN------S1R\t_\t0\t_\t_\t_
5\tهَا\t_\tPRON\tSP---3FS2-\t_\t0\t_\t_\t_
6\t.\t_\tPUNCT\tG---------\t_\t0\t_\t_\t_
"""


@pytest.fixture
def pud(tmp_path):
    (tmp_path / "pud.conllu").write_text(PUD, encoding="utf-8")
    return read_pud(tmp_path / "pud.conllu")


def test_pud_joins_arabic_runs_and_keeps_spaces(pud):
    assert [s.text for s in pud] == ["وصل وفد.", "نعم."]
    assert [t.words for t in pud[0].tokens] == [("و", "صل"), ("وفد",), (".",)]
    assert [s.document for s in pud] == ["d1", "d2"]


def test_padt_gets_the_spelling_of_the_surface_back(tmp_path):
    (tmp_path / "padt.conllu").write_text(PADT, encoding="utf-8")
    (sentence,) = read_padt(tmp_path / "padt.conllu")
    assert [t.words for t in sentence.tokens] == [("و", "ل", "لوفد"), ("مدرست", "ها"), (".",)]
    assert sentence.document == "AB"


def test_examples_count_the_cuts_of_a_form(pud):
    assert cut_examples([*pud, pud[0]]) == {"وصل": {(1,): 2}, "وفد": {(): 2}, "نعم": {(): 1}}


def test_the_split_is_by_document_and_repeatable():
    sentences = [GoldSentence(f"d{i // 2}", (GoldToken((str(i),)),)) for i in range(40)]
    learn, held_out = split_by_document(sentences, 13)
    assert (learn, held_out) == split_by_document(sentences, 13)
    assert len(held_out) == 8
    assert not {s.document for s in learn} & {s.document for s in held_out}
    assert split_by_document(sentences, 14)[1] != held_out


def test_labels_are_stanzas(pud):
    network = pytest.importorskip("pipeline.training.tokeniser.network", reason="needs khabar[training]")
    assert network.label(pud[0]) == ("وصل وفد.", "00300012")
    (first, _) = network.paragraphs(pud, random.Random(1), noise=False)
    assert first.text == "وصل وفد."


def test_noise_keeps_a_label_for_each_character(pud):
    network = pytest.importorskip("pipeline.training.tokeniser.network", reason="needs khabar[training]")
    for seed in range(50):
        for text, labels in network.paragraphs(pud * 3, random.Random(seed), noise=True):
            assert len(text) == len(labels)
            assert labels[-1] in "24"


class Fixed:
    """Finds one sentence with the words between the given borders."""

    name, version = "tokenise", "1"

    def __init__(self, *borders):
        self.borders = borders

    def __call__(self, documents):
        for one in documents:
            words = [Word(start=a, end=b, text=one.text[a:b], token=t) for a, b, t in self.borders]
            one.sentences = [Sentence(start=words[0].start, end=words[-1].end, words=words)]
        return list(documents)


@pytest.mark.parametrize(
    ("borders", "expected"),
    [
        ([(2, 3, 0), (3, 5, 0), (6, 9, 1), (9, 10, 2)], (1.0, 1.0, 1.0)),
        ([(2, 5, 0), (6, 9, 1), (9, 10, 2)], (1.0, 1.0, 4 / 7)),
        ([(2, 3, 0), (3, 5, 0), (6, 10, 1)], (1.0, 0.4, 4 / 7)),
        ([(2, 3, 0), (3, 5, 0), (6, 9, 1)], (0.0, 0.8, 6 / 7)),
    ],
)
def test_score_counts_right_borders(pud, borders, expected):
    assert score(pud[:1], Fixed(*borders)) == pytest.approx(expected)


def test_gold_units_do_not_count_spaces(pud):
    units = gold_units(pud)
    assert units.sentences == {(0, 7), (7, 11)}
    assert (0, 1) in units.words
    assert (0, 3) in units.tokens


def test_held_out_figures_keep_their_floors():
    shared = Path(os.environ.get("KHABAR_SHARED", Path(__file__).parents[3] / "shared"))
    if not (shared / "data/ud/pud.conllu").exists():
        pytest.skip("the treebanks are not here: set KHABAR_SHARED to the folder that has data/ud")
    from pipeline.tokenise import load

    held_out = split_by_document(read_pud(shared / "data/ud/pud.conllu"), 13)[1]
    figures = score(held_out, load())
    assert figures.sentences >= 0.96
    assert figures.words >= 0.98
