"""The letters that Arabic writes onto a word: article, conjunctions, prepositions, pronouns (lexicon/affixes.toml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from pipeline.lexicon.tables import read
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from pipeline.lexicon.tables import Table

Goes = Literal["any", "noun", "definite", "future"]
_GOES: tuple[Goes, ...] = ("any", "noun", "definite", "future")


@dataclass(frozen=True, slots=True)
class Before:
    """Letters in front of a word."""

    letters: str
    goes: Goes
    """The forms that it goes with: any; a noun; a noun, with the article; a present, as its future."""
    kept: int
    """How many of the letters belong to the word (article, future)."""

    def agrees(self, tense: str) -> bool:
        """Whether the letters can stand before a form of that tense (:class:`pipeline.events.inflect.Form`)."""
        if self.goes in {"noun", "definite"}:
            return tense == "noun"
        return tense in {"present", "first"} if self.goes == "future" else tense != "first"


@dataclass(frozen=True, slots=True)
class Affixes:
    """The affixes by what they mean; the one-letter ones are single characters."""

    article: str
    merged: str
    """The preposition "to" and the article in one."""
    and_: str
    so: str
    by: str
    to: str
    like: str
    will: str
    conjunctions: frozenset[str]
    proclitics: frozenset[str]
    """All one-letter words that go before a word."""
    pronouns: tuple[str, ...]
    possessives: tuple[str, ...]
    before: tuple[Before, ...]

    def bare(self, word: str) -> str:
        """Take the article off a folded word, also in its merged form."""
        stem = word.removeprefix(self.article)
        return stem if stem != word else word.removeprefix(self.merged)


@cache
def affixes() -> Affixes:
    """Read affixes.toml (once a process).

    Raises:
        ConfigurationError: the file is malformed; the message says where.
    """
    table = read("affixes.toml")
    return Affixes(
        article=table.text("article"),
        merged=table.text("merged"),
        and_=table.text("and"),
        so=table.text("so"),
        by=table.text("by"),
        to=table.text("to"),
        like=table.text("like"),
        will=table.text("will"),
        conjunctions=frozenset(map(table.text, ("and", "so"))),
        proclitics=frozenset(map(table.text, ("and", "so", "by", "to", "like", "will"))),
        pronouns=table.texts("pronouns"),
        possessives=table.texts("possessives"),
        before=tuple(map(_before, table.rows("before_word"))),
    )


def _before(row: Table) -> Before:
    goes = next((goes for goes in _GOES if goes == row.text("form")), None)
    if goes is None:
        msg = f"{row.place}: form must be one of {', '.join(_GOES)}, not {row.text('form')!r}"
        raise ConfigurationError(msg)
    return Before(row.text("letters"), goes, row.number("kept") if "kept" in row else 0)
