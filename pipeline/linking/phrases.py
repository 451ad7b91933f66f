"""Words of noun phrases that name an actor without its name (lexicon/gazetteer/phrases.toml)."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.linking.files import package_toml, strings
from pipeline.text import fold


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words, folded; what each list means stands in the file."""

    sides: frozenset[str]
    own_state: frozenset[str]
    kingdom: frozenset[str]
    kingdoms: tuple[str, ...]
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
        data = package_toml("phrases.toml")

        def folded(column: str) -> frozenset[str]:
            return frozenset(map(fold, strings(data, column)))

        return cls(
            sides=folded("sides"),
            own_state=folded("own_state"),
            kingdom=folded("kingdom"),
            kingdoms=tuple(strings(data, "kingdoms")),
            sultanate=folded("sultanate"),
            capital=folded("capital"),
            led_by=folded("led_by"),
            heads=folded("heads"),
            places=folded("places"),
            nobody=folded("nobody"),
            national=folded("national"),
            international=folded("international"),
        )
