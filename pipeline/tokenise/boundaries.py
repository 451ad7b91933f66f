"""Where sentences end: what the text's layout and punctuation settle, with a model's opinion on the rest.

A blank line always ends a sentence, a line break does unless the line ends in a comma (a hard-wrapped line).
Within a line a sentence ends at full stops, question and exclamation marks and their closing quotation marks,
unless they belong to an abbreviation, a list number, a name of a site, or to a speech that goes on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.script import COMMAS, PLAIN_LETTERS, SEMICOLON, SEMICOLONS, STOPS, URDU_STOP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.tokenise.surface import SurfaceToken

MAX_TOKENS: Final = 200
"""Longest sentence in surface tokens; what is longer is no sentence (a list, a text without marks), and is cut."""
MAX_CLOSERS: Final = 6
"""Most closing marks between a sentence-final mark and the sentence's end."""
_FULL: Final = STOPS | {URDU_STOP}
_LOUD: Final = STOPS - {"."}
_ELLIPSIS = re.compile(r"\.{2,}|…+")
_CLOSING: Final = frozenset("”»›)]}’")
_EITHER: Final = frozenset("\"'")
_QUOTES: Final = _CLOSING | _EITHER
_GOES_ON: Final = COMMAS | SEMICOLONS | {":"}
_CLAUSE_END: Final = _GOES_ON | frozenset("-–—")
_AFTER_CLOSING: Final = COMMAS | {SEMICOLON, "."}
_LINE = re.compile(r"[\n\r\u2028\u2029\u0085]")
_ANY_ARABIC = re.compile(f"[{PLAIN_LETTERS}]")


class Boundaries:
    """Splits the surface tokens of a text into sentences."""

    def __init__(self, abbreviations: frozenset[str], threshold: float = 0.5) -> None:
        """Take bare forms whose full stop ends no sentence, and from which probability on a weak mark ends one."""
        self._abbreviations = abbreviations
        self._threshold = threshold

    def split(
        self, text: str, tokens: Sequence[SurfaceToken], ends: Sequence[float] | None = None
    ) -> Iterator[list[SurfaceToken]]:
        """Sentences as lists of tokens; ``ends``: for each token a model's probability that a sentence ends there."""
        first = 0
        for i in range(len(tokens)):
            last = i + 1 == len(tokens)
            if last or self._ends_line(text, tokens, i) or self._ends_sentence(text, tokens, first, i, ends):
                yield from _in_pieces(text, tokens[first : i + 1])
                first = i + 1

    @staticmethod
    def _ends_line(text: str, tokens: Sequence[SurfaceToken], i: int) -> bool:
        gap = text[tokens[i].end : tokens[i + 1].start]
        breaks = len(_LINE.findall(gap.replace("\r\n", "\n")))
        return breaks > 1 or (breaks == 1 and text[tokens[i].end - 1] not in COMMAS)

    def _ends_sentence(
        self, text: str, tokens: Sequence[SurfaceToken], first: int, i: int, ends: Sequence[float] | None
    ) -> bool:
        mark = _mark_before_closers(text, tokens, first, i)
        if mark is None or self._goes_on(text, tokens, i):
            return False
        word = text[tokens[mark].start : tokens[mark].end]
        if _ELLIPSIS.fullmatch(word) or (word in _LOUD and mark < i):
            return ends is not None and max(ends[mark : i + 1]) >= self._threshold
        return word != "." or not self._is_inner_stop(text, tokens, first, mark)

    @staticmethod
    def _goes_on(text: str, tokens: Sequence[SurfaceToken], i: int) -> bool:
        """Whether the next token belongs to the same sentence end, or continues the sentence."""
        following = tokens[i + 1]
        word = text[following.start : following.end]
        if word in _FULL or word in _CLOSING or word in _GOES_ON or _ELLIPSIS.fullmatch(word):
            return True
        return word in _EITHER and following.start == tokens[i].end and not _opens(text, following)

    def _is_inner_stop(self, text: str, tokens: Sequence[SurfaceToken], first: int, stop: int) -> bool:
        if stop == first:
            return False
        before, after = tokens[stop - 1], tokens[stop + 1]
        glued = before.end == tokens[stop].start
        word = text[before.start : before.end]
        if glued and ((len(word) == 1 and word.isalpha()) or word in self._abbreviations):
            return True
        if glued and before.kind == "number" and stop - first == 1:
            return True
        joined = glued and after.start == tokens[stop].end
        return joined and not _ANY_ARABIC.search(text[before.end - 1] + text[after.start])


def weak_ends(text: str, tokens: Sequence[SurfaceToken]) -> set[int]:
    """Numbers of the tokens where a sentence may or may not end, so that a model's opinion is wanted.

    These are ellipses, and quotation marks and brackets that close behind an ellipsis, a question or an exclamation.
    """
    found = set()
    for i, token in enumerate(tokens):
        if token.kind != "other":
            continue
        closes = i > 0 and text[token.start] in _QUOTES
        if _ELLIPSIS.match(text, token.start) or (closes and (i - 1 in found or text[tokens[i - 1].start] in _LOUD)):
            found.add(i)
    return found


def _mark_before_closers(text: str, tokens: Sequence[SurfaceToken], first: int, i: int) -> int | None:
    """The sentence-final mark at ``i``, or the one before the closing marks that end at ``i``."""
    at = i
    while at > max(first, i - MAX_CLOSERS) and _closes(text, tokens, at):
        at -= 1
    word = text[tokens[at].start : tokens[at].end]
    return at if word in _FULL or _ELLIPSIS.fullmatch(word) else None


def _closes(text: str, tokens: Sequence[SurfaceToken], i: int) -> bool:
    word = text[tokens[i].start : tokens[i].end]
    return word in _CLOSING or (word in _EITHER and not _opens(text, tokens[i]))


def _opens(text: str, mark: SurfaceToken) -> bool:
    """Whether a mark that looks the same on both sides opens: something follows, and a space stands before it."""
    after = text[mark.end : mark.end + 1]
    before = text[mark.start - 1 : mark.start] if mark.start else " "
    begins = bool(after) and not after.isspace() and after not in _AFTER_CLOSING
    return begins and (before.isspace() or before in ":([«“")


def _in_pieces(text: str, tokens: Sequence[SurfaceToken]) -> Iterator[list[SurfaceToken]]:
    """The sentence whole, or cut at its last clause mark before the limit."""
    rest = list(tokens)
    while len(rest) > MAX_TOKENS:
        cut = next(
            (i for i in range(MAX_TOKENS, MAX_TOKENS // 2, -1) if text[rest[i - 1].start] in _CLAUSE_END), MAX_TOKENS
        )
        yield rest[:cut]
        rest = rest[cut:]
    yield rest
