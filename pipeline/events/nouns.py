"""The words of noun phrases: heads of actors, nationality adjectives, words that end a phrase."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from pipeline.events.inflect import noun_forms
from pipeline.linking.files import package_rows
from pipeline.linking.nisba import inflect
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

_POSSESSIVES: Final = ("ه", "ها", "هم", "هما", "نا")


@dataclass(frozen=True, slots=True)
class NounWords:
    """Folded word forms without article or proclitics, by what they do in a noun phrase."""

    heads: frozenset[str]
    quantifiers: frozenset[str]
    bridges: frozenset[str]
    stops: frozenset[str]
    offices: frozenset[str]
    general: frozenset[str]
    """Offices whose holder can be العام."""
    nisbas: frozenset[str]
    """Nationality adjectives and the names of peoples in all their forms."""

    def is_head(self, word: str) -> bool:
        """Whether the folded word names a person, body, group, place or thing that can act or be acted upon."""
        return bare(word) in self.heads

    def is_nisba(self, word: str) -> bool:
        """Whether the folded word is a nationality adjective."""
        return bare(word) in self.nisbas


def bare(word: str) -> str:
    """Without the article (also in its merged form لل)."""
    if word.startswith("ال"):
        return word[2:]
    return word.removeprefix("لل")


@lru_cache(maxsize=1)
def noun_words() -> NounWords:
    """Read the word lists and the nationality adjectives of the gazetteer once."""
    lexicon = resources.files("pipeline.lexicon")
    data = tomllib.loads((lexicon / "actors.toml").read_text(encoding="utf-8"))
    return NounWords(
        frozenset(form for noun in data["heads"] for form in _head_forms(fold(noun))),
        frozenset(map(fold, data["quantifiers"])),
        frozenset(map(fold, data["bridges"])),
        frozenset(map(fold, data["stops"])),
        frozenset(map(fold, data["offices"])),
        frozenset(map(fold, data["general"])),
        frozenset(_nisba_forms()),
    )


def _head_forms(noun: str) -> list[str]:
    forms = []
    for form in noun_forms(noun):
        if form.bound or form.text == noun:
            forms += [form.text + possessive for possessive in _POSSESSIVES]
        if not form.bound:
            forms.append(form.text)
    return forms


def _nisba_forms() -> Iterator[str]:
    """Every form of the gazetteer's adjectives (not of those marked ? as everyday words) and irregular plurals."""
    for row in package_rows("countries.tsv"):
        for nisba in row.several("nisba"):
            if not nisba.startswith("?"):
                yield from map(bare, inflect(nisba))
        yield from map(fold, row.several("people"))
