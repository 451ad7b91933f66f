"""How training data is read, cut and augmented; all examples are written for this test."""

from __future__ import annotations

import random
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the extra khabar[training]")
pytest.importorskip("safetensors", reason="training needs the extra khabar[training]")

from pipeline.encoder.heads import EVENT_KINDS, PHASES, UPOS
from pipeline.encoder.weights import CHECKSUMS, FOLDER
from pipeline.training import batches, gold, ner_sets, treebanks
from pipeline.training.base import dequantise, kept_pieces
from pipeline.training.corpora import TRAINED, Annotated, sentences_of
from pipeline.training.encoder import pace
from pipeline.training.spelling import respell

TEXT = "وبوتين يزور بكين.\nأعلن الكرملين إن «اللقاء مهم»."


def article():
    def span(text, after=0):
        start = FULL.index(text, after)
        return {"start": start, "end": start + len(text), "text": text}

    return {
        "id": "x",
        "title": TITLE,
        "body": TEXT,
        "entities": [span("بوتين") | {"type": "PER"}, span("بكين") | {"type": "LOC"}],
        "quotes": [{"content": span("اللقاء مهم"), "kind": "direct", "cue": span("أعلن"), "speaker": span("الكرملين")}],
        "events": [
            {
                "kind": "visit", "phase": "realised", "negated": False, "trigger": span("يزور"),
                "source": [span("بوتين")], "target": [span("بكين")],
            }
        ],
    }  # fmt: skip


TITLE = "خبر"
FULL = f"{TITLE}\n\n{TEXT}"


def test_gold_spans_become_labels_of_words():
    found = gold.annotated(article(), "train")
    assert found.words[:5] == ["خبر", "وبوتين", "يزور", "بكين", "."]
    entities = [TRAINED.labels["entities"][i] for i in found.layers["entities"]]
    assert entities[:5] == ["O", "B-PER", "O", "B-LOC", "O"]
    assert found.layers["clitics"][1] == 1
    assert found.layers["clitics"][3] == 0
    assert TRAINED.labels["triggers"][found.layers["triggers"][2]] == "B-visit"
    assert PHASES[found.layers["phases"][2]] == "realised"
    assert found.links == {(2, 1): 0, (2, 3): 1}
    quoted = [w for w, i in zip(found.words, found.layers["quotes"], strict=True) if i]
    assert quoted == ["اللقاء", "مهم"]


def test_unlabelled_heads_are_unknown_not_none():
    found = gold.annotated(article(), "train")
    assert (found.layers["phases"][[0, 1, 3]] == -100).all()
    assert "upos" not in found.layers


def test_sentences_are_cut_at_full_stops_and_lines():
    assert [[w.text for w in s] for s in sentences_of("نعم. لا\nربما")] == [["نعم", "."], ["لا"], ["ربما"]]


@pytest.mark.parametrize(
    ("run", "surface", "letters", "upos"),
    [
        ([("و", "CCONJ"), ("قال", "VERB")], "وقال", 1, "VERB"),
        ([("ل", "ADP"), ("الحكومة", "NOUN")], "للحكومة", 0, "NOUN"),
        ([("و", "CCONJ"), ("ل", "ADP"), ("الحكومة", "NOUN")], "وللحكومة", 1, "NOUN"),
        ([("ب", "ADP"), ("مدرسة", "NOUN"), ("هم", "PRON")], "بمدرستهم", 1, "NOUN"),
        ([("على", "ADP"), ("ه", "PRON")], "عليه", 0, "ADP"),
        ([("رأى", "VERB"), ("ها", "PRON")], "رأاها", 0, "VERB"),
        ([("بكين", "PROPN")], "بكين", 0, "PROPN"),
    ],
)
def test_treebank_words_are_joined_to_surface_words(run, surface, letters, upos):
    assert treebanks.joined(run) == surface
    assert treebanks.clitic_letters(run) == letters
    assert run[treebanks.stem(run)][1] == upos
    assert upos in UPOS


def test_treebank_of_version_1_joins_particles_and_pronouns():
    columns = [
        ["1", "وَ", "و", "CONJ", "C---------", "_", "0", "cc", "_", "Gloss=and"],
        ["2", "قَالَ", "قال", "VERB", "VP-A-3MS--", "_", "0", "root", "_", "Gloss=say"],
        ["3", "هُ", "هو", "PRON", "SP---3MS4-", "_", "0", "dobj", "_", "Gloss=he"],
        ["4", "بَغدَادُ", "بغداد", "NOUN", "N------S1I", "_", "0", "nsubj", "_", "Gloss=Baghdad"],
    ]
    words = list(treebanks.padt_words(columns))
    assert [treebanks.joined(run) for run in words] == ["وقاله", "بغداد"]
    assert words[0][0] == ("و", "CCONJ")
    assert words[1][0][1] == ""


def test_nested_and_odd_tags_are_mapped():
    assert ner_sets.mapped(["I-OCC", "B-GPE"]) == "B-LOC"
    assert ner_sets.mapped(["B-MIS1"]) == "O"
    assert ner_sets.mapped(["B-DATE"]) == "O"
    assert ner_sets.mapped(["OO"]) == "O"


