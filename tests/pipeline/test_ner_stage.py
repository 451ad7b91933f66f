"""The ner stage on documents written for this test."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from pipeline.encoder.weights import CHECKSUMS, FOLDER
from pipeline.encoder.words import surface_words
from pipeline.ner.clitics import Clitics, offset
from pipeline.ner.upos import mark
from schemas.annotations import Sentence, Word
from schemas.document import Document

pytestmark = pytest.mark.skipif(not (FOLDER / CHECKSUMS).exists(), reason="the encoder's weights are not in this tree")

TITLE = "بوتين يلتقي نظيره الصيني في بكين"
BODY = (
    "أعلن الكرملين أن الرئيس الروسي فلاديمير بوتين سيلتقي نظيره الصيني شي جين بينغ الأسبوع المقبل.\n"
    "وقال وزير الخارجية سيرغي لافروف «سنبحث التعاون مع إيران وتركيا»، مضيفا أن واشنطن رفضت العرض.\n"
    "وطالبت الأمم المتحدة بوقف فوري لإطلاق النار في غزة ولبنان."
)


def document(title=TITLE, body=BODY, name="a"):
    made = Document(id=name, revision=1, source="test", title=title, body=body, published_at="2024-08-19T07:00:00Z")
    start = 0
    for line in made.text.split("\n"):
        words = [
            Word(start=w.start, end=w.end, text=w.text, token=i)
            for i, w in enumerate(surface_words(made.text, start, start + len(line)))
        ]
        if words:
            made.sentences.append(Sentence(start=words[0].start, end=words[-1].end, words=words))
        start += len(line) + 1
    return made


@pytest.fixture(scope="module")
def stage():
    from pipeline.ner import load

    return load()


def test_entities_words_and_signals_are_filled(stage):
    (done,) = stage([document()])
    found = {(e.text, e.type) for e in done.entities}
    assert {("فلاديمير بوتين", "PER"), ("إيران", "LOC"), ("تركيا", "LOC"), ("الأمم المتحدة", "ORG")} <= found
    assert done.versions["ner"] == stage.version
    assert stage.version.startswith("khabar-")
    assert all(word.upos for sentence in done.sentences for word in sentence.words)
    assert done.signals is not None
    assert done.signals.cues


def test_in_anercorps_style_the_word_before_a_club_is_not_of_its_name(stage):
    from pipeline.ner import load

    other = load("anercorp")
    row = document("رياضة", "فاز نادي ريال مدريد على برشلونة.")
    (own,), (as_anercorp,) = stage([row]), other([document("رياضة", "فاز نادي ريال مدريد على برشلونة.")])
    assert [e.text for e in own.entities] == ["نادي ريال مدريد", "برشلونة"]
    assert [e.text for e in as_anercorp.entities] == ["ريال مدريد", "برشلونة"]
    assert own.versions["ner"] != as_anercorp.versions["ner"]


def test_every_span_is_the_text(stage):
    (done,) = stage([document()])
    text = done.text
    for entity in done.entities:
        assert text[entity.start : entity.end] == entity.text
        assert entity.text.strip() == entity.text
    spans = [
        s
        for layer in ("quotes", "cues", "speakers", "triggers", "phases", "actors")
        for s in getattr(done.signals, layer)
    ]
    assert spans
    assert all(0 <= s.start < s.end <= len(text) and 0 < s.score <= 1 for s in spans)
    starts = {s.start for s in done.signals.triggers}, {s.start for s in done.signals.actors}
    assert all(link.head in starts[0] and link.tail in starts[1] for link in done.signals.links)


def test_neighbours_in_a_batch_change_nothing(stage):
    alone = msgspec.to_builtins(stage([document()])[0])
    noise = document("", "خبر عاجل " * 400, "b")
    together = stage([noise, document(), document(body="قصير جدا.", name="c")])
    assert msgspec.to_builtins(together[1]) == alone


def test_order_is_kept(stage):
    assert [d.id for d in stage([document(name=n) for n in "xyz"])] == ["x", "y", "z"]


@pytest.mark.parametrize("body", ["!", "كلمة " * 3000, "😀😀", "http://example.org/" + "a" * 3000, "ً ـ ً"])
def test_odd_texts_pass(stage, body):
    (done,) = stage([document("", body)])
    assert all(done.text[e.start : e.end] == e.text for e in done.entities)


def test_text_without_sentences_is_read_by_lines(stage):
    bare = document()
    bare.sentences = []
    assert "فلاديمير بوتين" in {e.text for e in stage([bare])[0].entities}


def test_parts_of_speech(stage):
    (done,) = stage([document()])
    tags = {w.text: w.upos for s in done.sentences for w in s.words}
    assert tags["أعلن"] == "VERB"
    assert tags["في"] == "ADP"
    assert tags["الخارجية"] in {"ADJ", "NOUN"}
    assert tags["."] == "PUNCT"


@pytest.mark.parametrize(("text", "upos"), [("«", "PUNCT"), ("...", "PUNCT"), ("$", "SYM"), ("😀", "SYM"), ("ب", "")])
def test_marks_need_no_model(text, upos):
    assert mark(text) == upos


def test_clitic_words_get_their_own_part_of_speech(stage):
    made = document("", "وقالت لهم إن الأمر انتهى.")
    first = made.sentences[0].words
    word, rest = first[0], first[1:]
    split = [
        Word(start=word.start, end=word.start + 1, text="و", token=0),
        Word(start=word.start + 1, end=word.end, text="قالت", token=0),
    ]
    made.sentences[0].words = [*split, *rest]
    (done,) = stage([made])
    assert [w.upos for w in done.sentences[0].words[:2]] == ["CCONJ", "VERB"]


def test_marks_between_clitic_and_name_belong_to_the_clitic():
    assert offset("وَبوتين", 1) == 2
    assert offset("لـأوكرانيا", 1) == 2
    assert offset("بوتين", 0) == 0


def test_only_listed_clitics_are_taken_off():
    clitics = Clitics.load()
    assert clitics.letters("وبوتين", [-3.0, -0.1, -2.0, -0.05]) == 1
    assert clitics.letters("سوريا", [-3.0, -0.1, -4.0, -4.0]) == 0
    assert clitics.letters("بن", [-3.0, -0.1, -4.0, -4.0]) == 0


def test_a_known_name_is_preferred_unless_the_encoder_is_sure():
    clitics = Clitics.load()
    assert clitics.letters("بلينكن", [-2.0, -0.1, -9.0, -9.0]) == 0
    assert clitics.letters("وبوتين", [-0.1, -2.0, -9.0, -9.0]) == 1
    assert clitics.letters("بلينكن", [-9.0, -0.1, -9.0, -9.0]) == 1


def test_the_stage_imports_neither_torch_nor_stanza():
    code = "import sys, pipeline.ner; pipeline.ner.load(); sys.exit('torch' in sys.modules or 'stanza' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
