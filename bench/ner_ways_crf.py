"""A linear-chain CRF (Lafferty et al. 2001) on the scores of one head, one window at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch
from ner_ways_decode import viterbi
from torch import Tensor, nn

if TYPE_CHECKING:
    import numpy as np
    from ner_ways_decode import Part
    from numpy.typing import NDArray

ROUNDS: Final = 40
PULL: Final = 1.0
"""Strength of the square penalty that holds learnt steps near those they start from."""
IGNORED: Final = -100


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


def learnt(parts: list[Part], start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Steps (from, to) of the highest likelihood on some texts whose scores stay as they are, from ``start`` on.

    A scale of the scores is learnt with them and divided out at the end.
    """
    scores = nn.utils.rnn.pad_sequence([torch.from_numpy(part.scores) for part in parts])
    layers = [torch.from_numpy(part.text.layers[part.head]) for part in parts]
    wanted = nn.utils.rnn.pad_sequence(layers, padding_value=IGNORED)
    prior = torch.from_numpy(start).float()
    steps, scale = prior.clone().requires_grad_(), torch.ones((), requires_grad=True)
    stepper = torch.optim.Adam([{"params": [steps], "lr": 0.1}, {"params": [scale], "lr": 0.03}])
    for _ in range(ROUNDS):
        loss = _unlikely(scale * scores, wanted, steps) + PULL / 2 * (steps - prior).square().sum()
        stepper.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        stepper.step()
    return (steps / scale).detach().double().numpy()


def _unlikely(scores: Tensor, wanted: Tensor, steps: Tensor) -> Tensor:
    """Minus the log-likelihood of padded texts: scores (words, texts, labels), wanted (words, texts)."""
    here = wanted != IGNORED
    labels = wanted.clamp(min=0)
    own = (scores.gather(2, labels[..., None])[..., 0] * here).sum()
    own = own + (steps[labels[:-1], labels[1:]] * here[1:]).sum()
    paths = scores[0]
    for row, known in zip(scores[1:], here[1:], strict=True):
        further = torch.logsumexp(paths[:, :, None] + steps, 1) + row
        paths = torch.where(known[:, None], further, paths)
    return torch.logsumexp(paths, 1).sum() - own
