"""Who a noun phrase of a linked article is: person, office, body, state, nationality or a mere description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.lexicon.tables import read
from pipeline.linking.anaphora import Anaphora
from pipeline.linking.context import Context
from pipeline.linking.holders import Holders
from pipeline.linking.mentions import Link, tidy
from pipeline.linking.offices import Offices
from pipeline.linking.organisations import Organisations
from pipeline.linking.records import How, Resolution, of_entity
from pipeline.linking.spelling import readings, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.linking.lexicon import Lexicon
    from schemas.annotations import Entity
    from schemas.document import Document

_HOW_OF_ROLE: Final[dict[str, How]] = {"country": "country", "capital": "capital"}
_LARGE_PART: Final = 0.34
"""The share of a phrase's words that a name must make up for the phrase to be that body or place."""


class Resolver:
    """Resolves the noun phrases of one linked document."""

    def __init__(self, document: Document, lexicon: Lexicon) -> None:
        """Read the document's entities, words and titles."""
        self._document = document
        self._lexicon = lexicon
        self._context = Context(document, lexicon.gazetteer)
        people = [e for e in document.entities if e.type == "PER"]
        self._offices = Offices(lexicon, self._context, people)
        self._organisations = Organisations(lexicon, self._context)
        self._holders = Holders(lexicon.gazetteer, self._context, self._offices, people)
        self._anaphora = Anaphora(document, lexicon, self._context)

    def resolve(self, start: int, end: int) -> Resolution:
        """Say who ``text[start:end]`` is."""
        words = [token.text for token in tokens(self._document.text, start, end)]
        first, last = self._context.index(start), self._context.behind(end)
        text = tidy(self._document.text[start:end])
        if not words:
            return Resolution(text)
        cut = self._led_by(first, last)
        if cut:
            return self.resolve(start, cut)
        inside = [e for e in self._document.entities if start <= e.start and e.end <= end]
        return (
            self._body_of_person(inside, text)
            or self._person(inside, first, words)
            or self._holders.find(inside, first, last)
            or self._entity(inside, first, last)
            or self._anaphora.find(words, first)
            or self._body(text, words, first, last)
            or self._nationality(words)
            or self._description(text, words, first, last)
        )

    def _body_of_person(self, inside: list[Entity], text: str) -> Resolution | None:
        """Name the government of "حكومة الرئيس فلان" by the person's state."""
        people = [e for e in inside if e.type == "PER" and e.country]
        if not people or any(e.type != "PER" for e in inside):
            return None
        link = self._organisations.body_of(text, people[0].country or "")
        return Resolution(link.name, link.name_en, link.country, link.entity_id, link.role, "body") if link else None

    def _person(self, inside: list[Entity], first: int, words: Sequence[str]) -> Resolution | None:
        people = [e for e in inside if e.type == "PER"]
        if not people:
            return None
        name = self._context.index(people[0].start)
        return None if self._is_about(first, name, words[0]) else of_entity(people[0], "person")

    def _led_by(self, first: int, last: int) -> int:
        """Give the offset where "وفد من الحركة | برئاسة فلان" names the leader, who is not the actor; else 0."""
        for index in range(first + 1, last):
            if self._context.words[index] in self._lexicon.phrases.led_by:
                return self._context.tokens[index - 1].end
        return 0

    def _is_about(self, first: int, name: int, head: str) -> bool:
        """Say whether the phrase is about somebody or something of the person: المتحدث باسم الرئيس فلان.

        "المتحدث باسم الحكومة فلان" and "مستشار الأمن القومي فلان" are not: there the person bears the title.
        """
        if first == name or head not in self._lexicon.titles.spokesmen:
            return False
        title = self._offices.read(first, name)
        if title is None:
            return True
        if title.role != "spokesperson":
            return False
        inner = self._offices.nearest(first + 1, name)
        of_office = inner is not None and inner.role != "spokesperson"
        return of_office or self._context.words[name - 1] == self._lexicon.titles.in_the_name

    def _entity(self, inside: list[Entity], first: int, last: int) -> Resolution | None:
        for entity in inside:
            share = (self._context.behind(entity.end) - self._context.index(entity.start)) / (last - first)
            if entity.type == "PER" or share < _LARGE_PART:
                continue
            if entity.role == "capital" and share == 1.0:
                return self._lexicon.state(entity.country or "", "capital")
            default: How = "place" if entity.type == "LOC" else "body"
            return of_entity(entity, _HOW_OF_ROLE.get(entity.role, default))
        return None

    def _body(self, text: str, words: Sequence[str], first: int, last: int) -> Resolution | None:
        entry = self._organisations.entry(text)
        if entry:
            return Resolution(entry.name, entry.name_en, entry.country, entry.entity_id, entry.kind, "body")
        link = self._organisations.body(text, last) or self._body_alone(words, first)
        if link is None:
            return None
        return Resolution(link.name, link.name_en, link.country, link.entity_id, link.role, "body")

    def _body_alone(self, words: Sequence[str], first: int) -> Link | None:
        """Read الحكومة as the government that the article named last, else as that of the state it is about."""
        link = self._organisations.body_alone(words, first)
        offset = self._context.tokens[first].start if link else 0
        before = [e for e in self._document.entities if link and e.role == link.role and e.start < offset]
        if link and before and before[-1].country and before[-1].type == "ORG":
            nearest = before[-1]
            return Link(nearest.name, nearest.name_en, nearest.country, nearest.entity_id, nearest.role)
        return link

    def _nationality(self, words: Sequence[str]) -> Resolution | None:
        """Resolve a lone adjective to its state, "الجانب المصري" as well; several people stay people."""
        adjectives = self._lexicon.gazetteer.adjectives
        side = len(words) > 1 and words[0] in self._lexicon.phrases.sides
        match = adjectives.at(words, 1 if side else 0)
        if match is None or match.end != len(words) or not match.adjective.country:
            return None
        if not side and (words[0].endswith(_people_endings()) or adjectives.is_people(words[0])):
            return None
        adjective = match.adjective
        if adjective.target in self._lexicon.gazetteer.entries:
            entry = self._lexicon.gazetteer.entries[adjective.target]
            return Resolution(entry.name, entry.name_en, entry.country, entry.entity_id, entry.kind, "nisba")
        return self._lexicon.state(adjective.country, "nisba")

    def _description(self, text: str, words: Sequence[str], first: int, last: int) -> Resolution:
        countries = [p.country for p in self._context.places_in(first, last) if p.country and not p.doubtful]
        country = countries[0] if countries else ""
        if not country and readings(words[0])[0] not in self._lexicon.phrases.nobody:
            country = self._context.about(first)
        return Resolution(_nominative(text) if countries else text, country=country or None)


def _nominative(text: str) -> str:
    """Give a sound plural in the nominative, as a name stands: المواطنين الأميركيين → المواطنون الأميركيون."""
    nominative, oblique = _people_endings()
    parts = text.split()
    if not parts or not all(part.endswith(oblique) for part in parts):
        return text
    return " ".join(part.removesuffix(oblique) + nominative for part in parts)


def _people_endings() -> tuple[str, str]:
    """The endings of the sound plural: nominative, and genitive or accusative."""
    table = read("inflection.toml").table("plural")
    return table.text("nominative"), table.text("oblique")
