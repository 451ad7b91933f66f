"""Noun phrases: where one that names somebody ends, and which tokens cannot begin one.

A phrase is read to the right from its first word; what is no part of one (time words, prepositions without a head
that needs them, the audience of a saying, the next verb) stops it. Entities are stepped over whole.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.lexicon.tables import read
from pipeline.quotes.lexicon import load_lexicon
from pipeline.quotes.scan import MARKS
from pipeline.script import COMMAS
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.quotes.scan import Scan
    from schemas.annotations import Entity

MAX_PHRASE: Final = 16
MAX_ENTITY: Final = 40
"""Tokens of the longest entity that is stepped over."""
_MAX_TITLE: Final = 4
"""Words between quotation marks that are the name of a body, not speech."""
_BRACKET_REACH: Final = 6


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens ``start:end``; ``offset`` characters of the first are a clitic that is no part of the name."""

    start: int
    end: int
    offset: int = 0
    place: str = "after"
    """Where it stands: after, before, about (عن), relative, or subject of the sentence."""


@dataclass(frozen=True, slots=True)
class SpeakerWords:
    """The [speaker] table of the lexicon, folded; what each list is for stands there."""

    pronouns: dict[str, str]
    place: str
    stops: frozenset[str]
    wide: frozenset[str]
    audience: frozenset[str]
    starters: frozenset[str]
    relatives: frozenset[str]
    texts: frozenset[str]
    relaying: frozenset[str]
    relay_prepositions: frozenset[str]
    issued: frozenset[str]
    issued_by: frozenset[str]
    inside: frozenset[str]
    before_numbers: frozenset[str]
    speech: frozenset[str]
    describing: frozenset[str]
    wide_prepositions: frozenset[str]
    governed: frozenset[str]
    kept_to: frozenset[str]


@cache
def load_speaker_words() -> SpeakerWords:
    """Read the [speaker] table of cues.toml (once a process)."""
    table = read("cues.toml").table("speaker")
    pronouns = {word: gender for gender in "mfp" for word in table.words(f"pronouns_{gender}")}
    lists = [field.name for field in fields(SpeakerWords) if field.name not in {"pronouns", "place"}]
    return SpeakerWords(pronouns, fold(table.text("place")), **{name: table.words(name) for name in lists})


