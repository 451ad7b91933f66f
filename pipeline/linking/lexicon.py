"""All that linking knows of the world, loaded once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.linking.bodies import Bodies
from pipeline.linking.gazetteer import Gazetteer
from pipeline.linking.phrases import Phrases
from pipeline.linking.records import How, Resolution
from pipeline.linking.titles import Titles, load_titles

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The gazetteer and the word lists."""

    gazetteer: Gazetteer
    bodies: Bodies
    titles: Titles
    phrases: Phrases

    @classmethod
    def load(cls, *extra: Path) -> Lexicon:
        """Read the package's files, and the ``extra`` gazetteer files of an analyst."""
        return cls(Gazetteer(*extra), Bodies(), load_titles(), Phrases.of_package())

    def state(self, code: str, how: How) -> Resolution | None:
        """Resolve to a state by its code; None when it is none."""
        country = self.gazetteer.countries.get(code)
        if country is None:
            return None
        return Resolution(country.name, country.name_en, code, country.entity_id, "country", how)
