"""Names that are everyday words as well (lexicon/gazetteer/common.toml)."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.lexicon.tables import read
from pipeline.linking.spelling import key


@dataclass(frozen=True, slots=True)
class Commons:
    """The words by key."""

    places: frozenset[str]
    """Never a place in running text."""
    names: frozenset[str]
    """Given names that prove nobody."""

    @classmethod
    def of_package(cls) -> Commons:
        """Read the package's file."""
        data = read("gazetteer/common.toml")
        return cls(frozenset(map(key, data.texts("places"))), frozenset(map(key, data.texts("names"))))

    def anybody(self, name: str) -> bool:
        """Say whether every part of the name (a key) is so frequent that it may be anyone."""
        return all(part in self.names for part in name.split())
