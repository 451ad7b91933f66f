"""Two systems on the same articles: F1 by the gold's own score.py, and the difference with its interval."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.training.corpora import shared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

Record = dict[str, Any]
DRAWS: Final = 10_000
LEVEL: Final = (2.5, 97.5)
SEED: Final = 1


def scorer() -> Callable[[], None]:
    """The ``main`` of the shared folder's score.py."""
    spec = importlib.util.spec_from_file_location("gold_score", shared() / "gold/score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(shared() / "gold/score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    run: Callable[[], None] = module.main
    return run


def figures(run: Callable[[], None], gold: Record, system: Record) -> Record:
    """What score.py prints for one article."""
    printed, kept = io.StringIO(), sys.argv
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("gold.jsonl", "system.jsonl")]
        for path, record in zip(paths, (gold, system), strict=True):
            path.write_text(json.dumps(record), encoding="utf8")
        sys.argv = ["score.py", *map(str, paths)]
        try:
            with contextlib.redirect_stdout(printed):
                run()
        finally:
            sys.argv = kept
    found: Record = json.loads(printed.getvalue())
    return found


def counts(gold: Sequence[Record], system: Mapping[str, Record], part: str) -> dict[str, NDArray[np.int64]]:
    """For each F1 figure of a part (``quotes``, ``events``): right, found and wanted; a row an article."""
    run = scorer()
    scored = [figures(run, record, system[record["id"]])[part] for record in gold]
    names = [name for name, value in scored[0].items() if isinstance(value, dict) and "tp" in value]
    return {name: np.array([[one[name][key] for key in ("tp", "sys", "gold")] for one in scored]) for name in names}


def f1(rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """F1 of summed counts; the last axis holds right, found and wanted."""
    right, found, wanted = np.moveaxis(rows, -1, 0)
    return np.asarray(2 * right / np.maximum(1, found + wanted))


def gain(without: NDArray[np.int64], within: NDArray[np.int64]) -> str:
    """Both F1 values, their difference, and the 95 % interval of a paired bootstrap over the articles."""
    number = len(without)
    draws = np.random.default_rng(SEED).multinomial(number, np.full(number, 1 / number), size=DRAWS)
    low, high = np.percentile(f1(draws @ within) - f1(draws @ without), LEVEL)
    before, after = float(f1(without.sum(0))), float(f1(within.sum(0)))
    return f"{before:.3f} -> {after:.3f}  {after - before:+.3f} [{low:+.3f}, {high:+.3f}]"


def table(gold: Sequence[Record], without: Mapping[str, Record], within: Mapping[str, Record], part: str) -> list[str]:
    """A line a figure."""
    before, after = counts(gold, without, part), counts(gold, within, part)
    return [f"  {name:20} {gain(before[name], after[name])}" for name in before]
