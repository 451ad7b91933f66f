"""Find the triggers of a sentence by the lexicon."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.events.lexicon import GAP, Lexicon, Trigger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.affixes import Before
    from pipeline.events.tokens import Token

MAX_GAP: Final = 3
MAX_WORDS: Final = 3
"""Longest trigger span with a gap; of a longer one only what stands before the gap is the trigger."""
NEAR: Final = 25
"""How many tokens before and after a trigger ``near`` conditions look at."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a token: a word pattern of the lexicon, its tense and clitics."""

    pattern: str
    tense: str
    prefix: int
    """Characters of conjunction and preposition in front (article and future س are part of the word)."""
    definite: bool
    suffix: str


@dataclass(frozen=True, slots=True)
class Match:
    """A trigger of the lexicon in a sentence: tokens ``first`` to ``last`` (inclusive).

    Of a pattern with a gap the words before it end at ``anchor``; what stands in the gap is no part of the trigger.
    """

    trigger: Trigger
    first: int
    last: int
    reading: Reading
    start: int
    end: int
    anchor: int


class TriggerFinder:
    """Matches a lexicon against sentences; look-ups of word forms are remembered."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Keep the lexicon; nothing is read or computed yet."""
        self._lexicon = lexicon
        self._readings: Callable[[str], tuple[Reading, ...]] = lru_cache(maxsize=50_000)(self._read)

    def find(self, tokens: Sequence[Token]) -> list[Match]:
        """All triggers whose conditions hold; of overlapping ones of a kind only the longest."""
        words = [near_forms(token) for token in tokens]
        found = [m for i in range(len(tokens)) for m in self._matches_at(tokens, i) if _conditions(m, words)]
        return _longest(found)

    def _matches_at(self, tokens: Sequence[Token], first: int) -> Iterator[Match]:
        token = tokens[first]
        for reading in self._readings(token.folded):
            for trigger in self._lexicon.by_first.get(reading.pattern, ()):
                ends = self._follow(tokens, first, trigger.items[1:])
                if ends is not None:
                    anchor, last = ends
                    start = token.start + _original_length(token, reading.prefix)
                    stop = last if anchor == last or last - first < MAX_WORDS else anchor
                    yield Match(trigger, first, last, reading, start, tokens[stop].end, anchor)

    def _follow(self, tokens: Sequence[Token], at: int, items: tuple[str, ...]) -> tuple[int, int] | None:
        """Index of the token that ends the part before the gap and of the one that ends the pattern, or None."""
        slack, anchor = 0, None
        for item in items:
            if item == GAP:
                slack, anchor = MAX_GAP, at if anchor is None else anchor
                continue
            limit = min(at + 1 + slack, len(tokens) - 1)
            hit = next((j for j in range(at + 1, limit + 1) if self._is(tokens[j], item)), None)
            if hit is None:
                return None
            at, slack = hit, 0
        return at if anchor is None else anchor, at

    def _is(self, token: Token, item: str) -> bool:
        return token.folded == item or any(reading.pattern == item for reading in self._readings(token.folded))

    def _read(self, folded: str) -> tuple[Reading, ...]:
        before = (b for b in affixes().before if folded.startswith(b.letters))
        return tuple(r for b in before for r in self._stems(folded[len(b.letters) :], b))

    def _stems(self, body: str, before: Before) -> Iterator[Reading]:
        for suffix in ("", *affixes().pronouns):
            if suffix and not body.endswith(suffix):
                continue
            for pattern, form in self._lexicon.forms.get(body[: len(body) - len(suffix)], ()):
                if (form.bound and not suffix) or not before.agrees(form.tense):
                    continue
                tense = "future" if before.goes == "future" else form.tense
                cut = len(before.letters) - before.kept
                yield Reading(pattern, tense, cut, before.goes == "definite", suffix)


def near_forms(token: Token) -> tuple[str, ...]:
    """The spellings under which context conditions may name a token."""
    return token.folded, token.core_folded, affixes().bare(token.core_folded)


def _original_length(token: Token, folded_length: int) -> int:
    """Clitics carry no marks as a rule; with marks inside the token nothing is cut off."""
    return folded_length if token.end - token.start == len(token.folded) else 0


def _conditions(match: Match, words: Sequence[tuple[str, ...]]) -> bool:
    t = match.trigger
    following = set(words[match.last + 1]) if match.last + 1 < len(words) else set()
    if (t.unless_next & following) or (t.needs_next and not t.needs_next & following):
        return False
    if not (t.unless_near or t.needs_near):
        return True
    near = {w for forms in words[max(0, match.first - NEAR) : match.last + NEAR] for w in forms}
    return not (t.unless_near & near) and (not t.needs_near or bool(t.needs_near & near))


def _longest(matches: list[Match]) -> list[Match]:
    """Drop what a longer match of the same kind, or a veto of that kind, covers."""
    taken: set[tuple[str, int]] = set()
    kept: list[Match] = []
    for match in sorted(matches, key=lambda m: (m.first - m.last, m.first, m.trigger.id)):
        places = {(match.trigger.kind, i) for i in range(match.first, match.last + 1)}
        if not taken & places:
            taken |= places
            kept.append(match)
    return sorted((m for m in kept if not m.trigger.veto), key=lambda m: (m.first, m.trigger.kind))
