"""Words of noun phrases that name an actor without its name (lexicon/gazetteer/phrases.toml)."""

from __future__ import annotations

from dataclasses import dataclass, fields

from pipeline.lexicon.tables import read


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words, folded; what each list means stands in the file."""

    kingdoms: tuple[str, ...]
    sides: frozenset[str]
    own_state: frozenset[str]
    kingdom: frozenset[str]
    sultanate: frozenset[str]
    capital: frozenset[str]
    led_by: frozenset[str]
    heads: frozenset[str]
    places: frozenset[str]
    nobody: frozenset[str]
    national: frozenset[str]
    international: frozenset[str]

    @classmethod
    def of_package(cls) -> Phrases:
        """Read the package's file."""
        data = read("gazetteer/phrases.toml")
        kingdoms = data.texts("kingdoms")
        lists = [field.name for field in fields(cls) if field.name != "kingdoms"]
        return cls(kingdoms, **{name: data.words(name) for name in lists})
