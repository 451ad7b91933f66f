"""What holds for any text: valid spans and stable ids, no exception, the same twice, time linear in the text."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.quotes import load
from schemas.annotations import Entity, Signal, Signals
from schemas.document import Document
from schemas.ids import stable_id

WORDS = st.sampled_from(
    ["قال", "وقالت", "وأضاف", "أن", "إن", "إنه", "بأن", "إلى", "عن", "وفق", "بحسب", "مضيفا", "قوله", "على حد قوله", "كما", "سامي", "الراوي",
     "الوزير", "مصدر", "الحكومة", "اليوم", "لكن", "الذي", "فيما", "مقتل", "ضرورة", "سيصل", "غدا", "لوكالة", "للأمم", "عما", "إذا"]
)  # fmt: skip
SIGNS = st.sampled_from([*list("\"«»“”„‹›،,.:؛!؟…()[]-–—'"), "\n", "\n\n", "..", '""', "\u200f", "ـ"])
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TEXT = st.lists(st.one_of(WORDS, WORDS, SIGNS, ANYTHING), max_size=80).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda glue: glue.join(parts))
)
RELAXED = settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
LARGE = 200_000


@pytest.fixture(scope="module")
def stage():
    return load()


def document(title, body):
    return Document(id="t", revision=3, source="t", title=title, body=body, published_at="2024-08-19T07:00:00Z")


def check(one):
    text = one.text
    for quote in one.quotes:
        for span in (quote.content, quote.cue, quote.speaker):
            if span is not None:
                assert 0 <= span.start < span.end <= len(text)
                assert text[span.start : span.end] == span.text
        assert quote.quote_id == stable_id("t", 3, "quote", quote.kind, quote.content.start, quote.content.end)
        assert 0 <= quote.confidence <= 1
        assert quote.kind in {"direct", "indirect", "mixed"}
        assert (quote.resolution == "none") == (quote.speaker_name is None)
    assert len({q.quote_id for q in one.quotes}) == len(one.quotes)


@RELAXED
@given(title=TEXT, body=TEXT)
def test_any_text(stage, title, body):
    check(stage([document(title, body)])[0])


@RELAXED
@given(data=st.data(), body=TEXT)
def test_any_entities_and_signals(stage, data, body):
    one = document("عنوان", body)
    borders = st.integers(0, max(1, len(one.text) - 1))
    spans = data.draw(st.lists(st.tuples(borders, st.integers(1, 30)), max_size=6))
    cut = [(a, min(len(one.text), a + n)) for a, n in spans]
    one.entities = [Entity(start=a, end=b, text=one.text[a:b], type="PER", name="سامي") for a, b in cut if a < b]
    scored = [Signal(start=a, end=b, label="indirect", score=0.9) for a, b in cut if a < b]
    one.signals = Signals(quotes=scored, cues=scored, speakers=scored)
    check(stage([one])[0])


@RELAXED
@given(body=TEXT)
def test_twice_the_same(stage, body):
    first, second = stage([document("ع", body), document("ع", body)])
    assert first.quotes == second.quotes


@pytest.mark.parametrize(
    "piece",
    ['"', "«»“”‹›", '" ', "«", "قال «نعم نعم» ", "قال إن\n", "إن ", "وفق فلان، ", "(", "،", "قال ", ' "ا'],
)
def test_linear_time(stage, piece):
    body = (piece * (LARGE // len(piece) + 1))[:LARGE]
    started = time.process_time()
    check(stage([document("ع", body)])[0])
    assert time.process_time() - started < 20


def test_no_model_framework_is_imported():
    code = "import sys, pipeline.quotes as q; q.load(); print([m for m in ('torch', 'stanza', 'onnxruntime') if m in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"