class Phrases:
    """Reads noun phrases of one text with the help of its entities."""

    def __init__(self, found: Scan, entities: Sequence[Entity]) -> None:
        """Index the entities by the token they begin in."""
        self.found = found
        self.words = load_speaker_words()
        self.entity_of = _index(found, entities)

    def phrase_end(self, start: int, limit: int) -> int:
        """The end of the noun phrase that begins at ``start``; it is before token ``limit``."""
        named = wide = False
        index, stop = start, min(limit, start + MAX_PHRASE)
        while index < stop:
            entity = self._whole(index, start, named=named, wide=wide)
            if entity is not None:
                index = self._past(entity, index)
                named = named or entity.type == "PER"
                wide = wide and not named
                continue
            follow = self._step(index, start, named=named, wide=wide)
            if follow == index:
                break
            wide = wide or (self.found.key(index) in self.words.wide and not named)
            index = follow
        return self._trim(start, min(index, max(limit, start)))

    def _whole(self, index: int, start: int, *, named: bool, wide: bool) -> Entity | None:
        """The entity to step over: none behind a person, and none behind a clitic unless a head word needs it."""
        entity = self.entity_of.get(index)
        if entity is None or named or index == start:
            return None if named else entity
        joined = entity.start > self.found.tokens[index].start
        return entity if not joined or (wide and self.found.key(index) not in self.words.audience) else None

    def _step(self, index: int, start: int, *, named: bool, wide: bool) -> int:
        """The next token of the phrase, or ``index`` when it stops before this one."""
        token = self.found.tokens[index]
        if not token.word:
            return self._goes_on(index, named=named)
        if index == start:
            stops = token.key in self.words.stops or load_lexicon().complementiser(token.key) is not None
        else:
            heads = token.key in self.words.wide and not named
            ends = self._ends(index, named=named, wide=wide or heads) or self._is_apart(index, start)
            stops = self.found.newline_before(index) or ends
        return index if stops else index + 1

    def _is_apart(self, index: int, start: int) -> bool:
        """Whether the word behind a name that begins a phrase is no part of it: رحبت حماس بالإعلان, أيدت بولندا القرار.

        Behind a place only another name goes on; behind a body a definite adjective does (وكالة الأنباء الرسمية).
        """
        first, token = self.entity_of.get(start), self.found.tokens[index]
        if first is None or first.type not in {"LOC", "ORG"} or self._past(first, start) != index:
            return False
        adjective = first.type == "ORG" and token.key.startswith(affixes().article)
        return not adjective and token.text[0] != affixes().and_

    def _trim(self, start: int, end: int) -> int:
        while end > start and not self.found.tokens[end - 1].word and not self._belongs(end - 1):
            end -= 1
        return end

    def _belongs(self, index: int) -> bool:
        """Whether a mark at the end of a phrase is part of it: a bracket or a closing quotation mark."""
        return self.found.tokens[index].text == ")" or self._closes(index)

    def _past(self, entity: Entity, index: int) -> int:
        """The token behind an entity and its closing mark."""
        stop = min(len(self.found.tokens), index + MAX_ENTITY)
        index += 1
        while index < stop and self.found.tokens[index].start < entity.end:
            index += 1
        if index < stop and self.found.tokens[index].text in MARKS and self._closes(index):
            index += 1
        return index

    def _closes(self, index: int) -> bool:
        number = self.found.passage_of[index]
        return number >= 0 and self.found.passages[number].last == index

    def _goes_on(self, index: int, *, named: bool) -> int:
        """The token behind a punctuation mark when the phrase goes on there, else ``index``."""
        text = self.found.tokens[index].text
        if text in COMMAS and not named:
            entity = self.entity_of.get(index + 1)
            return index + 1 if entity is not None and entity.type == "PER" else index
        if text in MARKS and self.found.passage_of[index] >= 0 and not named:
            passage = self.found.passages[self.found.passage_of[index]]
            short = passage.words <= _MAX_TITLE and passage.closed
            return passage.last + 1 if short and passage.first - 1 == index else index
        if text == "(":
            for at in range(index, min(index + _BRACKET_REACH, len(self.found.tokens))):
                if self.found.tokens[at].text == ")":
                    return at + 1
        return index

    def _ends(self, index: int, *, named: bool, wide: bool) -> bool:
        """Whether a word stops the phrase before it."""
        key = self.found.key(index)
        if named or load_lexicon().complementiser(key) or key in self.words.audience:
            return True
        merged = key.startswith(affixes().merged)
        if wide and (key in self.words.wide_prepositions or merged):
            return False
        dated = key in self.words.before_numbers and self.found.key(index + 1)[:1].isdigit()
        return dated or merged or key in self.words.stops or _next_verb(key)

    def blocked(self, index: int) -> bool:
        """Whether the token cannot begin a speaker's phrase."""
        token = self.found.tokens[index]
        entity = self.entity_of.get(index)
        if entity is not None and entity.start == token.start:
            return False
        if not token.word:
            return not (token.text in MARKS and self.entity_of.get(index + 1) is not None)
        if token.key in self.words.wide:
            return False
        governed = entity is not None and entity.start > token.start and token.key[:1] in {affixes().by, affixes().to}
        return governed or self._particle(token.key)

    def _particle(self, key: str) -> bool:
        form = load_lexicon().cue(key)
        return (
            load_lexicon().complementiser(key) is not None
            or key in self.words.stops
            or key in self.words.audience
            or key in self.words.pronouns
            or key[:2] in self.words.governed
            or key == affixes().by
            or (form is not None and form.kind == "participle")
        )


def _next_verb(key: str) -> bool:
    """Whether a word is a verb or participle of saying: the phrase before it is over."""
    lexicon = load_lexicon()
    form = lexicon.cue(key)
    if form is None:
        return False
    adverbial = form.kind == "participle" and key.endswith(lexicon.inflection.adverbial)
    return adverbial or (form.finite and bool(form.prefix))


def _index(found: Scan, entities: Sequence[Entity]) -> dict[int, Entity]:
    by_token: dict[int, Entity] = {}
    at = 0
    for entity in sorted(entities, key=lambda e: e.start):
        while at < len(found.tokens) and found.tokens[at].end <= entity.start:
            at += 1
        if at < len(found.tokens):
            by_token.setdefault(at, entity)
    return by_token
