"""Names of the gazetteer as a feature of the network: a vector a label, added to the first subword's embedding."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import torch
from ner_ways_decode import LABELS, in_gazetteer, names
from torch import nn

from pipeline.training.network import HIDDEN

if TYPE_CHECKING:
    from pipeline.training.batches import Batch
    from pipeline.training.corpora import Annotated
    from pipeline.training.network import Encoder


class Hints(nn.Module):
    """Adds to the embeddings of the batch last shown; the vectors start at zero.

    Marks are those of the text as written: a name that augmentation puts in another's place keeps the other's mark,
    so that marks are as reliable in training as in use.
    """

    def __init__(self, encoder: Encoder) -> None:
        """Hook into ``encoder``."""
        super().__init__()
        self.vectors = nn.Embedding(LABELS, HIDDEN)
        nn.init.zeros_(self.vectors.weight)
        self._marks: dict[int, list[int]] = {}
        self._now = torch.zeros(0, dtype=torch.long)
        encoder.words.register_forward_hook(lambda _layer, _inputs, out: out + self.vectors(self._now))

    @cached_property
    def known(self) -> dict[tuple[str, ...], int]:
        """The gazetteer's names."""
        return names()

    def marks(self, text: Annotated) -> list[int]:
        """The label that the gazetteer gives each word, 0 for none."""
        if id(text) not in self._marks:
            self._marks[id(text)] = in_gazetteer(text, self.known).argmax(1).tolist()
        return self._marks[id(text)]

    def show(self, batch: Batch) -> None:
        """Say which batch is read next."""
        self._now = torch.zeros_like(batch.ids)
        for row, window in enumerate(batch.windows):
            marks = self.marks(window.text)[window.start : window.start + len(window.firsts)]
            self._now[row, window.firsts] = torch.tensor(marks)
