"""Windows of whole sentences: what the encoder reads at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_SUBWORDS: Final = 224
"""Of a window; training draws 96 to 224. The positions that the network knows end at 512."""


def windows(sentences: Sequence[Sequence[int]], most: int = MOST_SUBWORDS) -> Iterator[range]:
    """Cut a text, given as the subword counts of the words of each sentence, into ranges of words.

    Windows hold whole sentences and are of similar size; only a sentence of more than ``most`` subwords is cut.
    """
    total = sum(map(sum, sentences))
    fair = min(most, total / max(1, -(-total // most)) * 1.1)
    start = at = used = 0
    for sentence in sentences:
        size = sum(sentence)
        if used and (used + size > most or used + size / 2 > fair):
            yield range(start, at)
            start, used = at, 0
        for count in sentence:
            if used + count > most:
                yield range(start, at)
                start, used = at, 0
            used += count
            at += 1
    if at > start:
        yield range(start, at)
