"""Bodies of states by their head and a nationality: الخارجية الأمريكية, حكومة العراق, سفارة باريس."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.affixes import affixes
from pipeline.lexicon.tables import read
from pipeline.linking.spelling import joined, readings
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.lexicon.tables import Table
    from pipeline.linking.records import Entry


@dataclass(frozen=True, slots=True)
class Body:
    """A kind of body; ``name`` and ``english`` are patterns, empty where only the words of the text will do."""

    role: str
    name: str
    english: str
    gender: str

    def name_in(self, country: Entry, nisba: str) -> str:
        """Give the body's Arabic name in a country; empty without a pattern or an adjective."""
        if not self.name or ("{nisba}" in self.name and not nisba):
            return ""
        return self.name.format(nisba=agreeing(nisba, feminine=self.gender != "m"), state=country.name)

    def english_in(self, country: Entry) -> str:
        """Give the body's English name in a country."""
        return self.english.format(country=country.name_en)


def agreeing(nisba: str, *, feminine: bool) -> str:
    """Make a definite adjective of an indefinite masculine one: فرنسي → الفرنسية; كوري شمالي → الكوري الشمالي."""
    table, article = read("inflection.toml").table("nisba"), affixes().article
    last, ending = table.text("last"), table.text("feminine") if feminine else ""
    return " ".join(
        f"{article}{part}{ending}" if part.endswith(last) else f"{article}{part}" if place == 0 else part
        for place, part in enumerate(nisba.split())
    )


class Bodies:
    """The body patterns and the head words that go before names of organisations and places (bodies.toml)."""

    def __init__(self) -> None:
        """Read the package's file."""
        data = read("gazetteer/bodies.toml")
        self._heads: dict[tuple[str, ...], Body] = {}
        self._short: set[tuple[str, ...]] = set()
        for row in data.rows("body"):
            self._add(row)
        self._longest = max(map(len, self._heads))
        self.org_heads = data.words("org_heads")
        self.org_tails = data.words("org_tails")
        self.place_heads = data.words("place_heads")

    def _add(self, row: Table) -> None:
        body = Body(row.text("role"), row.text("name"), row.text("english"), row.text("gender"))
        feminine = read("inflection.toml").table("nisba").texts("feminine_nouns")
        for form in row.texts("forms"):
            self._heads[_words(form)] = body
        for form in row.texts("own") if "own" in row else ():
            gender = "f" if form.split()[0].endswith(feminine) else "m"
            self._heads[_words(form)] = replace(body, name=f"{form} {{nisba}}", gender=gender)
        self._short.update(_words(form) for form in (row.texts("short") if "short" in row else ()))

    def at(self, words: Sequence[str], index: int) -> tuple[Body, int] | None:
        """Find the longest head at ``words[index]``; gives the body and the index behind its head."""
        for first in readings(words[index]):
            rest = list(words[index + 1 : index + self._longest])
            for length in range(len(rest) + 1, 0, -1):
                found = self._heads.get((first, *rest[: length - 1]))
                if found:
                    return found, index + length
        return None

    def stands_alone(self, words: Sequence[str]) -> bool:
        """Say whether the words are a body without a state (الخارجية), which the article then gives."""
        return tuple(words) in self._short


def _words(form: str) -> tuple[str, ...]:
    return tuple(joined(fold(form).split()))
