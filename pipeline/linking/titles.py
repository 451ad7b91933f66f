"""Titles and offices (lexicon/titles.toml): what stands before a name, and what it says of the role."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pipeline.linking.files import strings, tables
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Office:
    """An office found in folded tokens: ``tokens[start:end]`` are its words, without place and qualifier."""

    role: str
    start: int
    end: int
    english: str
    gender: str


class Titles:
    """The offices and the words that go with them; every word is folded (:func:`pipeline.text.fold`)."""

    def __init__(self, data: Mapping[str, object]) -> None:
        """Take the parsed TOML."""
        self._offices: dict[tuple[str, ...], tuple[str, str, str]] = {}
        for row in tables(data, "office"):
            for form in strings(row, "forms"):
                words = tuple(fold(form).split())
                self._offices[words] = (str(row["role"]), str(row["english"]), str(row.get("gender", "m")))
        self._longest = max(map(len, self._offices), default=0)
        self.honorifics = frozenset(map(fold, strings(data, "honorifics")))
        """Courtesy and rank words that go before a name and are no office: السيد، الدكتور، الشيخ، اللواء."""
        self.former = frozenset(map(fold, strings(data, "former")))
        """Qualifiers of a past holder: السابق، الأسبق، الراحل، المخلوع."""
        self.current = frozenset(map(fold, strings(data, "current")))
        """Qualifiers that leave the holder as he is: الحالي، الجديد."""
        self.spokesmen = frozenset(map(fold, strings(data, "spokesmen")))
        """Heads of a phrase whose named person is not the one who speaks: متحدث باسم، مستشار."""

    def at(self, tokens: Sequence[str], index: int) -> Office | None:
        """Find the longest office that begins at ``tokens[index]``; the tokens are folded and without clitics."""
        for length in range(min(self._longest, len(tokens) - index), 0, -1):
            found = self._offices.get(tuple(tokens[index : index + length]))
            if found:
                role, english, gender = found
                return Office(role, index, index + length, english, gender)
        return None

    def find(self, tokens: Sequence[str]) -> Iterator[Office]:
        """Give all offices from left to right, without overlap."""
        index = 0
        while index < len(tokens):
            office = self.at(tokens, index)
            if office:
                yield office
            index = office.end if office else index + 1


@cache
def load_titles() -> Titles:
    """Read the package's titles.toml (once a process)."""
    text = files("pipeline.lexicon").joinpath("titles.toml").read_text(encoding="utf-8")
    return Titles(tomllib.loads(text))
