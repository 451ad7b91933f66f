"""Entities as spans (Sohrab and Miwa 2018): every run of words up to WIDEST is scored whole, by its ends and width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.encoder import bio
from pipeline.encoder.heads import ENTITY_TYPES
from pipeline.training.network import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDEST: Final = 8
"""Words; one of the 7,795 entities of ANERcorp that are learnt from is longer, and such are never found."""
SIZE: Final = 192


class SpanHead(nn.Module):
    """Scores of spans, one window at a time, instead of the scores of words."""

    def __init__(self) -> None:
        """Make a fresh head."""
        super().__init__()
        self.first, self.last = nn.Linear(HIDDEN, SIZE), nn.Linear(HIDDEN, SIZE)
        self.width = nn.Embedding(WIDEST, SIZE)
        self.kinds = nn.Linear(SIZE, 1 + len(ENTITY_TYPES))

    def forward(self, rows: Tensor) -> list[Tensor]:
        """Scores (words - width + 1, none and the kinds) for each width from 1 on; ``rows`` (words, HIDDEN)."""
        first, last = self.first(rows), self.last(rows)
        widths = range(min(WIDEST, len(rows)))
        pairs = [first[: len(rows) - w] + last[w:] + self.width.weight[w] for w in widths]
        return [self.kinds(functional.gelu(pair)) for pair in pairs]

    def loss(self, rows: Tensor, labels: Sequence[int]) -> Tensor:
        """Summed cross-entropy of all spans of a window whose words have these BIO labels."""
        scores = self(rows)
        wanted = [torch.zeros(len(part), dtype=torch.long) for part in scores]
        for start, stop, kind in bio.spans(list(labels)):
            if stop - start <= len(wanted):
                wanted[stop - start - 1][start] = 1 + kind
        return functional.cross_entropy(torch.cat(scores), torch.cat(wanted), reduction="sum")

    @torch.inference_mode()
    def best(self, rows: Tensor) -> list[int]:
        """BIO labels: the surest spans first, none over another."""
        found: list[tuple[float, int, int, int]] = []
        for width, part in enumerate(self(rows)):
            sure, kinds = part.log_softmax(-1).max(-1)
            at = kinds.nonzero()[:, 0].tolist()
            found += [(float(sure[i]), i, i + width + 1, int(kinds[i]) - 1) for i in at]
        path = [0] * len(rows)
        for _, start, stop, kind in sorted(found, reverse=True):
            if not any(path[start:stop]):
                path[start:stop] = [1 + 2 * kind] + [2 + 2 * kind] * (stop - start - 1)
        return path
