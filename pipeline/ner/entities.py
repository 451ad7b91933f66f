"""Entities out of the scores: best BIO sequence, clitics and stray marks taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.encoder import bio
from pipeline.encoder.heads import ENTITY_TYPES
from pipeline.ner.clitics import offset
from schemas.annotations import Entity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.encoder.model import Reading
    from pipeline.ner.clitics import Clitics

GOLD_STYLE: Final = "entities"
"""The head that draws spans as docs/annotation.md does."""
ANERCORP_STYLE: Final = "entities_anercorp"
"""The head that draws them as ANERcorp does: to compare, not for the product."""


def entities(text: str, reading: Reading, clitics: Clitics, head: str = GOLD_STYLE) -> Iterator[Entity]:
    """The entities of a text in order."""
    scores = reading.of(head)
    for first, stop, kind in bio.spans(bio.best_path(scores)):
        begin, end = _trimmed(reading, first, stop)
        if begin == end:
            continue
        word = reading.words[begin]
        start = word.start + offset(word.text, clitics.letters(word.text, reading.of("clitics")[begin]))
        stop_at = reading.words[end - 1].end
        own = np.exp(scores[begin:end, 1 + 2 * kind : 3 + 2 * kind]).sum(1)
        yield Entity(
            start=start, end=stop_at, text=text[start:stop_at], type=ENTITY_TYPES[kind],
            confidence=round(min(1.0, float(own.mean())), 4),
        )  # fmt: skip


def _trimmed(reading: Reading, first: int, stop: int) -> tuple[int, int]:
    """Without punctuation at the borders, but with the bracket that closes one inside."""
    while first < stop and not reading.words[first].text[0].isalnum():
        first += 1
    while first < stop and not _ends(reading, first, stop):
        stop -= 1
    return first, stop


def _ends(reading: Reading, first: int, stop: int) -> bool:
    last = reading.words[stop - 1].text
    inside = [word.text for word in reading.words[first : stop - 1]]
    return last[0].isalnum() or (last == ")" and inside.count("(") > inside.count(")"))
