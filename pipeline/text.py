"""Folding of Arabic spelling for look-ups, with a way back to the offsets of the original."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TATWEEL: Final = "\u0640"
_DROPPED: Final = frozenset(
    [TATWEEL, "\u0670", *map(chr, range(0x064B, 0x0653)), *map(chr, range(0x200B, 0x2010)), "\ufeff"]
)
"""Vowel marks, tatweel, zero-width and direction marks carry no identity of a word."""
_FOLDS: Final = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ک": "ك", "ی": "ي"}
)


def fold(text: str) -> str:
    """Fold alef, yaa, taa marbuta and hamza forms; drop marks and tatweel."""
    return "".join(c for c in text if c not in _DROPPED).translate(_FOLDS).lower()


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A folded text that remembers where each of its characters came from."""

    text: str
    origins: tuple[int, ...]
    """For each character of ``text`` its offset in the original, and last the original's length."""

    @classmethod
    def of(cls, original: str) -> FoldedText:
        """Fold ``original``; every kept character stays one character."""
        kept = [(i, c) for i, c in enumerate(original) if c not in _DROPPED]
        folded = "".join(c for _, c in kept).translate(_FOLDS)
        return cls(folded, (*(i for i, _ in kept), len(original)))

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Map ``text[start:end]`` back; marks behind its last character belong to the span."""
        return self.origins[start], self.origins[end]
