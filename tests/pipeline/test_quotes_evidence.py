"""What the encoder's signals change: they rescue, veto and move borders; without them the rules decide alone."""

from __future__ import annotations

from functools import cache

import pytest

from pipeline.quotes import load
from schemas.annotations import Entity, Signal, Signals
from schemas.document import Document

NAME = "سامي الراوي"


@cache
def stage():
    return load()


def contents(body, quoted=None, cue="", score=0.97):
    """The contents found; ``quoted`` and ``cue`` are what the encoder marks, None stands for no signals at all."""
    document = Document(id="t", revision=0, source="t", title="أخبار", body=body, published_at="2024-08-19T07:00:00Z")
    at = document.text.find(NAME)
    document.entities = [Entity(start=at, end=at + len(NAME), text=NAME, type="PER", name=NAME)] if at >= 0 else []
    if quoted is not None:
        document.signals = Signals(
            quotes=[signal(document.text, part, "indirect", score) for part in quoted],
            cues=[signal(document.text, cue, "cue", score)] if cue else [],
        )
    return [quote.content.text for quote in stage()([document])[0].quotes]


def signal(text, part, label, score):
    start = text.index(part)
    return Signal(start=start, end=start + len(part), label=label, score=score)


def test_rescue_of_a_verb_that_the_lexicon_does_not_know():
    body = "تمتم سامي الراوي أمام الباب أن البيت لم يعد آمنا للأطفال."
    assert contents(body) == []
    assert contents(body, ["البيت لم يعد آمنا للأطفال"], "تمتم") == ["البيت لم يعد آمنا للأطفال"]


def test_veto_of_a_doubtful_verbal_noun():
    body = "وأعلن سامي الراوي تأجيل المؤتمر إلى الخريف المقبل."
    assert contents(body, ["تأجيل المؤتمر إلى الخريف المقبل"], "وأعلن") == ["تأجيل المؤتمر إلى الخريف المقبل"]
    assert contents(body, []) == []


@pytest.mark.parametrize("end", ["المدينة هادئة", "المدينة هادئة، وكان الناس ينتظرون الخبز"])
def test_border(end):
    body = "وقال سامي الراوي إن المدينة هادئة، وكان الناس ينتظرون الخبز."
    assert contents(body, [end], "وقال") == [end]


def test_a_clear_quote_needs_no_signal():
    assert contents("وقال سامي الراوي إن القطار سيصل غدا.") == ["القطار سيصل غدا"]
