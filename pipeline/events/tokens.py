"""Surface tokens of a sentence: offsets, folded spelling, and where the word starts behind its clitics."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.script import HONORIFICS, VOWELS
from pipeline.text import fold as fold_anew

if TYPE_CHECKING:
    from schemas.annotations import Sentence

_TOKEN: Final = re.compile(rf"[\w{HONORIFICS}{VOWELS}]+|\S")

fold = lru_cache(maxsize=50_000)(fold_anew)
"""News repeats its words."""


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch without white space; ``core`` is where the word begins behind its proclitics."""

    start: int
    end: int
    folded: str
    core: int
    core_folded: str
    clitics: str
    """The proclitics, folded: ``و``, ``ب``, ``ول`` …; ``لل`` counts as ``ل`` and stays in the core."""
    upos: str = ""

    @property
    def is_word(self) -> bool:
        """Whether it has a letter or digit first."""
        return self.folded[:1].isalnum()


def tokens_of(text: str, sentence: Sentence) -> list[Token]:
    """Cut a sentence into tokens; clitics come from the tokeniser's words where it split them."""
    splits = _clitic_splits(sentence)
    found = []
    for match in _TOKEN.finditer(text, sentence.start, sentence.end):
        core, upos = splits.get(match.start(), (match.start(), ""))
        found.append(_token(match.group(), match.start(), core, upos))
    return found


def _clitic_splits(sentence: Sentence) -> dict[int, tuple[int, str]]:
    """Map the start of each surface token to the start and tag of its first word that is no proclitic."""
    splits: dict[int, tuple[int, str]] = {}
    heads: dict[int, int] = {}
    done: set[int] = set()
    for word in sentence.words:
        start = heads.setdefault(word.token, word.start)
        if word.token in done:
            continue
        if len(word.text) == 1 and word.text in affixes().proclitics:
            continue
        done.add(word.token)
        splits[start] = (word.start, word.upos)
    return splits


def _token(raw: str, start: int, core: int, upos: str) -> Token:
    merged = affixes().merged
    offset = core - start if start < core < start + len(raw) else 0
    if raw[offset - 1 : offset + 1] == merged:
        offset -= 1  # preposition and article in one: the whole stays in the span (guide, settled cases)
    folded, core_folded = fold(raw) or raw, fold(raw[offset:]) or raw
    clitics = fold(raw[:offset]) + (affixes().to if core_folded.startswith(merged) else "")
    return Token(start, start + len(raw), folded, start + offset, core_folded, clitics, upos)
