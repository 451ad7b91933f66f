"""From cut points in a bare form to words: slices of the text, exact and without a gap."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.tokenise.characters import is_read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Slice = tuple[int, int]


def slices(text: str, start: int, end: int, cuts: Sequence[int]) -> Iterator[Slice]:
    """Cut ``text[start:end]`` before its read characters number ``cuts``.

    Marks, tatweel and invisible characters stay with the letter before them.
    """
    if not cuts:
        yield start, end
        return
    read = [i for i in range(start, end) if is_read(text[i])]
    points = [start, *(read[c] for c in cuts), end]
    yield from pairwise(points)


def align(surface: str, words: Sequence[str]) -> list[Slice]:
    """Slices of ``surface`` for an expander's ``words``, which need not join to it (ل + الأمم out of للأمم).

    Each character goes to the word that it matches best, in order; a character that matches none goes with the one
    before it; a word that matches no character gets no slice. At least one slice is returned.
    """
    joined = "".join(words)
    owner_of = [i for i, word in enumerate(words) for _ in word]
    owners = [-1] * len(surface)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, surface, joined, autojunk=False).get_opcodes():
        if tag in ("equal", "replace"):
            for i in range(i1, i2):
                owners[i] = owner_of[min(j1 + i - i1, j2 - 1)]
    borders = [0]
    current = next((owner for owner in owners if owner >= 0), -1)
    for i, owner in enumerate(owners):
        if owner >= 0 and owner != current:
            borders.append(i)
            current = owner
    borders.append(len(surface))
    return list(pairwise(borders))
