"""A logistic model over named features: a weight a feature, kept as a JSON file that a person can read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from pipeline.checksums import verify
from pipeline.quotes.lexicon import load_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER: Final = Path(__file__).resolve().parent.parent / "models" / "quotes"
WEIGHTS: Final = "weights.json"
_CLIP = 30.0


@dataclass(frozen=True, slots=True)
class Logistic:
    """Weights by feature name; a feature that is not there weighs nothing."""

    weights: Mapping[str, float]

    def probability(self, features: Iterable[str]) -> float:
        """The probability of yes, given the features that hold."""
        score = sum(self.weights.get(name, 0.0) for name in features)
        return 1.0 / (1.0 + exp(-max(-_CLIP, min(_CLIP, score))))


@dataclass(frozen=True, slots=True)
class Models:
    """The fitted models of the stage."""

    accept: Logistic
    """Is this candidate a quote?"""
    end: Logistic
    """Does the reported clause stop before this token?"""
    accept_with_signals: Logistic
    """The same, with the probability of ``accept`` and the encoder's scores."""
    end_with_signals: Logistic
    threshold: float = 0.5
    """Least probability of a quote."""
    threshold_with_signals: float = 0.5


@cache
def load_models(folder: Path = FOLDER) -> Models:
    """Read the weights of the package, or of another folder (once a process).

    Raises:
        ModelMissingError: the package was installed without them.
        ModelChecksumError: they are not the released ones.
    """
    verify(folder)
    data = orjson.loads((folder / WEIGHTS).read_bytes())
    names = ("accept", "end", "accept_with_signals", "end_with_signals")
    accept, end, accept_with, end_with = (Logistic(data[name]) for name in names)
    thresholds = data["threshold"], data["threshold_with_signals"]
    return raised(Models(accept, end, accept_with, end_with, *thresholds))


def raised(models: Models) -> Models:
    """The fitted weights with the lexicon's own ([priors]) on top."""
    priors = load_lexicon().priors
    return replace(models, accept=_added(models.accept, priors["accept"]), end=_added(models.end, priors["end"]))


def _added(model: Logistic, priors: Mapping[str, float]) -> Logistic:
    weights = dict(model.weights)
    for feature, weight in priors.items():
        weights[feature] = weights.get(feature, 0.0) + weight
    return Logistic(weights)
