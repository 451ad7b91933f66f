"""The words of noun phrases: heads of actors, nationality adjectives, words that end a phrase."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from pipeline.events.inflect import noun_forms
from pipeline.text import fold

_POSSESSIVES: Final = ("ه", "ها", "هم", "هما", "نا")
_NISBA_ENDINGS: Final = ("", "ه", "ا", "ين", "ون", "ان", "ات", "تين", "تان")
_SHORTEST_NISBA: Final = 3


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
    table = (lexicon / "gazetteer" / "countries.tsv").read_text(encoding="utf-8").splitlines()
    return NounWords(
        frozenset(form for noun in data["heads"] for form in _head_forms(fold(noun))),
        frozenset(map(fold, data["quantifiers"])),
        frozenset(map(fold, data["bridges"])),
        frozenset(map(fold, data["stops"])),
        frozenset(map(fold, data["offices"])),
        frozenset(map(fold, data["general"])),
        frozenset(_nisba_forms(table)),
    )


def _head_forms(noun: str) -> list[str]:
    forms = []
    for form in noun_forms(noun):
        if form.bound or form.text == noun:
            forms += [form.text + possessive for possessive in _POSSESSIVES]
        if not form.bound:
            forms.append(form.text)
    return forms


def _nisba_forms(table: list[str]) -> list[str]:
    header, *rows = [line.split("\t") for line in table]
    columns = header.index("nisba"), header.index("people")
    forms = []
    for row in rows:
        nisbas, people = (fold(row[c]).split("|") for c in columns)
        forms += [n + ending for n in nisbas if len(n) >= _SHORTEST_NISBA for ending in _NISBA_ENDINGS]
        forms += [p for p in people if len(p) >= _SHORTEST_NISBA]
    return forms
