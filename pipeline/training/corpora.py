"""Where the training data is, and the one form that every set is read into."""

from __future__ import annotations

import os
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.encoder.heads import ENTITY_TYPES, SHIPPED, Heads, bio
from pipeline.encoder.words import SurfaceWord, surface_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNKNOWN: Final = -100
"""A word that a set says nothing about for a head; the loss leaves it out."""
SIDE_CONVENTIONS: Final = ("entities_clean", "entities_aqmar", "entities_wojood")
"""Entity heads that only help the encoder to learn: each set draws its spans in its own way."""
TRAINED: Final = Heads(SHIPPED.labels | {name: bio(ENTITY_TYPES) for name in SIDE_CONVENTIONS})
SENTENCE_END: Final = re.compile(r"(?<=[.!؟?])\s+|\s*\n\s*")


def shared() -> Path:
    """The folder of data and gold: ``KHABAR_SHARED``, or ``../shared`` beside the repository."""
    return Path(os.environ.get("KHABAR_SHARED") or Path(__file__).parents[3] / "shared")


@dataclass(slots=True)
class Annotated:
    """A text as words, with one label a word for each head that the set trains."""

    corpus: str
    words: list[str]
    glued: list[bool]
    sentence_starts: list[int]
    layers: dict[str, NDArray[np.int64]]
    links: dict[tuple[int, int], int] = field(default_factory=dict)
    """(trigger word, actor word) to the index of a link role."""
    offsets: list[tuple[int, int]] = field(default_factory=list)
    name: str = ""

    @classmethod
    def of(cls, corpus: str, sentences: list[list[SurfaceWord]], heads: list[str], name: str = "") -> Annotated:
        """An unlabelled text: O for heads in BIO (so the set trains them), unknown for all others."""
        words = [word for sentence in sentences for word in sentence]
        starts = list(np.cumsum([0, *(len(s) for s in sentences)])[:-1])
        layers = {h: np.full(len(words), 0 if TRAINED.labels[h][0] == "O" else UNKNOWN) for h in heads}
        return cls(
            corpus,
            [w.text for w in words],
            [w.glued for w in words],
            [int(s) for s in starts],
            layers,
            offsets=[(w.start, w.end) for w in words],
            name=name,
        )

    def tag(self, head: str, span: range, kind: str) -> None:
        """Write a span in BIO, where nothing stands yet."""
        layer, labels = self.layers[head], TRAINED.labels[head]
        if span and not layer[span.start : span.stop].any():
            layer[span.start : span.stop] = labels.index(f"I-{kind}")
            layer[span.start] = labels.index(f"B-{kind}")

    def overlapping(self, start: int, end: int) -> range:
        """The words that share a character with ``[start, end)``."""
        first = bisect_right(self.offsets, start, key=itemgetter(1))
        return range(first, max(first, bisect_left(self.offsets, end, key=itemgetter(0))))


def sentences_of(text: str) -> list[list[SurfaceWord]]:
    """Cut a text at full stops and line ends, and each sentence into surface words."""
    borders = [0, *(m.end() for m in SENTENCE_END.finditer(text)), len(text)]
    cut = (list(surface_words(text, a, b)) for a, b in pairwise(borders))
    return [sentence for sentence in cut if sentence]
