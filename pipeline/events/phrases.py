"""Candidates for actors: the noun phrases of a sentence that may act or be acted upon."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.events.nouns import NounWords, bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.events.tokens import Token
    from schemas.annotations import Entity

_OPENERS: Final = frozenset({"name", "quantity", "head", "nisba"})
_NAMES: Final = frozenset({"PER", "LOC", "ORG", "MISC"})
MAX_PHRASE: Final = 12
"""Longest noun phrase in tokens; longer ones are lists or relative clauses."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A candidate: tokens ``first`` to ``last``; ``start`` is behind proclitics; ``head`` is the token that says what it is."""

    first: int
    last: int
    start: int
    end: int
    label: str
    """Entity type (PER, LOC, ORG, MISC), ``noun``, ``nisba`` or ``bare``."""
    head: int
    clitics: str


def phrases_of(tokens: Sequence[Token], entities: Sequence[Entity], words: NounWords) -> list[Phrase]:
    """All candidates of a sentence in order; ``entities`` are those of the sentence, sorted."""
    named = _entity_tokens(tokens, entities)
    kinds = [_kind(i, token, named, words) for i, token in enumerate(tokens)]
    found: list[Phrase] = []
    i = 0
    while i < len(tokens):
        phrase = _phrase_at(i, tokens, kinds, named) if kinds[i] in _OPENERS else None
        if phrase is None:
            i += 1
        else:
            found.append(phrase)
            i = phrase.last + 1
    return found


def _entity_tokens(tokens: Sequence[Token], entities: Sequence[Entity]) -> dict[int, tuple[int, Entity]]:
    """Map the first token of each entity to its last token and the entity."""
    starts = [token.start for token in tokens]
    named = {}
    for entity in entities:
        first = bisect_right(starts, entity.start) - 1
        last = bisect_right(starts, entity.end - 1) - 1
        if first >= 0:
            named[first] = (last, entity)
    return named


def _kind(index: int, token: Token, named: dict[int, tuple[int, Entity]], words: NounWords) -> str:
    """What a token can do in a phrase."""
    if index in named:
        return "name"
    core = token.core_folded
    if not token.is_word:
        return "stop"
    if core in words.quantifiers or core.isdigit():
        return "quantity"
    if core in words.stops:
        return "stop"
    if words.is_nisba(core):
        return "nisba"
    return "head" if words.is_head(core) else "definite" if _is_definite(token) else "word"


def _phrase_at(
    first: int, tokens: Sequence[Token], kinds: list[str], named: dict[int, tuple[int, Entity]]
) -> Phrase | None:
    last, head, label = _grow(first, tokens, kinds, named)
    if not label:
        return None
    token = tokens[first]
    start = token.core
    if first in named:
        start = max(token.start, named[first][1].start)
    end = tokens[last].end
    if head in named and named[head][0] == last:
        end = named[head][1].end
    return Phrase(first, last, start, end, label, head, token.clitics)


def _grow(
    first: int, tokens: Sequence[Token], kinds: list[str], named: dict[int, tuple[int, Entity]]
) -> tuple[int, int, str]:
    """Extend a phrase to the right; gives its last token, its head and its label (empty: no phrase)."""
    last, head, label = first - 1, first, ""
    i = first
    while i < len(tokens) and i - first < MAX_PHRASE and (i == first or _continues(tokens[i], tokens[i - 1])):
        kind = kinds[i]
        if kind == "name" and label not in _NAMES and not (i > first and named[i][1].start > tokens[i].start):
            last, entity = named[i]
            head, label, i = i, entity.type, last
        elif kind == "head" and label not in _NAMES:
            last, head, label = i, (head if label else i), label or "noun"
        elif kind == "nisba" and label != "PER":
            last, label = i, label or "nisba"
        elif kind == "definite" and label in {"noun", "nisba"}:
            last = i
        elif label or not (kind == "quantity" or (i > first and tokens[i].folded == "من")):
            break
        i += 1
    if label == "noun" and (named_at := _apposition(last, tokens, named)):
        return named[named_at][0], named_at, "PER"
    return last, head, label


def _apposition(last: int, tokens: Sequence[Token], named: dict[int, tuple[int, Entity]]) -> int:
    """Index of the person's name set off by a comma (الرئيس العراقي، جلال طالباني), else 0."""
    at = last + 2
    if at not in named or named[at][1].type != "PER" or tokens[last + 1].folded not in {"،", ","}:
        return 0
    return at if named[at][1].start == tokens[at].start else 0


def _continues(token: Token, previous: Token) -> bool:
    """Whether the token can stand inside a phrase: a word without conjunction or preposition in front."""
    return (
        token.is_word and previous.is_word and (not token.clitics or token.clitics == "ل" and token.core == token.start)
    )


def _is_definite(token: Token) -> bool:
    return (
        token.core_folded.startswith("ال")
        and bare(token.core_folded) != token.core_folded
        and token.core == token.start
    )
