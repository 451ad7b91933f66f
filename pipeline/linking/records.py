"""What the gazetteer holds and what a look-up gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from schemas.annotations import Entity, EntityType

How = Literal["person", "title", "body", "place", "country", "capital", "nisba", "context", "description"]
"""By what a noun phrase was resolved.

person: a named person in it; title: an office (الرئيس الأمريكي), its holder named; body: an organisation or a body of
state; place: a place that is no state; country: a state by its name; capital: a state by its capital; nisba: a state by
an adjective alone (القصف الإسرائيلي); context: بلاده، البلاد; description: nobody known, the words themselves.
"""

_DAY_LENGTH: Final = len("2014-03-01")


@dataclass(frozen=True, slots=True)
class Tenure:
    """An office held: ``place`` is a state (ISO 3166 alpha-3) or the key of an organisation.

    ``start`` and ``end`` are ISO dates, known to the day, the month (2014-03) or the year (2014); an empty one is not
    known, or for ``end`` still open.
    """

    role: str
    place: str
    start: str = ""
    end: str = ""

    def held_at(self, date: str) -> bool:
        """Say whether the office was held on ``date`` (YYYY-MM-DD); a tenure without a start never was."""
        return bool(self.start) and self.start <= date and (not self.end or date[: len(self.end)] <= self.end)

    @property
    def days(self) -> tuple[str, str]:
        """Give start and end where they are known to the day, else empty."""
        start, end = (day if len(day) == _DAY_LENGTH else "" for day in (self.start, self.end))
        return start, end


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the gazetteer."""

    key: str
    type: EntityType
    name: str
    name_en: str
    country: str | None
    wikidata: str = ""
    variants: tuple[str, ...] = ()
    kind: str = ""
    tenures: tuple[Tenure, ...] = ()

    @property
    def entity_id(self) -> str:
        """The Wikidata id where it is certain, else the gazetteer's own key."""
        return self.wikidata or self.key


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who a noun phrase is; the fields are those of :class:`schemas.annotations.Actor`."""

    name: str
    name_en: str = ""
    country: str | None = None
    entity_id: str = ""
    role: str = ""
    how: How = "description"


def of_entity(entity: Entity, how: How) -> Resolution:
    """Resolve to a linked entity."""
    return Resolution(entity.name, entity.name_en, entity.country, entity.entity_id, entity.role, how)
