"""Small log-linear models over named features; their weights are data files (pipeline/models/events)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights of each feature for each label; a feature that was never seen counts nothing."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    weights: dict[str, list[float]]

    def scores(self, features: Iterable[str]) -> list[float]:
        """Probability of each label, in the order of ``labels``."""
        look_up = self.weights.get
        rows = [row for feature in features if (row := look_up(feature)) is not None]
        sums = list(map(sum, zip(self.bias, *rows, strict=True)))
        top = max(sums)
        powers = [exp(s - top) for s in sums]
        total = sum(powers)
        return [p / total for p in powers]


@lru_cache(maxsize=8)
def load_model(name: str) -> LinearModel:
    """Read ``pipeline/models/events/<name>.json``, written by ``python -m pipeline.training events --fit``."""
    path = resources.files("pipeline.models") / "events" / f"{name}.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    return LinearModel(tuple(data["labels"]), tuple(data["bias"]), data["weights"])
