"""A linear-chain CRF (Lafferty et al. 2001) on the scores of one head, one window at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from ner_ways_decode import viterbi
from torch import Tensor, nn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Crf(nn.Module):
    """Scores of steps from label to label, learnt with the network; they start at zero."""

    def __init__(self, labels: int) -> None:
        """Make the table for ``labels`` labels."""
        super().__init__()
        self.steps = nn.Parameter(torch.zeros(labels, labels))

    def forward(self, scores: Tensor, wanted: Tensor) -> Tensor:
        """Minus the log-likelihood of ``wanted`` (words) under ``scores`` (words, labels)."""
        own = scores.gather(1, wanted[:, None]).sum() + self.steps[wanted[:-1], wanted[1:]].sum()
        all_paths = scores[0]
        for row in scores[1:]:
            all_paths = torch.logsumexp(all_paths[:, None] + self.steps, 0) + row
        return torch.logsumexp(all_paths, 0) - own

    def best(self, scores: NDArray[np.float32]) -> list[int]:
        """The best sequence; log-probabilities serve as well as raw scores, for they differ by a constant a word."""
        return viterbi(scores, self.steps.detach().double().numpy())
