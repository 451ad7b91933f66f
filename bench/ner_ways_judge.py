"""How the ways are judged: entity F1 by sentences, and whether a difference is more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.encoder import bio

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from pipeline.training.corpora import Annotated

DRAWS: Final = 2000
INTERVAL: Final = (5, 95)
"""Percentiles of the difference that are printed."""


def counts(text: Annotated, head: str, path: Sequence[int]) -> NDArray[np.int64]:
    """Exact entities right, found and wanted, (sentences, 3); an entity belongs to the sentence of its first word."""
    found, wanted = set(bio.spans(list(path))), set(bio.spans(text.layers[head].tolist()))
    table = np.zeros((len(text.sentence_starts), 3), dtype=np.int64)
    for column, spans in enumerate((found & wanted, found, wanted)):
        firsts = np.array([first for first, _, _ in spans], dtype=np.int64)
        rows = np.searchsorted(text.sentence_starts, firsts, side="right") - 1
        np.add.at(table[:, column], rows, 1)
    return table


def stacked(tables: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The counts of all sentences of several texts."""
    return np.concatenate(list(tables))


def f1(table: NDArray[np.int64]) -> float:
    """F1 of some sentences."""
    hit, found, wanted = table.sum(0)
    return float(2 * hit / max(found + wanted, 1))


def interval(own: NDArray[np.int64], other: NDArray[np.int64]) -> tuple[float, float]:
    """The 90 % interval of F1(own) - F1(other) over DRAWS bootstrap samples of the sentences (paired)."""
    chance = np.random.default_rng(1)
    drawn = chance.multinomial(len(own), np.full(len(own), 1 / len(own)), DRAWS)
    one, two = drawn @ own, drawn @ other
    gaps = 2 * one[:, 0] / (one[:, 1] + one[:, 2]) - 2 * two[:, 0] / (two[:, 1] + two[:, 2])
    low, high = np.percentile(gaps, INTERVAL)
    return float(low), float(high)


def line(way: str, where: str, own: NDArray[np.int64], other: NDArray[np.int64]) -> str:
    """A row: way, set, F1, difference from ``other`` with its interval, entities."""
    low, high = interval(own, other)
    gap = f1(own) - f1(other)
    return f"{way}\t{where}\t{f1(own):.3f}\t{gap:+.3f}\t[{low:+.3f}, {high:+.3f}]\t{own[:, 2].sum()}"
