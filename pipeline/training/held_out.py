"""Which texts are learnt from and which are kept to choose and to judge by: always the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.training.corpora import Annotated

EVERY: Final = {"train": 12, "train2": 20, "anercorp": 7, "pud": 10, "padt": 10}
"""Every n-th text of these sets is held out; ANERcorp's are runs of 40 sentences."""


def split(texts: Iterable[Annotated]) -> tuple[list[Annotated], list[Annotated]]:
    """The texts to learn from and those held out."""
    seen: dict[str, int] = {}
    learn: list[Annotated] = []
    held: list[Annotated] = []
    for text in texts:
        seen[text.corpus] = seen.get(text.corpus, 0) + 1
        every = EVERY.get(text.corpus, 0)
        (held if every and seen[text.corpus] % every == every // 2 else learn).append(text)
    return learn, held
