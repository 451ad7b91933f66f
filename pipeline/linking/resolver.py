"""Who a noun phrase of a linked article is: person, office, body, state, nationality or a mere description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.linking.context import Context
from pipeline.linking.mentions import Mention, tidy
from pipeline.linking.offices import Offices, Title
from pipeline.linking.organisations import Organisations
from pipeline.linking.records import Entry, How, Resolution, Tenure
from pipeline.linking.spelling import readings

if TYPE_CHECKING:
    from pipeline.linking.bodies import Bodies
    from pipeline.linking.gazetteer import Gazetteer
    from pipeline.linking.titles import Titles
    from schemas.annotations import Entity
    from schemas.document import Document

_HOW_OF_ROLE: Final[dict[str, How]] = {"country": "country", "capital": "capital"}
_DESCRIBED: Final = 0.34
"""The share of a phrase's words that a body's name must make up for the phrase to be that body."""


class Resolver:
    """Resolves the noun phrases of one linked document."""

    def __init__(self, document: Document, gazetteer: Gazetteer, bodies: Bodies, titles: Titles) -> None:
        """Read the document's entities, words and titles."""
        self._document = document
        self._gazetteer = gazetteer
        self._titles = titles
        self._context = Context(document, gazetteer)
        self._offices = Offices(self._context, titles, [e for e in document.entities if e.type == "PER"])
        self._organisations = Organisations(gazetteer, bodies, self._context)
        self._people = [Mention.of(e, self._context) for e in document.entities if e.type == "PER"]

    def resolve(self, start: int, end: int) -> Resolution:
        """Say who ``text[start:end]`` is."""
        first, last = self._context.index(start), self._context.behind(end)
        if first >= last:
            return Resolution(tidy(self._document.text[start:end]))
        inside = [e for e in self._document.entities if start <= e.start and e.end <= end]
        return (
            self._person(inside, first)
            or self._holder(inside, first, last)
            or self._entity(inside, first, last)
            or self._body(start, end, last)
            or self._nationality(first, last)
            or self._description(start, end, first, last)
        )

    def _person(self, inside: list[Entity], first: int) -> Resolution | None:
        people = [e for e in inside if e.type == "PER"]
        if not people or self._is_about(first, self._context.index(people[0].start)):
            return None
        return _of_entity(people[0], "person")

    def _is_about(self, first: int, person: int) -> bool:
        """Say whether the phrase is about somebody or something of the person: المتحدث باسم الرئيس فلان."""
        if first == person:
            return False
        head = readings(self._context.words[first])[-1]
        if head not in self._titles.spokesmen and self._context.words[first] not in self._titles.spokesmen:
            return False
        title = self._offices.read(first, person)
        return title is None or title.role == "spokesperson"

    def _holder(self, inside: list[Entity], first: int, last: int) -> Resolution | None:
        title = self._offices.read(first, last)
        if title is None:
            return None
        place = title.place if title.place in self._gazetteer.entries else ""
        for entity in inside:
            place = entity.entity_id if entity.type == "ORG" else place
        return self._of_article(title, first) or self._of_date(title, place)

    def _of_article(self, title: Title, index: int) -> Resolution | None:
        """Find the person of the article who carries this title: nearest before, else the first after."""
        fits = [m for m in self._people if self._carries(m, title)]
        if not fits:
            return None
        before = [m for m in fits if m.first < index]
        return _of_entity((max(before, key=lambda m: m.first) if before else fits[0]).entity, "title")

    def _carries(self, mention: Mention, title: Title) -> bool:
        role, country = mention.entity.role, mention.entity.country
        own = self._offices.before(mention)
        if own and own.role == title.role and (own.country or country) == (title.country or country):
            return True
        return role == title.role and (not title.country or country == title.country)

    def _of_date(self, title: Title, place: str) -> Resolution | None:
        date = self._context.date
        holders: list[tuple[Tenure, Entry]] = []
        for where in filter(None, (place, title.country)):
            holders += self._gazetteer.holders(title.role, where)
        if not date or not holders:
            return None
        past = [(t, e) for t, e in holders if t.end and t.end < date]
        now = [(t, e) for t, e in holders if t.held_at(date)]
        chosen = max(past if title.former else now, key=lambda pair: pair[0].start, default=None)
        if chosen is None:
            return None
        tenure, entry = chosen
        country = self._gazetteer.country_of(tenure.place) or entry.country
        return Resolution(entry.name, entry.name_en, country, entry.entity_id, tenure.role, "title")

    def _entity(self, inside: list[Entity], first: int, last: int) -> Resolution | None:
        for entity in inside:
            if entity.type == "PER":
                continue
            share = (self._context.behind(entity.end) - self._context.index(entity.start)) / (last - first)
            if share < _DESCRIBED:
                continue
            if entity.role == "capital" and share == 1.0:
                return self._state(entity.country or "", "capital")
            return _of_entity(entity, _HOW_OF_ROLE.get(entity.role, "place" if entity.type == "LOC" else "body"))
        return None

    def _state(self, code: str, how: How) -> Resolution | None:
        country = self._gazetteer.countries.get(code)
        if country is None:
            return None
        return Resolution(country.name, country.name_en, code, country.entity_id, "country", how)

    def _body(self, start: int, end: int, last: int) -> Resolution | None:
        text = tidy(self._document.text[start:end])
        entry = self._organisations.entry(text)
        if entry:
            return Resolution(entry.name, entry.name_en, entry.country, entry.entity_id, entry.kind, "body")
        link = self._organisations.body(text, last)
        if link is None:
            return None
        return Resolution(link.name, link.name_en, link.country, link.entity_id, link.role, "body")

    def _nationality(self, first: int, last: int) -> Resolution | None:
        found = [p for p in self._context.places_in(first, last) if p.country and p.how == "nisba"]
        if not found or last - first > 1:
            return None
        return self._state(found[0].country, "nisba")

    def _description(self, start: int, end: int, first: int, last: int) -> Resolution:
        countries = [p.country for p in self._context.places_in(first, last) if p.country and not p.doubtful]
        country = countries[0] if countries else self._context.nearest(first)
        return Resolution(tidy(self._document.text[start:end]), country=country or None)


def _of_entity(entity: Entity, how: How) -> Resolution:
    return Resolution(entity.name, entity.name_en, entity.country, entity.entity_id, entity.role, how)
