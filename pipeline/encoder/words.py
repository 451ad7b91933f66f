"""Surface words: what the encoder scores, before any clitic is split off."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.script import READING_MARKS, TATWEEL, ZERO_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKS: Final = READING_MARKS + ZERO_WIDTH
_WORD: Final = re.compile(rf"[\w{_MARKS}]+|[^\w\s]")
_INVISIBLE: Final = re.compile(rf"[{TATWEEL}{_MARKS}]")


@dataclass(frozen=True, slots=True)
class SurfaceWord:
    """A run of letters, digits and marks, or one other sign; ``glued`` when no space stands before it."""

    start: int
    end: int
    text: str
    glued: bool


def surface_words(text: str, start: int = 0, end: int | None = None) -> Iterator[SurfaceWord]:
    """Cut ``text[start:end]``; the offsets index ``text``."""
    stop = len(text) if end is None else end
    for found in _WORD.finditer(text, start, stop):
        at = found.start()
        yield SurfaceWord(at, found.end(), found[0], glued=at > start and not text[at - 1].isspace())


def visible(word: str) -> str:
    """The word as the encoder reads it: NFKC, without vowel marks, tatweel and zero-width signs."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", word))
