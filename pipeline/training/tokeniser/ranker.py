"""Trains the ranker of readings and packs the lexicon of forms."""

from __future__ import annotations

import io
import math
import random
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import torch
from torch import nn

from pipeline.tokenise.forms import FormEvidence, candidates, cut_words, cuts_of
from pipeline.tokenise.readings import LOG_STEPS, Ranker, Reading, Readings

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from pipeline.training.tokeniser.corpus import Examples

RARE: Final = 2
"""Forms that the corpus has less often are unknown, in training as later."""
NETWORKS: Final = 3
EPOCHS: Final = 15
TRUSTED: Final = 1
OTHERS: Final = 4
"""As how many sightings the ranker's reading counts for forms that PUD has, and for forms only other sources have."""
BATCH: Final = 64
RATE: Final = 2e-3
HIDDEN: Final = (96, 48)


class Case(NamedTuple):
    """A form: its candidates' features, the share of each in the examples, its weight."""

    rows: NDArray[np.float32]
    shares: NDArray[np.float32]
    weight: float


class Network(nn.Module):
    """Scores candidates; input batch by candidates by features."""

    def __init__(self) -> None:
        """Two hidden layers."""
        super().__init__()
        self.w1, self.w2 = nn.Linear(cut_words().features, HIDDEN[0]), nn.Linear(*HIDDEN)
        self.w3 = nn.Linear(HIDDEN[1], 1, bias=False)
        self.drop = nn.Dropout(0.2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores, batch by candidates."""
        hidden = torch.relu(self.w2(self.drop(torch.relu(self.w1(x)))))
        return torch.as_tensor(self.w3(hidden)).squeeze(-1)


def stored_logs(counts: Counter[str]) -> dict[str, float]:
    """log(1 + count) as the lexicon will store it."""
    return {form: round(math.log1p(n) * LOG_STEPS) / LOG_STEPS for form, n in counts.items() if n >= RARE}


def train_ranker(examples: Examples, logs: dict[str, float], seed: int) -> dict[str, NDArray[np.float32]]:
    """The weights of :class:`pipeline.tokenise.readings.Ranker`."""
    cases = [case for form, ways in examples.items() if (case := _case(form, ways, FormEvidence(logs)))]
    rows = np.concatenate([case.rows for case in cases])
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    cases = [Case((c.rows - mean) / scale, c.shares, c.weight) for c in cases]
    networks = [_train_network(cases, seed + i) for i in range(NETWORKS)]
    weights = {"mean": mean, "scale": scale}
    for name in ("w1", "w2"):
        layers = [getattr(network, name) for network in networks]
        weights[name] = np.stack([layer.weight.detach().numpy().T for layer in layers])
        weights["b" + name[1]] = np.stack([layer.bias.detach().numpy() for layer in layers])
    weights["w3"] = np.stack([network.w3.weight.detach().numpy()[0] for network in networks])
    return {name: array.astype(np.float16) for name, array in weights.items()}


def read_lexicon_forms(
    examples: Examples, trusted: Collection[str], logs: dict[str, float], weights: dict[str, NDArray[np.float32]]
) -> dict[str, Reading]:
    """Read every known form beforehand: what was seen of it, blended with the ranker's reading.

    Of ``trusted`` forms few sightings outweigh the ranker; the other sources are noisier, and many are needed.
    """
    ranker = Ranker({name: array.astype(np.float32) for name, array in weights.items()})
    readings = Readings(logs, {}, ranker)
    return {
        form: _known(examples.get(form, Counter()), readings.rank(form), prior=TRUSTED if form in trusted else OTHERS)
        for form in logs.keys() | examples.keys()
    }


def pack(weights: dict[str, NDArray[np.float32]]) -> bytes:
    """The arrays as one .npz file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **weights)  # type: ignore[arg-type]
    return buffer.getvalue()


def _case(form: str, ways: Counter[tuple[int, ...]], evidence: FormEvidence) -> Case | None:
    readings = candidates(form)
    total = sum(ways.values())
    shares = [ways[cuts_of(parts)] / total for parts in readings]
    if len(readings) == 1 or sum(shares) == 0:
        return None
    rows = np.array([evidence.features(form, parts) for parts in readings], dtype=np.float32)
    return Case(rows, np.array(shares, dtype=np.float32), math.sqrt(total))


def _train_network(cases: list[Case], seed: int) -> Network:
    torch.manual_seed(seed)
    order = random.Random(seed)
    network = Network()
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=1e-3)
    for epoch in range(EPOCHS):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - epoch / EPOCHS)
        shuffled = order.sample(cases, len(cases))
        for i in range(0, len(shuffled), BATCH):
            loss = _loss(network, shuffled[i : i + BATCH])
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
    return network.eval()


def _loss(network: Network, cases: list[Case]) -> torch.Tensor:
    """Weighted cross-entropy between the shares and the network's softmax."""
    most = max(len(case.rows) for case in cases)
    x, shares = torch.zeros(len(cases), most, cut_words().features), torch.zeros(len(cases), most)
    absent = torch.full((len(cases), most), -1e9)
    for i, case in enumerate(cases):
        n = len(case.rows)
        x[i, :n], shares[i, :n], absent[i, :n] = torch.from_numpy(case.rows), torch.from_numpy(case.shares), 0
    weight = torch.tensor([case.weight for case in cases])
    losses = -(shares * torch.log_softmax(network(x) + absent, 1)).sum(1)
    return (weight * losses).sum() / weight.sum()


def _known(ways: Counter[tuple[int, ...]], ranked: Reading, *, prior: int) -> Reading:
    """Blend what was seen with the ranker's reading, which counts as ``prior`` sightings."""
    cut = Counter({cuts: n for cuts, n in ways.items() if cuts})
    seen = sum(ways.values())
    if not seen:
        return ranked
    best = cut.most_common(1)[0][0] if cut else ranked.cuts
    return Reading(best, (sum(cut.values()) + prior * ranked.probability) / (seen + prior))
