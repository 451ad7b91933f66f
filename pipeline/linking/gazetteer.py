"""The gazetteer: data files under lexicon/gazetteer/ to entries, look-ups by name and by office."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pipeline.linking.commons import Commons
from pipeline.linking.entries import entries_of, entry_of, slug
from pipeline.linking.files import Row, package_rows
from pipeline.linking.nisba import Adjective, Adjectives
from pipeline.linking.records import Entry, Tenure
from pipeline.linking.spelling import key, skeleton

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.annotations import EntityType

NO_STATE: Final = frozenset({"IGO", "NGO"})
_PLACE_KINDS: Final = frozenset({"country", "capital", "place", "igo", "court"})
_BODY_KINDS: Final = frozenset({"armed_group", "party", "government", "parliament", "army", "intelligence"})
"""Bodies of one state: their names of two words and more stand for the state, too."""
_SHORTEST_SURNAME: Final = 3


class Gazetteer:
    """Entries by name, by surname, by key, and office holders by role and place."""

    def __init__(self, *extra: Path) -> None:
        """Read the package's files, then the ``extra`` ones (docs/gazetteer.md), which come first in look-ups."""
        self.entries: dict[str, Entry] = {}
        self.adjectives = Adjectives()
        self.countries: dict[str, Entry] = {}
        self.place_names: dict[str, Entry] = {}
        """What names a country in running text: by key, countries, capitals, places and bodies of states."""
        self.place_words: dict[str, int] = {}
        """First word of such a name: the number of words of the longest."""
        self._nisbas: dict[str, str] = {}
        self.commons = Commons.of_package()
        self._names: defaultdict[str, list[Entry]] = defaultdict(list)
        self._surnames: defaultdict[str, list[Entry]] = defaultdict(list)
        self._sounds: defaultdict[str, list[Entry]] = defaultdict(list)
        self._holders: defaultdict[tuple[str, str], list[tuple[Tenure, Entry]]] = defaultdict(list)
        self._keys: dict[str, str] = {}
        for path in extra:
            for entry in entries_of(path):
                self.add(entry)
        self._read_package()

    def named(self, name: str, kind: EntityType | None = None) -> list[Entry]:
        """Give the entries that carry this name or variant, of one entity type if asked."""
        return [e for e in self._names.get(key(name), ()) if kind is None or e.type == kind]

    def surnamed(self, surname: str) -> list[Entry]:
        """Give the people whose last name this is: a guess that needs support from the article."""
        return self._surnames.get(key(surname), [])

    def sounding(self, surname: str) -> list[Entry]:
        """Give the people whose last name sounds like this one (:func:`pipeline.linking.spelling.skeleton`)."""
        return self._sounds.get(skeleton(key(surname)), [])

    def parts(self, entry: Entry) -> list[str]:
        """Give the folded words of a person's name."""
        return key(entry.name).split()

    def holders(self, role: str, place: str) -> list[tuple[Tenure, Entry]]:
        """Give who held an office at a place (alpha-3 or an organisation's key), with the tenure."""
        return self._holders.get((role, place), [])

    def key_of(self, entity_id: str) -> str:
        """Give the key of the entry with this entity_id; a key stays itself."""
        return self._keys.get(entity_id, entity_id)

    def nisba_of(self, code: str) -> str:
        """Give a country's adjective, masculine and indefinite (فرنسي), or nothing."""
        return self._nisbas.get(code, "")

    def country_of(self, place: str) -> str | None:
        """Give the country code that stands for a tenure's place."""
        if place in self.countries:
            return place
        entry = self.entries.get(place)
        return entry.country if entry else None

    def add(self, entry: Entry) -> None:
        """Add an entry with all its names, surname and offices; the first entry with a key keeps it."""
        if entry.key in self.entries:
            return
        self.entries[entry.key] = entry
        self._keys[entry.entity_id] = entry.key
        for name in dict.fromkeys(map(key, (entry.name, *entry.variants))):
            self._names[name].append(entry)
            if entry.country and _names_country(entry, name) and name not in self.commons.places:
                self._add_place_name(name, entry)
        if entry.type == "PER":
            self._add_person(entry)

    def _add_place_name(self, name: str, entry: Entry) -> None:
        self.place_names.setdefault(name, entry)
        parts = name.split()
        self.place_words[parts[0]] = max(self.place_words.get(parts[0], 0), len(parts))

    def _add_person(self, entry: Entry) -> None:
        surname = key(entry.name).rsplit(" ", 1)[-1]
        if len(surname) >= _SHORTEST_SURNAME:
            self._surnames[surname].append(entry)
            self._sounds[skeleton(surname)].append(entry)
        for tenure in entry.tenures:
            self._holders[tenure.role, tenure.place].append((tenure, entry))

    def _read_package(self) -> None:
        for row in package_rows("countries.tsv"):
            self._add_country(row)
        for row in package_rows("organisations.tsv"):
            self.add(entry_of(row, "ORG", row["key"]))
        for row in package_rows("places.tsv"):
            self.add(entry_of(row, "LOC", f"place:{slug(row['name_en'])}"))
        for row in package_rows("leaders.tsv"):
            self.add(entry_of(row, "PER", f"person:{slug(row['name_en'])}"))
        for row in package_rows("adjectives.tsv"):
            self._add_adjective(row)

    def _add_country(self, row: Row) -> None:
        code = row["iso3"]
        entry = Entry(
            f"country:{code}",
            "LOC",
            row["name"],
            row["name_en"],
            code,
            row["wikidata"],
            row.several("variants"),
            "country",
        )
        self.countries[code] = entry
        self.add(entry)
        self._nisbas[code] = next((n.lstrip("?") for n in row.several("nisba")), "")
        for nisba in row.several("nisba"):
            self.adjectives.add(nisba.lstrip("?"), Adjective(code, doubtful=nisba.startswith("?")))
        for people in row.several("people"):
            self.adjectives.add_people(people, Adjective(code))
        capitals = row.several("capitals")
        if capitals:
            name = row["capital_en"]
            self.add(Entry(f"capital:{code}", "LOC", capitals[0], name, code, "", capitals[1:], "capital"))

    def _add_adjective(self, row: Row) -> None:
        adjective = Adjective(row["country"], row["target"], row["adjective"].startswith("?"), region=True)
        self.adjectives.add(row["adjective"].lstrip("?"), adjective)
        for people in row.several("people"):
            self.adjectives.add_people(people, adjective)

    def by_name(self) -> dict[str, list[Entry]]:
        """Give all entries by each of their look-up keys."""
        return dict(self._names)


def _names_country(entry: Entry, name: str) -> bool:
    return entry.kind in _PLACE_KINDS or (entry.kind in _BODY_KINDS and " " in name)