def test_columns_are_read_as_sentences_and_split_at_marks():
    sentences = list(ner_sets.columns(["(بكين B-LOC", "وصل O", "", "لندن B-LOC"]))
    text = ner_sets.annotated("anercorp", sentences, {"entities_anercorp": 0}, "x")
    assert text.words == ["(", "بكين", "وصل", "لندن"]
    labels = [TRAINED.labels["entities_anercorp"][i] for i in text.layers["entities_anercorp"]]
    assert labels == ["B-LOC", "I-LOC", "O", "B-LOC"]
    assert text.sentence_starts == [0, 3]


def _text(sentence_sizes):
    words = [f"كلمة{i}" for i in range(sum(sentence_sizes))]
    starts = np.cumsum([0, *sentence_sizes])[:-1].tolist()
    return Annotated("train", words, [False] * len(words), starts, {})


def test_spans_cover_every_word_once_within_the_budget():
    text = _text([4, 3, 12, 2, 2])
    spans = list(batches.spans(text, [1] * len(text.words), 8))
    assert [i for a, b in spans for i in range(a, b)] == list(range(len(text.words)))
    assert all(b - a <= 8 for a, b in spans)
    assert (0, 7) in spans


@pytest.mark.parametrize(
    ("prefix", "word", "whole", "letters"),
    [
        ("و", "بوتين", "وبوتين", 1),
        ("ل", "الصين", "للصين", 0),
        ("ول", "الصين", "وللصين", 1),
        ("ل", "لبنان", "للبنان", 1),
    ],
)
def test_attached_clitics(prefix, word, whole, letters):
    assert batches.attach(prefix, word) == (whole, letters)


def test_augmentation_keeps_words_and_labels_aligned():
    subwords = SimpleNamespace(start=0, end=2, pad=1, ids=lambda word, _glued=False: (len(word),))
    text = gold.annotated(article(), "train")
    maker = batches.Windows(subwords, random.Random(1), [text])
    for _ in range(50):
        (window,) = maker.of(text, augment=True)
        assert len(window.ids) == len(text.words) + 2
        assert all(len(labels) == len(text.words) for labels in window.labels.values())
        assert {(t, a): r for t, a, r in window.links if r >= 0} == {(3, 2): 0, (3, 4): 1}
    assert text.words == gold.annotated(article(), "train").words


def test_batches_put_labels_on_first_subwords():
    subwords = SimpleNamespace(start=0, end=2, pad=1, ids=lambda _word, _glued=False: (7, 8))
    text = gold.annotated(article(), "train")
    (window,) = batches.Windows(subwords, random.Random(1)).of(text, augment=False, budget=100)
    made = batches.batch([window], subwords.pad)
    entities = made.targets["entities"][0].tolist()
    assert entities[3] == TRAINED.labels["entities"].index("B-PER")
    assert entities[4] == -100


def test_respelling_changes_only_spelling():
    chance = random.Random(0)
    assert {respell("إلى", chance) for _ in range(60)} <= {"إلى", "الى", "إلي", "الي"}
    assert respell("2024", chance) == "2024"


def test_blocks_of_four_bits():
    scale = np.array([0.5], "<f2").tobytes()
    nibbles = bytes([0x8F] * 16)
    values = dequantise(scale + nibbles, 1, 32)
    assert values[0, :16].tolist() == [3.5] * 16
    assert values[0, 16:].tolist() == [0.0] * 16


def test_kept_pieces_are_arabic_signs_and_some_latin():
    pieces = ["<s>", "▁الرئيس", "▁پاکستان", "▁the", "2024", "▁«", "東京"]
    assert [pieces[i] for i in kept_pieces(pieces)] == ["<s>", "▁الرئيس", "▁the", "2024", "▁«"]


def test_pace_rises_and_falls():
    assert pace(0) == 0
    assert pace(0.3) == 1
    assert pace(0.75) == pytest.approx(0.5)
    assert pace(1) == 0


def test_every_event_kind_has_labels():
    assert all(f"{part}-{kind}" in TRAINED.labels["triggers"] for kind in EVENT_KINDS for part in "BI")


@pytest.mark.skipif(not (FOLDER / CHECKSUMS).exists(), reason="the encoder's weights are not in this tree")
def test_a_file_of_tokens_and_tags_is_judged_clean_and_folded(tmp_path, capsys):
    from pipeline.training.score import main

    file = tmp_path / "made.txt"
    rows = [("وصل", "O"), ("محمود", "B-PERS"), ("عباس", "I-PERS"), ("إلى", "O"), ("القاهرة", "B-LOC"), (".", "O")]
    wrong = [("غادر", "B-ORG"), ("الوفد", "O"), ("أمس", "O"), (".", "O")]
    file.write_text("\n\n".join("\n".join(" ".join(row) for row in part) for part in (rows, wrong)), "utf-8")
    main(["--conll", str(file)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "made.txt, clean"
    assert lines[6] == "made.txt, folded"
    totals = [line.split() for line in lines if line.split()[0] == "all"]
    assert [row[:7] for row in totals] == [["all", "P", "1.000", "R", "0.667", "F1", "0.800"]] * 2
