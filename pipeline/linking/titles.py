"""Titles and offices (lexicon/titles.toml): what stands before a name, and what it says of the role."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.lexicon.tables import read
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.lexicon.tables import Table


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

    def __init__(self, data: Table) -> None:
        """Take the file."""
        self._offices: dict[tuple[str, ...], tuple[str, str, str]] = {}
        for row in data.rows("office"):
            gender = row.text("gender") if "gender" in row else "m"
            for form in row.words("forms"):
                self._offices[tuple(form.split())] = (row.text("role"), row.text("english"), gender)
        self._longest = max(map(len, self._offices), default=0)
        self.honorifics = data.words("honorifics")
        """Courtesy and rank words that go before a name and are no office: السيد، الدكتور، الشيخ، اللواء."""
        self.former = data.words("former")
        """Qualifiers of a past holder: السابق، الأسبق، الراحل، المخلوع."""
        self.current = data.words("current")
        """Qualifiers that leave the holder as he is: الحالي، الجديد."""
        self.spokesmen = data.words("spokesmen")
        """Heads of a phrase whose named person is not the one who speaks: متحدث باسم، مستشار."""
        self.in_the_name = fold(data.text("in_the_name"))
        self.towards = data.words("towards")
        """Before the place that an office looks to, which is not whom it serves."""

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
    """Read the package's titles.toml (once a process); raises what :func:`pipeline.lexicon.tables.read` does."""
    return Titles(read("titles.toml"))
