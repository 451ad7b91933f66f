"""Spelling for look-ups: words with offsets, keys that forgive spelling, and clitics."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipeline.text import fold

_WORD: Final = re.compile(r"[\w\u064b-\u0652\u0670\u0640]+")
_SHORTEST_CLITICISED: Final = 3
PRESENTATION: Final = re.compile(r"[\ufb50-\ufdff\ufe70-\ufefe]")
"""Arabic presentation forms (ﻋﺒﺪ), as old typesetting leaves them; NFKC makes them letters."""
_JOINS_NEXT: Final = frozenset({"عبد", "ابو"})
_JOINS_PREVIOUS: Final = frozenset({"الله", "الدين"})
"""Names written in one word or two: عبد الله and عبدالله, نصر الله and نصرالله, أبو بكر and أبوبكر."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text: folded, with its offsets in the original."""

    text: str
    start: int
    end: int


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
    result: list[str] = []
    pending = ""
    for part in parts:
        if part in _JOINS_NEXT:
            pending += part
        elif part in _JOINS_PREVIOUS and result and not pending:
            result[-1] += part
        else:
            result.append(pending + part)
            pending = ""
    return [*result, pending] if pending else result


@lru_cache(maxsize=65536)
def readings(word: str) -> tuple[str, ...]:
    """Give a folded word and what is left of it without conjunction and preposition (وللعراق: العراق)."""
    found = [word]
    rest = word[1:] if word[:1] in "وف" and len(word) > _SHORTEST_CLITICISED else ""
    for base in (word, rest):
        if base and base != word:
            found.append(base)
        if base.startswith("لل") and len(base) > _SHORTEST_CLITICISED + 1:
            found.append("ال" + base[2:])
        elif base[:1] in tuple("بلك") and len(base) > _SHORTEST_CLITICISED:
            found.append(base[1:])
    return tuple(found)


_SOFT: Final = str.maketrans(
    {"غ": "ج", "ق": "ك", "ط": "ت", "ص": "س", "ض": "د", "ظ": "ز", "ذ": "ز", "ث": "س", "پ": "ب", "ڤ": "ف", "گ": "ج"}
)
_LONG_VOWELS: Final = re.compile("[اويه]")


@lru_cache(maxsize=16384)
def skeleton(word: str) -> str:
    """Give the sound of a folded foreign name without long vowels: غوتيريش and جوتيرش give the same."""
    soft = word.translate(_SOFT)
    return soft[:1] + _LONG_VOWELS.sub("", soft[1:])
