"""Khabar's tagger: the one implementation behind the ner stage and behind the Stanza processor variants.

The stage calls it directly, so that a worker imports neither torch nor Stanza (580 MB, 3 s); the variants of
:mod:`pipeline.nlp.variants` call the same object from inside a Stanza pipeline.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pipeline.encoder.model import EncoderModel
from pipeline.encoder.weights import FOLDER
from pipeline.encoder.words import surface_words
from pipeline.ner.clitics import Clitics
from pipeline.ner.entities import GOLD_STYLE, entities
from pipeline.ner.signals import signals
from pipeline.ner.upos import tag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.encoder.model import Reading
    from pipeline.encoder.words import SurfaceWord
    from schemas.annotations import Entity, Sentence
    from schemas.document import Document

_BREAK: Final = re.compile(r"\n+")
READINGS: Final = 2
"""Texts whose scores are kept, so that ``pos`` and ``ner`` of one Stanza pipeline share a pass."""


class KhabarTagger:
    """Fills entities, parts of speech and signals of a document in one pass of the encoder."""

    def __init__(self, folder: Path = FOLDER, threads: int = 1, style: str = GOLD_STYLE) -> None:
        """Load the encoder; ``style`` names the head that draws the entities (entities.py).

        Raises:
            ModelMissingError: a file or a package is not there.
            ModelChecksumError: a file is not the released one.
        """
        self._encoder = EncoderModel(folder, threads)
        self._clitics = Clitics.load()
        self._style = style
        self.version = f"khabar-{self._encoder.version}" + ("" if style == GOLD_STYLE else f"-{style}")
        self.read = lru_cache(READINGS)(self._read)

    def _read(self, text: str, borders: tuple[tuple[int, int], ...]) -> Reading:
        """Scores of all heads for a text whose sentences are given by their offsets (none: cut at line ends)."""
        return self.read_words(_sentences(text, borders))

    def read_words(self, sentences: list[list[SurfaceWord]]) -> Reading:
        """Scores of all heads for words that were cut already."""
        return self._encoder.read(sentences)

    def annotate(self, document: Document) -> None:
        """Fill ``entities``, the words' ``upos`` and ``signals`` in place; entities are not linked yet."""
        text = document.text
        reading = self.read(text, borders(document.sentences))
        document.entities = self.entities(text, reading)
        document.signals = signals(reading, self._clitics)
        self.tag(document.sentences, reading)

    def entities(self, text: str, reading: Reading) -> list[Entity]:
        """The entities of a text that was read."""
        return list(entities(text, reading, self._clitics, self._style))

    def tag(self, sentences: Sequence[Sentence], reading: Reading) -> None:
        """Fill ``upos`` of the words of a text that was read, in place."""
        tag(sentences, reading, self._clitics)


def borders(sentences: Sequence[Sentence]) -> tuple[tuple[int, int], ...]:
    """Where sentences start and end."""
    return tuple((sentence.start, sentence.end) for sentence in sentences)


def _sentences(text: str, cuts: Sequence[tuple[int, int]]) -> list[list[SurfaceWord]]:
    if not cuts:
        ends = [*(m.start() for m in _BREAK.finditer(text)), len(text)]
        cuts = list(zip([0, *ends[:-1]], ends, strict=True))
    cut = (list(surface_words(text, start, end)) for start, end in cuts)
    return [words for words in cut if words]
