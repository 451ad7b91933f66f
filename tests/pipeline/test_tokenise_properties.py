"""What holds for any text whatever: exact offsets, nothing lost, nothing doubled, borders kept, time bounded."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.script import INVISIBLE
from pipeline.tokenise import load
from pipeline.tokenise.boundaries import MAX_TOKENS
from pipeline.tokenise.surface import MAX_TOKEN
from schemas.document import Document

ARABIC = st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهويأإآؤئءةى", min_size=1, max_size=12)
CLITICS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "و", "ف", "وب", "ول", "لل", "س"]), ARABIC, st.sampled_from(["", "ه", "ها", "هم", "نا"])
    ),
)
MARKED = st.text("ابتلموقسه\u064b\u064e\u0650\u0651\u0652\u0640\u0670\u200c\u200d\u200f", min_size=1, max_size=12)
SIGNS = st.text(".,،؛:!?؟…\"'«»‹›“”’()[]{}-–—_*•#@/%&\u0640", min_size=1, max_size=6)
SPACES = st.sampled_from(
    [" ", "  ", "\n", "\n\n", "\n \n", "\r\n", "\t", "\u00a0", "\u2028", "\u2029", "\u0085", "\u000b", "\u3000", ""]
)
NUMBERS = st.from_regex(r"\A[0-9٠-٩]{1,4}([.,:/٫٬-][0-9٠-٩]{1,3}){0,3}\Z")
WEB = st.sampled_from(
    [
        "https://a.b/ج?x=1",
        "www.x.org.",
        "a@b.co",
        "@ab",
        "👨‍👩‍👧",
        "👍🏽",
        "🇫🇷",
        "\u200b",
        "\u202b",
        "\ufeff",
        "ﷺ",
        "ﻻ",
        "𞸀",
        "𐍈",
        "e\u0301",
    ]
)
ANYTHING = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
TEXT = st.lists(st.one_of(ARABIC, CLITICS, MARKED, SIGNS, SPACES, NUMBERS, WEB, ANYTHING), max_size=60).map("".join)
SHOWN = re.compile(f"[^\\s{INVISIBLE}]")
RELAXED = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def stage():
    return load()


def document(title, body):
    return Document(id="t", revision=0, source="t", title=title, body=body, published_at="2024-08-19T07:00:00Z")


def check(one):
    text, covered, last = one.text, [], 0
    for sentence in one.sentences:
        assert sentence.words
        assert last <= sentence.start < sentence.end <= len(text)
        assert (sentence.start, sentence.end) == (sentence.words[0].start, sentence.words[-1].end)
        assert not re.search(r"\n[^\S\n]*\n", text[sentence.start : sentence.end])
        assert sentence.end <= len(one.title) or sentence.start >= len(one.title) + 2
        numbers = [word.token for word in sentence.words]
        assert numbers == sorted(numbers)
        assert set(numbers) == set(range(numbers[-1] + 1))
        assert len(set(numbers)) <= MAX_TOKENS
        previous = None
        for word in sentence.words:
            assert last <= word.start < word.end
            assert text[word.start : word.end] == word.text
            assert len(word.text) <= MAX_TOKEN
            if previous is not None and previous.token == word.token:
                assert previous.end == word.start
            covered.extend(range(word.start, word.end))
            last, previous = word.end, word
    shown = {match.start() for match in SHOWN.finditer(text)}
    assert shown <= set(covered), repr([text[i] for i in sorted(shown - set(covered))])
    assert len(covered) == len(set(covered))


@RELAXED
@given(title=TEXT, body=TEXT)
def test_any_text(stage, title, body):
    check(stage([document(title, body)])[0])


@RELAXED
@given(texts=st.lists(TEXT, min_size=2, max_size=4))
def test_neighbours_in_a_batch_change_nothing(stage, texts):
    together = stage([document(text, text) for text in texts])
    assert together == [stage([document(text, text)])[0] for text in texts]


@pytest.mark.parametrize(
    "body",
    [
        "قال الوزير إن الحرب انتهت " * 7_692,
        "ولكتابها" * 25_000,
        "?!" * 100_000,
        "...ورد " * 28_571,
        "”" * 200_000,
        "\u200d" * 200_000,
        "a@" * 100_000,
        "http://" * 28_571,
        "\u064b" * 200_000,
    ],
    ids=lambda body: ascii(body[:8]),
)
def test_huge_lines_take_bounded_time(stage, body):
    started = time.process_time()
    check(stage([document("عنوان", body)])[0])
    assert time.process_time() - started < 30


def test_no_documents():
    assert load()([]) == []
