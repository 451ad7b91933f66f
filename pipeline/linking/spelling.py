"""Spelling for look-ups: words with offsets, keys that forgive spelling, and clitics."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from pipeline.affixes import affixes
from pipeline.lexicon.tables import read
from pipeline.script import PRESENTATION, SHORT_VOWELS, TATWEEL
from pipeline.text import fold

_WORD: Final = re.compile(rf"[\w{SHORT_VOWELS}{TATWEEL}]+")
_SHORTEST_CLITICISED: Final = 3


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text: folded, with its offsets in the original."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Spellings:
    """Spellings that differ and mean the same (lexicon/gazetteer/spelling.toml), folded."""

    joins_next: frozenset[str]
    joins_previous: frozenset[str]
    son: str
    son_variants: frozenset[str]
    sounds: dict[int, str]
    long_vowels: dict[int, None]


@cache
def spellings() -> Spellings:
    """Read the file (once a process); raises what :func:`pipeline.lexicon.tables.read` does."""
    table = read("gazetteer/spelling.toml")
    sounds = table.table("sounds")
    return Spellings(
        joins_next=table.words("joins_next"),
        joins_previous=table.words("joins_previous"),
        son=fold(table.text("son")),
        son_variants=table.words("son_variants"),
        sounds={ord(letter): sounds.text(letter) for letter in sounds},
        long_vowels=dict.fromkeys(map(ord, table.texts("long_vowels"))),
    )


@lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """Fold one word; presentation forms (ﻋﺒﺪ) become letters."""
    if PRESENTATION.search(word):
        word = unicodedata.normalize("NFKC", word)
    return fold(word)


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Split ``text[start:end]`` into folded words; the offsets are those of ``text``."""
    stop = len(text) if end is None else end
    return [Token(fold_word(m.group()), m.start(), m.end()) for m in _WORD.finditer(text, start, stop)]


def words(text: str) -> list[str]:
    """Give the folded words of ``text``."""
    return [fold_word(w) for w in _WORD.findall(text)]


@lru_cache(maxsize=65536)
def key(text: str) -> str:
    """Give the look-up key of a name: folded words, compound names joined, marks and brackets gone."""
    return " ".join(joined(words(text)))


def joined(parts: list[str]) -> list[str]:
    """Join what is written as one word or two: عبد + الله, ابو + بكر, نصر + الله."""
    known = spellings()
    result: list[str] = []
    pending = ""
    for part in parts:
        if part in known.joins_next:
            pending += part
        elif part in known.joins_previous and result and not pending:
            result[-1] += part
        else:
            result.append(pending + part)
            pending = ""
    return [*result, pending] if pending else result


@lru_cache(maxsize=65536)
def readings(word: str) -> tuple[str, ...]:
    """Give a folded word and what is left of it without conjunction and preposition (وللعراق: العراق)."""
    letters, found = affixes(), [word]
    rest = word[1:] if word[:1] in letters.conjunctions and len(word) > _SHORTEST_CLITICISED else ""
    for base in (word, rest):
        if base and base != word:
            found.append(base)
        if base.startswith(letters.merged) and len(base) > _SHORTEST_CLITICISED + 1:
            found.append(letters.article + base.removeprefix(letters.merged))
        elif base[:1] in {letters.by, letters.to, letters.like} and len(base) > _SHORTEST_CLITICISED:
            found.append(base[1:])
    return tuple(found)


@lru_cache(maxsize=16384)
def skeleton(word: str) -> str:
    """Give the sound of a folded foreign name without long vowels: غوتيريش and جوتيرش give the same."""
    soft = word.translate(spellings().sounds)
    return soft[:1] + soft[1:].translate(spellings().long_vowels)
