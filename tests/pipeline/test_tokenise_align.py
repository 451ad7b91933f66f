"""Words of an expander that do not join to the surface still become slices of it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tokenise.stage import TokeniseStage
from pipeline.tokenise.words import align, slices
from schemas.document import Document

LETTERS = st.text("اولبمنهاأ", max_size=8)


@pytest.mark.parametrize(
    ("surface", "words", "expected"),
    [
        ("للأمم", ["ل", "الأمم"], ["ل", "لأمم"]),
        ("وللأمم", ["و", "ل", "الأمم"], ["و", "ل", "لأمم"]),
        ("مما", ["من", "ما"], ["م", "ما"]),
        ("عليه", ["على", "ه"], ["علي", "ه"]),
        ("مدرستها", ["مدرسة", "ها"], ["مدرست", "ها"]),
        ("وَقَالَ", ["و", "قال"], ["وَ", "قَالَ"]),
        ("قال", ["xyz", "قال"], ["قال"]),
        ("قال", ["", ""], ["قال"]),
    ],
)
def test_align(surface, words, expected):
    assert [surface[a:b] for a, b in align(surface, words)] == expected


@given(surface=LETTERS.filter(bool), words=st.lists(LETTERS, min_size=1, max_size=4))
def test_align_always_covers_the_surface(surface, words):
    found = align(surface, words)
    assert found[0][0] == 0
    assert found[-1][1] == len(surface)
    assert all(a < b for a, b in found)
    assert all(before[1] == after[0] for before, after in pairwise(found))


def test_marks_stay_with_the_letter_before_them():
    text = "وَكِتَابِـهَا"
    assert [text[a:b] for a, b in slices(text, 0, len(text), (1, 5))] == ["وَ", "كِتَابِـ", "هَا"]


class Item:
    def __init__(self, text, start=None, end=None, words=()):
        self.text, self.start_char, self.end_char = text, start, end
        self.words = list(words) or [self]


class Published:
    """Like a pipeline of published models: words of multi-word tokens without offsets, a split headline."""

    def bulk_process(self, texts):
        assert texts == ["أ.ب\n\nوقال للأمم"]
        sentence = Item("")
        sentence.tokens = [
            Item("وقال", 5, 9, [Item("و"), Item("قال")]),
            Item("للأمم", 10, 15, [Item("ل"), Item("الأمم")]),
        ]
        headline = [Item("أ.", 0, 2), Item("ب", 2, 3)]
        split = []
        for token in headline:
            part = Item("")
            part.tokens = [token]
            split.append(part)
        parsed = Item("")
        parsed.sentences = [*split, sentence]
        return [parsed]


def test_published_models_behind_the_same_interface():
    document = Document(
        id="1", revision=0, source="t", title="أ.ب", body="وقال للأمم", published_at="2024-01-01T00:00:00Z"
    )
    (done,) = TokeniseStage(Published(), "stanza-1")([document])
    assert [[(w.text, w.token) for w in s.words] for s in done.sentences] == [
        [("أ.", 0), ("ب", 1)],
        [("و", 0), ("قال", 0), ("ل", 1), ("لأمم", 1)],
    ]
    assert all(done.text[w.start : w.end] == w.text for s in done.sentences for w in s.words)
    assert done.versions == {"tokenise": "stanza-1"}
