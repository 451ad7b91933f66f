"""Candidates for actors: the noun phrases of a sentence that may act or be acted upon."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.events.particles import particles
from pipeline.script import COMMAS

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from pipeline.events.nouns import NounWords
    from pipeline.events.tokens import Token
    from schemas.annotations import Entity

_OPENERS: Final = frozenset({"name", "quantity", "head", "nisba"})
_NAMES: Final = frozenset({"PER", "LOC", "ORG", "MISC"})
MAX_PHRASE: Final = 12
"""Longest noun phrase in tokens; longer ones are lists or relative clauses."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A candidate: tokens ``first`` to ``last``, ``start`` behind proclitics; token ``head`` says what it is."""

    first: int
    last: int
    start: int
    end: int
    label: str
    """Entity type (PER, LOC, ORG, MISC), ``noun``, ``nisba`` or ``bare``."""
    head: int
    clitics: str


class PhraseFinder:
    """Finds the noun phrases of one sentence."""

    def __init__(
        self, tokens: Sequence[Token], entities: Sequence[Entity], words: NounWords, triggered: Container[int]
    ) -> None:
        """Take the entities of the sentence, sorted, and the indices of the tokens that belong to a trigger."""
        self._tokens = tokens
        self._words = words
        self._triggered = triggered
        self._named = _entity_tokens(tokens, entities)
        self._kinds = [self._kind(i, token) for i, token in enumerate(tokens)]

    def find(self) -> list[Phrase]:
        """All candidates in order; none overlaps another."""
        found: list[Phrase] = []
        i = 0
        while i < len(self._tokens):
            phrase = self._phrase_at(i) if self._kinds[i] in _OPENERS else None
            if phrase is not None:
                found.append(phrase)
            i = phrase.last + 1 if phrase else i + 1
        return found

    def _kind(self, index: int, token: Token) -> str:
        """What a token can do in a phrase."""
        if index in self._named:
            return "name"
        core = token.core_folded
        if core in self._words.quantifiers or core.isdigit():
            return "quantity"
        if not token.is_word or core in self._words.stops:
            return "stop"
        if self._words.is_nisba(core):
            return "nisba"
        if self._words.is_head(core):
            return "head"
        return "adjective" if _is_definite(token) or token.upos == "ADJ" else "word"

    def _phrase_at(self, first: int) -> Phrase | None:
        last, head, label = self._grow(first)
        if not label:
            return None
        tokens, named = self._tokens, self._named
        start = max(tokens[first].start, named[first][1].start) if first in named else tokens[first].core
        end = named[head][1].end if head in named and named[head][0] == last else tokens[last].end
        return Phrase(first, last, start, end, label, head, tokens[first].clitics)

    def _grow(self, first: int) -> tuple[int, int, str]:
        """Extend a phrase to the right; gives its last token, its head and its label (empty: no phrase).

        A chain of construct nouns is open until its first definite member; then only adjectives follow, or the
        name of the person whose office it is.
        """
        tokens, named = self._tokens, self._named
        last, head, label, closed = first - 1, first, "", False
        i = first
        while i < len(tokens) and i - first < MAX_PHRASE and (i == first or self._continues(i, first, closed=closed)):
            kind = self._kinds[i]
            if kind == "name" and self._takes_name(i, first, label, closed=closed):
                last, entity = named[i]
                head, label, i, closed = i, entity.type, last, True
            elif kind == "head" and label not in _NAMES and not closed:
                last, head, label = i, (head if label else i), label or "noun"
                closed = self._closes(tokens[i])
            elif kind == "nisba" and label == "nisba" and not self._words.is_people(tokens[i - 1].core_folded):
                break  # of two nationalities each is a party of its own: قمة تركية مصرية
            elif kind == "nisba" and label != "PER":
                last, label, closed = i, label or "nisba", True
            elif kind == "adjective" and label == "noun" and i not in self._triggered:
                last, closed = i, True
            elif label or not (kind == "quantity" or (i > first and tokens[i].folded == particles().of)):
                break
            i += 1
        if label == "noun" and (named_at := self._apposition(last)):
            return named[named_at][0], named_at, "PER"
        return last, head, label

    def _takes_name(self, at: int, first: int, label: str, *, closed: bool) -> bool:
        if label in _NAMES or (
            at > first and self._named[at][1].start > self._tokens[at].start and not self._is_office(first)
        ):
            return False
        return not closed or self._named[at][1].type == "PER" or self._tokens[at].clitics == affixes().to

    def _continues(self, at: int, first: int, *, closed: bool) -> bool:
        """Whether a token can stand inside a phrase: a word without conjunction or preposition in front."""
        token = self._tokens[at]
        if not (token.is_word and self._tokens[at - 1].is_word):
            return False
        if token.core_folded == self._words.general_adjective:
            return affixes().bare(self._tokens[at - 1].core_folded) in self._words.general
        if token.clitics == affixes().to and at in self._named:
            return closed and self._is_office(first)
        return not token.clitics

    def _closes(self, token: Token) -> bool:
        """Whether a construct chain ends with this noun: it has the article, a pronoun or a free plural ending."""
        core = token.core_folded
        return affixes().bare(core) != core or core.endswith(self._words.free_endings)

    def _is_office(self, first: int) -> bool:
        return affixes().bare(self._tokens[first].core_folded) in self._words.offices

    def _apposition(self, last: int) -> int:
        """Index of the person's name set off by a comma (الرئيس العراقي، جلال طالباني), else 0."""
        at = last + 2
        if at not in self._named or self._named[at][1].type != "PER" or self._tokens[last + 1].folded not in COMMAS:
            return 0
        return at if self._named[at][1].start == self._tokens[at].start else 0


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


def _is_definite(token: Token) -> bool:
    return token.core_folded.startswith(affixes().article) and token.core == token.start
