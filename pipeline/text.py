"""Folding of Arabic spelling for look-ups, with a way back to the offsets of the original."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pipeline.script import FOLDS, SHORT_VOWELS, TATWEEL, ZERO_WIDTH

_DROPPED: Final = re.compile(f"[{SHORT_VOWELS}{TATWEEL}{ZERO_WIDTH}]")
"""Vowel marks, tatweel, zero-width and direction marks carry no identity of a word."""


def fold(text: str) -> str:
    """Fold alef, yaa, taa marbuta and hamza forms; drop marks and tatweel."""
    return _DROPPED.sub("", text).translate(FOLDS).lower()


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A folded text that remembers where each of its characters came from."""

    text: str
    origins: tuple[int, ...]
    """For each character of ``text`` its offset in the original, and last the original's length."""

    @classmethod
    def of(cls, original: str) -> FoldedText:
        """Fold ``original``; every kept character stays one character."""
        kept = [(i, c) for i, c in enumerate(original) if not _DROPPED.match(c)]
        folded = "".join(c for _, c in kept).translate(FOLDS)
        return cls(folded, (*(i for i, _ in kept), len(original)))

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Map ``text[start:end]`` back; marks behind its last character belong to the span."""
        return self.origins[start], self.origins[end]
