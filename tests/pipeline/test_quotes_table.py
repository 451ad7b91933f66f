"""Sentences of our own (support/quotes_rows.py) and the quotes in them, case by case of the annotation guide."""

from __future__ import annotations

import re
from functools import cache

import pytest
from support.quotes_rows import HEADLINES, NAMES, NESTED, ROWS, SCARE

from pipeline.quotes import load
from schemas.annotations import Entity
from schemas.document import Document


def entities_of(text):
    found = []
    for match in re.finditer("|".join(map(re.escape, sorted(NAMES, key=len, reverse=True))), text):
        before = text[max(0, match.start() - 1) : match.start()]
        if not before.isalnum() or before in "لبوف":
            kind, name = NAMES[match[0]]
            found.append(Entity(start=match.start(), end=match.end(), text=match[0], type=kind, name=name))
    return found


@cache
def stage():
    return load()


def annotate(title, body):
    document = Document(id="t", revision=0, source="t", title=title, body=body, published_at="2024-08-19T07:00:00Z")
    document.entities = entities_of(document.text)
    return stage()([document])[0]


def plain(quote):
    cue, speaker = (span.text if span else "" for span in (quote.cue, quote.speaker))
    return (quote.content.text, quote.kind, cue, speaker, quote.speaker_name or "")


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_sentence(text, expected):
    found = [plain(q) for q in annotate("أخبار اليوم", text).quotes]
    if expected[0][4]:
        assert found == expected
    else:
        assert [row[:3] for row in found] == [row[:3] for row in expected]


@pytest.mark.parametrize("text", SCARE)
def test_no_quote(text):
    assert [plain(q) for q in annotate("أخبار اليوم", text).quotes] == []


@pytest.mark.parametrize(("title", "expected"), HEADLINES)
def test_headline(title, expected):
    body = "عقد سامي الراوي وليلى حداد اجتماعا في عمان أمس."
    assert [plain(q) for q in annotate(title, body).quotes] == expected


@pytest.mark.parametrize(("text", "contents"), NESTED)
def test_nested(text, contents):
    assert [q.content.text for q in annotate("أخبار اليوم", text).quotes] == contents


def test_the_table_is_large_enough():
    assert len(ROWS) + len(SCARE) + len(HEADLINES) + len(NESTED) >= 120
