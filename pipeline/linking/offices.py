"""Titles in an article: the office that stands before or after a name, and its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.linking.spelling import readings
from pipeline.script import COMMA, COMMAS, SEMICOLONS, STOPS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.linking.context import Context, PlaceWord
    from pipeline.linking.lexicon import Lexicon
    from pipeline.linking.mentions import Mention
    from schemas.annotations import Entity

_REACH: Final = 12
"""How many words before a name its title may begin: "المبعوث الخاص للأمين العام للأمم المتحدة إلى اليمن إسماعيل"."""
_BEHIND: Final = 3
_NEAR: Final = 2
_LONGEST: Final = 5
_LOOSE: Final = 6
_TIGHT: Final = 2
_COMMON: Final = frozenset({"citizen", "military_officer", "judge", "prosecutor"})
_PLACES: Final = frozenset({"country", "capital", "place"})
_ABROAD: Final = frozenset({"envoy", "ambassador"})
_STOPS: Final = STOPS | SEMICOLONS | frozenset(':\n«»“”"')


@dataclass(frozen=True, slots=True)
class Title:
    """An office in the text: its role, the country and (by key) the organisation it serves, whether it is past."""

    role: str
    country: str
    place: str
    former: bool = False


class Offices:
    """Finds the titles around the names of one article."""

    def __init__(self, lexicon: Lexicon, context: Context, people: Iterable[Entity]) -> None:
        """Take the lexicon, the article's words and the article's people, whom no title reaches over."""
        self._names = {context.index(e.end) - 1 for e in people}
        self._context = context
        self._titles = lexicon.titles
        self._bodies = lexicon.bodies
        self._before: dict[int, Title | None] = {}
        self._after: dict[int, Title | None] = {}

    def without_titles(self, parts: list[str]) -> list[str]:
        """Drop courtesy words at the start of a name."""
        index = 0
        while index < len(parts) - 1 and parts[index] in self._titles.honorifics:
            index += 1
        return parts[index:]

    def before(self, mention: Mention) -> Title | None:
        """Give the title that stands before a name, cached."""
        if mention.first not in self._before:
            joined = self._context.tokens[mention.first].start < mention.entity.start
            listed = joined and self._context.words[mention.first].startswith(affixes().and_)
            self._before[mention.first] = None if listed else self._read_before(mention.first)
        return self._before[mention.first]

    def after(self, mention: Mention) -> Title | None:
        """Give the title that follows a name in apposition (فلان، وزير خارجية فرنسا), cached."""
        if mention.last not in self._after:
            self._after[mention.last] = self._read_after(mention.last)
        return self._after[mention.last]

    def read(self, first: int, last: int) -> Title | None:
        """Read the title that begins at token ``first`` and, with its place, ends before ``last``."""
        words = self._context.words
        offices = (self._titles.at([word, *words[first + 1 : last]], 0) for word in readings(words[first]))
        office = next(filter(None, offices), None)
        if office is None:
            return None
        behind = first + office.end
        place = self._place(first + 1, last, abroad=office.role in _ABROAD)
        former = any(word in self._titles.former for word in words[behind:last])
        return Title(office.role, place.country if place else "", place.target if place else "", former)

    def is_whole(self, first: int, last: int) -> bool:
        """Say whether tokens ``first:last`` are an office, its place and qualifiers, and nothing else."""
        words = self._context.words
        offices = (self._titles.at([word, *words[first + 1 : last]], 0) for word in readings(words[first]))
        office = next(filter(None, offices), None)
        if office is None:
            return False
        covered = {i for place in self._context.places_in(first, last) for i in range(place.first, place.last)}
        known = self._titles.former | self._titles.current | self._titles.honorifics | self._titles.towards
        return all(i in covered or words[i] in known for i in range(first + office.end, last))

    def nearest(self, first: int, last: int) -> Title | None:
        """Read the last title that begins in tokens ``first:last``."""
        return next(filter(None, (self.read(index, last) for index in range(last - 1, first - 1, -1))), None)

    def _read_before(self, name: int) -> Title | None:
        found: Title | None = None
        start = self._reach(name)
        first = name - 1
        while first >= start:
            title = self.read(first, name)
            if title is None or not self._reaches(title, first, name) or (found and not self._touches(first, name)):
                first -= 1
                continue
            found = Title(title.role, title.country or (found.country if found else ""), title.place, title.former)
            first -= 1
        adjective = self._adjective_before(name)
        override = adjective and (adjective.how == "nisba" or not (found and found.country))
        if adjective and override and adjective.country != (found.country if found else ""):
            return Title(found.role if found else "", adjective.country, adjective.target)
        return found

    def _reaches(self, title: Title, first: int, name: int) -> bool:
        """Say whether few enough words that are no place or qualifier stand between an office and the name."""
        covered = {i for place in self._context.places_in(first, name) for i in range(place.first, place.last)}
        known = self._titles.former | self._titles.current | self._titles.honorifics | self._titles.towards
        other = [i for i in range(first + 1, name) if i not in covered and self._context.words[i] not in known]
        return len(other) <= (_LOOSE if title.role not in _COMMON else _TIGHT)

    def _touches(self, first: int, name: int) -> bool:
        """Say whether the office at ``first`` runs into another one: "المتحدث باسم | رئيس الوزراء"."""
        office = self._titles.at(self._context.words[first:name], 0)
        return office is not None and self._titles.at(self._context.words[first + office.end : name], 0) is not None

    def _reach(self, name: int) -> int:
        """Go back from a name to the end of a clause or of another name, at most :data:`_REACH` words."""
        first = name
        while first > 0 and name - first < _REACH:
            gap = self._context.gap(first - 1)
            if first - 1 in self._names or not _STOPS.isdisjoint(gap) or (COMMA in gap and first != name):
                break
            first -= 1
        return first

    def _adjective_before(self, name: int) -> PlaceWord | None:
        """Find the nationality just before a name: الصحفي المصري فلان."""
        skipped = self._titles.former | self._titles.current | self._titles.honorifics
        first = name
        while first > 0 and name - first < _BEHIND and self._context.words[first - 1] in skipped:
            first -= 1
        places = self._context.places_in(max(first - _LONGEST, 0), first)
        found = [p for p in places if p.last == first and p.how not in _PLACES and p.country]
        if not found or (found[0].how == "nisba" and self._is_of_body(found[0].first)):
            return None
        return found[0]

    def _is_of_body(self, adjective: int) -> bool:
        """Say whether an adjective belongs to a body, which acts on the person: اعتقلت السلطات السويسرية فلانا."""
        words = self._context.words
        heads = (self._bodies.at(words[first:adjective], 0) for first in range(max(adjective - _NEAR, 0), adjective))
        return any(found is not None for found in heads)

    def _read_after(self, behind: int) -> Title | None:
        context = self._context
        if behind >= len(context.words) or not (COMMAS | {"("}) & set(context.gap(behind - 1)):
            return None
        last = behind + 1
        while (
            last < len(context.words)
            and last - behind < _REACH
            and not (COMMAS | {")", "."}) & set(context.gap(last - 1))
        ):
            last += 1
        for first in range(behind, min(behind + _NEAR, last)):
            title = self.read(first, last)
            if title and title.country:
                return title
        return None

    def _place(self, first: int, last: int, *, abroad: bool) -> PlaceWord | None:
        """Give the first place word of a title that names whom it serves; where an envoy is sent to does not."""
        for place in self._context.places_in(first, last):
            words = self._context.words
            sent = abroad and (words[max(place.first - 1, 0)] in self._titles.towards or self._is_merged(place))
            if place.country and place.last <= last and not sent:
                return place
        return None

    def _is_merged(self, place: PlaceWord) -> bool:
        return self._context.words[place.first].startswith(affixes().merged)
