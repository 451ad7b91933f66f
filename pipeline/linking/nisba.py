"""Nationality adjectives (نسبة): فرنسي، الفرنسية، الفرنسيين, and whom they name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.affixes import affixes
from pipeline.lexicon.tables import read
from pipeline.linking.spelling import readings
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Adjective:
    """Whom an adjective names: a country (ISO 3166 alpha-3, IGO or empty) or, by key, an organisation."""

    country: str
    target: str = ""
    doubtful: bool = False
    region: bool = False
    """Of a part of a country (الاسكتلندي): its bodies are not those of the state."""
    """An everyday word, too (مالي is "financial"): only after the head of an office or a body."""


@dataclass(frozen=True, slots=True)
class Match:
    """An adjective found at ``tokens[start:end]``."""

    adjective: Adjective
    start: int
    end: int


def inflect(nisba: str) -> list[str]:
    """Give the folded forms of an adjective, with and without article; of two words, both or the last inflect."""
    table, definite, parts = read("inflection.toml").table("nisba"), affixes().article, fold(nisba).split()
    endings = table.texts("endings")
    if len(parts) == 1:
        stem = parts[0]
        forms = [stem + ending for ending in endings]
        return forms + [definite + form for form in forms]
    first, last = parts
    if not first.endswith(table.text("last")):
        return [f"{article}{first} {last}{e}" for e in endings for article in ("", definite)]
    return [f"{a}{first}{e} {a}{last}{e}" for e in endings for a in ("", definite)]


class Adjectives:
    """All adjectives by their folded forms."""

    def __init__(self) -> None:
        """Begin empty; :meth:`add` and :meth:`add_people` fill."""
        self._forms: dict[str, Adjective] = {}
        self._firsts: set[str] = set()
        self._people: set[str] = set()

    def add(self, nisba: str, adjective: Adjective) -> None:
        """Add every form of a masculine singular adjective; the first one to claim a form keeps it."""
        for form in inflect(nisba):
            self._add(form, adjective)

    def add_people(self, people: str, adjective: Adjective) -> None:
        """Add an irregular plural (أتراك) with and without article."""
        form = fold(people)
        for people_form in (form, affixes().article + form):
            self._add(people_form, adjective)
            self._people.add(people_form)

    def is_people(self, word: str) -> bool:
        """Say whether a folded word is an irregular plural of people (أتراك)."""
        return word in self._people

    def _add(self, form: str, adjective: Adjective) -> None:
        self._forms.setdefault(form, adjective)
        if " " in form:
            self._firsts.add(form.split(maxsplit=1)[0])

    def at(self, words: Sequence[str], index: int) -> Match | None:
        """Find the adjective at ``words[index]`` (folded; conjunction and preposition may be attached)."""
        for word in readings(words[index]):
            if word in self._firsts and index + 1 < len(words):
                found = self._forms.get(f"{word} {words[index + 1]}")
                if found:
                    return Match(found, index, index + 2)
            found = self._forms.get(word)
            if found:
                return Match(found, index, index + 1)
        return None

    def find(self, words: Sequence[str]) -> list[Match]:
        """Give all adjectives from left to right."""
        matches: list[Match] = []
        index = 0
        while index < len(words):
            match = self.at(words, index)
            if match:
                matches.append(match)
            index = match.end if match else index + 1
        return matches
