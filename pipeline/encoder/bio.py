"""Decoding of BIO scores: the best sequence in which I follows B or I of its own kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Labelled = tuple[int, int, int]
"""First word, word after the last, index of the kind."""


def best_path(scores: NDArray[np.float32]) -> list[int]:
    """Viterbi over log-probabilities (words, 1 + 2 * kinds); labels stand as O, B, I, B, I, and so on.

    A step that starts I-X after anything but B-X or I-X is forbidden; all others are free.
    """
    words, labels = scores.shape
    if not words:
        return []
    best = scores[0].copy()
    best[2::2] = -np.inf
    inside = np.arange(2, labels, 2)
    back = np.zeros((words, labels), dtype=np.int64)
    for word in range(1, words):
        top = int(best.argmax())
        back[word] = top
        reached = np.full(labels, best[top])
        from_begin = best[inside - 1] >= best[inside]
        back[word, inside] = np.where(from_begin, inside - 1, inside)
        reached[inside] = np.maximum(best[inside - 1], best[inside])
        best = reached + scores[word]
    path = [int(best.argmax())]
    for word in range(words - 1, 0, -1):
        path.append(int(back[word, path[-1]]))
    return path[::-1]


def spans(path: list[int]) -> list[Labelled]:
    """The labelled spans of a sequence; an I without its B opens one, too."""
    found: list[Labelled] = []
    for word, label in enumerate(path):
        if not label:
            continue
        kind, begins = (label - 1) // 2, label % 2 == 1
        if not begins and found and found[-1][1] == word and found[-1][2] == kind:
            found[-1] = (found[-1][0], word + 1, kind)
        else:
            found.append((word, word + 1, kind))
    return found
