"""Words that the gazetteer knows to begin a name: they help to tell بلينكن from ب + لينكن."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.encoder.words import surface_words, visible
from pipeline.linking.files import package_rows
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE: Final = "leaders.tsv"
"""Any word of a person's name can stand alone; of other names only the first begins a mention."""
FILES: Final = (PEOPLE, "countries.tsv", "organisations.tsv", "places.tsv")
SHORTEST: Final = 3


def known_words() -> frozenset[str]:
    """Folded words of at least SHORTEST letters that begin a name."""
    return frozenset(word for file in FILES for word in _words(file) if len(word) >= SHORTEST)


def _words(file: str) -> Iterator[str]:
    for row in package_rows(file):
        for name in (row["name"], *row.several("variants"), *row.several("capitals")):
            words = [fold(visible(word.text)) for word in surface_words(name)]
            yield from words if file == PEOPLE else words[:1]
