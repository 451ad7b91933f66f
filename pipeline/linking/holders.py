"""Who holds an office that a noun phrase names: by the article's own people, else by the gazetteer's dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.linking.mentions import Mention
from pipeline.linking.records import Entry, Resolution, Tenure, of_entity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.linking.context import Context
    from pipeline.linking.gazetteer import Gazetteer
    from pipeline.linking.offices import Offices, Title
    from schemas.annotations import Entity

_HEADS: Final = ("president_of_body", "secretary_general", "director_general", "party_leader", "speaker", "commander")
"""Offices that are the top of an organisation: its "رئيس", "زعيم" or "مدير" may be any of them."""
_TOP: Final = frozenset({*_HEADS, "head_of_state", "supreme_leader"} - {"president_of_body", "speaker"})
_SHORT: Final = 2
"""A title of two words (المبعوث الدولي) is the article's own person, whatever the second one says."""
_RULERS: Final = ("head_of_state", "monarch", "emir", "supreme_leader")


class Holders:
    """Finds the holders of offices in one linked article."""

    def __init__(self, gazetteer: Gazetteer, context: Context, offices: Offices, people: Iterable[Entity]) -> None:
        """Take what is known of the world and of the article, and its people."""
        self._gazetteer = gazetteer
        self._context = context
        self._offices = offices
        self._people = [Mention.of(entity, context) for entity in people]

    def find(self, inside: Iterable[Entity], first: int, last: int) -> Resolution | None:
        """Resolve tokens ``first:last`` when they begin with an office; ``inside`` are the entities among them."""
        title = self._offices.read(first, last)
        if title is None or title.role == "spokesperson":
            return None
        places = [title.place] + [self._gazetteer.key_of(e.entity_id) for e in inside if e.type == "ORG"]
        served = next((p for p in reversed(places) if self._is_body(p)), "")
        if self._offices.is_whole(first, last):
            return self._of_article(title, served, first) or self._of_date(title, served)
        return self._of_article(title, served, first) if last - first <= _SHORT else None

    def _is_body(self, key: str) -> bool:
        entry = self._gazetteer.entries.get(key)
        return entry is not None and entry.type == "ORG"

    def _of_article(self, title: Title, served: str, index: int) -> Resolution | None:
        fits = [m for m in self._people if self._carries(m, title, served)]
        if not fits:
            return None
        before = [m for m in fits if m.first < index]
        return of_entity((max(before, key=lambda m: m.first) if before else fits[0]).entity, "title")

    def _carries(self, mention: Mention, title: Title, served: str) -> bool:
        entity, own = mention.entity, self._offices.before(mention)
        if own and own.role == title.role and not (served and own.place != served):
            return (own.country or entity.country) == (title.country or own.country or entity.country)
        if served and served not in self._places(entity):
            return False
        return entity.role == title.role and (not title.country or entity.country == title.country)

    def _places(self, entity: Entity) -> set[str]:
        entry = self._gazetteer.entries.get(self._gazetteer.key_of(entity.entity_id))
        return {t.place for t in entry.tenures} if entry else set()

    def _of_date(self, title: Title, served: str) -> Resolution | None:
        date = self._context.date
        if not date:
            return None
        for role, place in self._offices_of(title, served):
            found = _chosen(self._gazetteer.holders(role, place), date, former=title.former)
            if found:
                tenure, entry = found
                country = self._gazetteer.country_of(tenure.place) or entry.country
                return Resolution(entry.name, entry.name_en, country, entry.entity_id, tenure.role, "title")
        return None

    def _offices_of(self, title: Title, served: str) -> list[tuple[str, str]]:
        """Give the offices that a title may mean, the likeliest first."""
        offices: list[tuple[str, str]] = []
        if served:
            offices += [(title.role, served)]
            offices += [(role, served) for role in _HEADS if title.role in _TOP]
        if title.country and title.country not in {"IGO", "NGO"} and not offices:
            offices += [(title.role, title.country)]
            offices += [(role, title.country) for role in _RULERS if title.role in _RULERS]
        return offices


def _chosen(holders: list[tuple[Tenure, Entry]], date: str, *, former: bool) -> tuple[Tenure, Entry] | None:
    fits = [(t, e) for t, e in holders if (bool(t.end) and t.end < date if former else t.held_at(date))]
    return max(fits, key=lambda pair: pair[0].start, default=None)
