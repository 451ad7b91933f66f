"""One linear look at a text: tokens, quotation marks paired to passages, sentences.

The stage does its own reading instead of taking the tokeniser's words, since it needs surface tokens, and since
a full stop inside quotation marks ends no sentence here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pipeline.quotes.lexicon import load_lexicon
from pipeline.script import COMMAS, NUMBER_MARKS, PRESENTATION, STOPS, TATWEEL, VOWELS
from pipeline.text import fold

_TOKEN = re.compile(rf"[^\W_][\w{VOWELS}{TATWEEL}]*(?:[{NUMBER_MARKS}](?=\d)\d+)*|\.{{2,}}|…|[^\w\s]|_+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]")
CLOSERS: Final = {"«": "»", "‹": "›", "“": "”“", "”": "”“", "„": "“”", '"': '"', "»": "«"}
"""Each opening mark with the marks that may close it; papers use ” and “ in either role."""
MARKS: Final = frozenset('«»‹›“”„"')
MAX_SENTENCE: Final = 400
"""Tokens; what runs on for longer is no sentence (a list, a table, an attack) and is cut."""


class Token(NamedTuple):
    """A surface token; ``key`` is its folded text, ``word`` says that it is no punctuation."""

    start: int
    end: int
    text: str
    key: str
    word: bool


@dataclass(slots=True)
class Passage:
    """What stands between two quotation marks: tokens ``first:last``, the marks at ``first - 1`` and ``last``."""

    first: int
    last: int
    closed: bool
    words: int = 0


@dataclass(slots=True)
class Scan:
    """A text taken apart; sentences are token ranges, ``sentence_of`` maps a token to its sentence."""

    text: str
    tokens: list[Token]
    passages: list[Passage] = field(default_factory=list)
    passage_of: list[int] = field(default_factory=list)
    """For each token the index of the passage that holds it or its marks, else -1."""
    sentences: list[tuple[int, int]] = field(default_factory=list)
    sentence_of: list[int] = field(default_factory=list)
    title_tokens: int = 0
    """How many tokens the headline has."""

    def key(self, index: int) -> str:
        """The folded token at ``index``, "" outside the text."""
        return self.tokens[index].key if 0 <= index < len(self.tokens) else ""

    def newline_before(self, index: int) -> bool:
        """Whether a line ends between the token at ``index`` and the one before."""
        if not 0 < index < len(self.tokens):
            return True
        return "\n" in self.text[self.tokens[index - 1].end : self.tokens[index].start]

    def spaced(self, index: int) -> bool:
        """Whether there is white space before the token at ``index``."""
        return not 0 < index < len(self.tokens) or self.tokens[index - 1].end < self.tokens[index].start


def scan(text: str, title_length: int = 0) -> Scan:
    """Read a text whose first ``title_length`` characters are the headline."""
    tokens = [_token(text, m.start(), m.end()) for m in _TOKEN.finditer(_INVISIBLE.sub(" ", text))]
    found = Scan(text, tokens, title_tokens=sum(t.start < title_length for t in tokens))
    _pair_marks(found)
    _split_sentences(found)
    return found


def _token(text: str, start: int, end: int) -> Token:
    raw = text[start:end]
    plain = unicodedata.normalize("NFKC", raw) if PRESENTATION.search(raw) else raw
    return Token(start, end, raw, fold(plain), raw[0].isalnum())


def _opens(found: Scan, index: int) -> bool | None:
    """By its place: True for an opening mark, False for a closing one, None when it may be either."""
    mark = found.tokens[index].text
    if mark in "«‹„":
        return True
    if mark in "»›":
        return False
    before, after = found.spaced(index), found.spaced(index + 1)
    if before == after:
        return None if mark == '"' else mark == "“"
    return before


def _pair_marks(found: Scan) -> None:
    opener = -1
    marks = _next_marks(found)
    for index, token in enumerate(found.tokens):
        if opener >= 0 and found.newline_before(index):
            if _repeats(found, opener, index):
                continue
            if not _wraps(found, index):
                _leave_open(found, opener, index)
                opener = -1
        if token.text not in MARKS:
            continue
        if opener < 0:
            opener = index if _opens(found, index) is not False or _misplaced(found, marks, index) else opener
        elif token.text in CLOSERS.get(found.tokens[opener].text, "") and index > opener + 1:
            opener = _end_or_reopen(found, opener, index)
    if opener >= 0:
        _leave_open(found, opener, len(found.tokens))
    _index_passages(found)


def _end_or_reopen(found: Scan, opener: int, index: int) -> int:
    """Close a passage at a mark, unless the mark plainly opens another one; gives the new opener, or -1."""
    if _opens(found, index) is True and found.tokens[opener].text == found.tokens[index].text:
        _leave_open(found, opener, index)
        return index
    _close(found, opener, index, closed=True)
    return -1


def _next_marks(found: Scan) -> dict[int, int]:
    """For each quotation mark the next one of the same line."""
    following: dict[int, int] = {}
    last = -1
    for index, token in enumerate(found.tokens):
        if found.newline_before(index):
            last = -1
        if token.text in MARKS:
            if last >= 0:
                following[last] = index
            last = index
    return following


def _misplaced(found: Scan, marks: dict[int, int], index: int) -> bool:
    """Whether a straight mark that looks closing opens a passage: its space is on the wrong side (قال" نأمل…")."""
    following = marks.get(index, -1)
    return found.tokens[index].text == '"' and following >= 0 and _opens(found, following) is False


def _repeats(found: Scan, opener: int, index: int) -> bool:
    """Whether the new line at ``index`` goes on a quote: papers repeat the opening mark at each paragraph."""
    return found.tokens[index].text == found.tokens[opener].text and found.tokens[index].text in "“«"


def _wraps(found: Scan, index: int) -> bool:
    """Whether the line before ``index`` was only wrapped: it is no headline and ends in a word or comma."""
    last = found.tokens[index - 1]
    return (
        index != found.title_tokens
        and (last.word or last.text in COMMAS)
        and "\n\n" not in found.text[last.end : last.end + 3]
    )


def _leave_open(found: Scan, opener: int, limit: int) -> None:
    """End a passage without a closing mark before token ``limit``."""
    _close(found, opener, _sentence_stop(found, opener, limit), closed=False)


def _sentence_stop(found: Scan, opener: int, limit: int) -> int:
    """Where a passage whose closing mark is missing ends: at the first full stop or line end."""
    for index in range(opener + 1, limit):
        if index > opener + 1 and (found.tokens[index].text in STOPS or found.newline_before(index)):
            return index
    return limit


def _close(found: Scan, opener: int, last: int, *, closed: bool) -> None:
    first, mark = opener + 1, found.tokens[opener].text
    while first < last and found.tokens[first].text == mark:
        first += 1  # the opening mark is doubled; so is the closing one, then
        last -= found.tokens[last - 1].text in CLOSERS[mark]
    words = sum(found.tokens[i].word for i in range(first, last))
    if words:
        found.passages.append(Passage(first, last, closed, words))


def _index_passages(found: Scan) -> None:
    found.passage_of = [-1] * len(found.tokens)
    for number, passage in enumerate(found.passages):
        for index in range(passage.first - 1, min(passage.last + passage.closed, len(found.tokens))):
            found.passage_of[index] = number


def _split_sentences(found: Scan) -> None:
    start = 0
    for index in range(1, len(found.tokens) + 1):
        if index == len(found.tokens) or index - start >= MAX_SENTENCE or _breaks_before(found, index):
            found.sentence_of += [len(found.sentences)] * (index - start)
            found.sentences.append((start, index))
            start = index


def _breaks_before(found: Scan, index: int) -> bool:
    if found.key(index) in load_lexicon().never_first and not found.newline_before(index):
        return False
    inside = found.passage_of[index] >= 0 and found.passage_of[index] == found.passage_of[index - 1]
    if inside:
        return False
    last = index - 1
    if found.newline_before(index):
        return found.tokens[last].text != ":" or index == found.title_tokens
    if found.tokens[last].text in MARKS and found.tokens[last - 1].text in STOPS and found.tokens[index].word:
        return found.passage_of[last] >= 0 and last > 0
    return found.tokens[last].text in STOPS and _is_stop(found, last, index)


def _is_stop(found: Scan, stop: int, after: int) -> bool:
    if found.tokens[stop].text != ".":
        return True
    if found.tokens[after].text in STOPS or (found.tokens[after].text in MARKS and not found.spaced(after)):
        return False
    before = found.tokens[max(0, stop - 1)]
    if found.spaced(after):
        return not before.word or len(before.text) > 1
    return len(before.text) > 2 and found.tokens[after].word  # noqa: PLR2004 — سي.إن.إن goes on, اتفقنا.وقال does not
