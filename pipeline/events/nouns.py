"""The words of noun phrases: heads of actors, nationality adjectives, words that end a phrase."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.affixes import affixes
from pipeline.events.inflect import noun_forms
from pipeline.lexicon.tables import read
from pipeline.linking.files import package_rows
from pipeline.linking.nisba import inflect
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class NounWords:
    """Folded word forms without article or proclitics, by what they do in a noun phrase."""

    heads: frozenset[str]
    quantifiers: frozenset[str]
    stops: frozenset[str]
    offices: frozenset[str]
    general: frozenset[str]
    """Offices whose holder can be العام."""
    general_adjective: str
    """العام itself."""
    free_endings: tuple[str, ...]
    """Endings of nouns that no other noun follows in their phrase."""
    nisbas: frozenset[str]
    """Nationality adjectives and the names of peoples in all their forms."""
    peoples: frozenset[str]
    """Irregular plurals (أتراك)."""
    people_endings: tuple[str, ...]

    def is_head(self, word: str) -> bool:
        """Whether the folded word names a person, body, group, place or thing that can act or be acted upon."""
        return affixes().bare(word) in self.heads

    def is_nisba(self, word: str) -> bool:
        """Whether the folded word is a nationality adjective."""
        return affixes().bare(word) in self.nisbas

    def is_people(self, word: str) -> bool:
        """Whether a folded nationality word means people, not a quality: الأتراك، المصريون."""
        return affixes().bare(word) in self.peoples or word.endswith(self.people_endings)


@lru_cache(maxsize=1)
def noun_words() -> NounWords:
    """Read the word lists and the nationality adjectives of the gazetteer once."""
    data, plural = read("actors.toml"), read("inflection.toml").table("plural")
    return NounWords(
        heads=frozenset(form for noun in data.words("heads") for form in _head_forms(noun)),
        quantifiers=data.words("quantifiers"),
        stops=data.words("stops"),
        offices=data.words("offices"),
        general=data.words("general"),
        general_adjective=fold(data.text("general_adjective")),
        free_endings=plural.texts("free"),
        nisbas=frozenset(_nisba_forms()) | _peoples(),
        peoples=_peoples(),
        people_endings=(plural.text("nominative"), plural.text("oblique")),
    )


def _head_forms(noun: str) -> list[str]:
    forms = []
    for form in noun_forms(noun):
        if form.bound or form.text == noun:
            forms += [form.text + possessive for possessive in affixes().possessives]
        if not form.bound:
            forms.append(form.text)
    return forms


def _nisba_forms() -> Iterator[str]:
    """Every form of the gazetteer's adjectives, but of those marked ? as everyday words."""
    for row in package_rows("countries.tsv"):
        for nisba in row.several("nisba"):
            if not nisba.startswith("?"):
                yield from map(affixes().bare, inflect(nisba))


def _peoples() -> frozenset[str]:
    return frozenset(fold(people) for row in package_rows("countries.tsv") for people in row.several("people"))
