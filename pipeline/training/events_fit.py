"""Fit the log-linear models of the events stage with scikit-learn and write their weights as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.checksums import write_list
from pipeline.events.decode import MODELS, Models
from pipeline.events.model import FOLDER, LinearModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.training.events_data import Instances, Labelled

PHASES: Final = ("proposed", "arranged", "realised", "supported", "rejected", "ended")
ROLES: Final = ("none", "source", "target")
REGULARISATION: Final = {"trigger": 0.6, "phase": 1.0, "actor": 0.1}
"""Inverse strength of the L2 penalty, by four-fold cross-validation on train.jsonl."""
LEAST_COUNT: Final = 2
LEAST_WEIGHT: Final = 0.01


def fit(instances: Instances) -> Models:
    """Fit all three models."""
    return Models(
        _fit(instances.trigger, ("False", "True"), REGULARISATION["trigger"]),
        _fit(instances.phase, PHASES, REGULARISATION["phase"]),
        _fit(instances.actor, ROLES, REGULARISATION["actor"]),
    )


def _fit(rows: list[Labelled], labels: tuple[str, ...], strength: float) -> LinearModel:
    from sklearn.feature_extraction.text import CountVectorizer  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    vectorizer = CountVectorizer(analyzer=_as_they_are, min_df=LEAST_COUNT, binary=True)
    matrix = vectorizer.fit_transform([features for features, _ in rows])
    model = LogisticRegression(C=strength, max_iter=400).fit(matrix, [label for _, label in rows])
    weights, bias = model.coef_, model.intercept_
    if len(weights) == 1:
        weights, bias = np.vstack([-weights[0] / 2, weights[0] / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    order = [list(model.classes_).index(label) for label in labels]
    weights, bias = weights[order], bias[order]
    kept = np.abs(weights).max(axis=0) >= LEAST_WEIGHT
    named = sorted((f, i) for f, i in vectorizer.vocabulary_.items() if kept[i])
    table = {feature: [round(float(w), 3) for w in weights[:, i]] for feature, i in named}
    return LinearModel(labels, tuple(round(float(b), 3) for b in bias), table)


def _as_they_are(features: Iterable[str]) -> Iterable[str]:
    return features


def write(models: Models) -> None:
    """Write ``pipeline/models/events``: a JSON file a model, one feature a line so that changes can be read."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in MODELS:
        model: LinearModel = getattr(models, name)
        rows = ",\n".join(f"{json.dumps(f, ensure_ascii=False)}:{json.dumps(w)}" for f, w in model.weights.items())
        head = f'"labels":{json.dumps(model.labels)},"bias":{json.dumps(model.bias)}'
        (FOLDER / f"{name}.json").write_text(f'{{{head},"weights":{{\n{rows}\n}}}}\n', encoding="utf-8")
    write_list(FOLDER, (f"{name}.json" for name in sorted(MODELS)))
