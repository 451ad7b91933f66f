"""Small log-linear models over named features; their weights are data files (pipeline/models/events)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER: Final = Path(__file__).resolve().parent.parent / "models" / "events"


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


def load_model(path: Path) -> LinearModel:
    """Read a file that ``python -m pipeline.training events --fit`` wrote."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return LinearModel(tuple(data["labels"]), tuple(data["bias"]), data["weights"])
