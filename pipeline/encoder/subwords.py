"""Words to subword ids, one word at a time, so that every subword belongs to one word."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pipeline.encoder.words import visible

if TYPE_CHECKING:
    from pathlib import Path

WORD_MARK: Final = "\u2581"
"""SentencePiece's sign for the space before a word."""
MOST_PIECES: Final = 16
"""Pieces of one word that are read; what is longer is a URL or an encoding accident."""
CACHED_WORDS: Final = 100_000


class Subwords:
    """A Unigram vocabulary with a cache of words."""

    def __init__(self, path: Path) -> None:
        """Read the ``tokenizer.json`` at ``path``."""
        from tokenizers import Tokenizer  # late: only those who encode pay for it

        self._model = Tokenizer.from_file(str(path))
        self.start, self.pad, self.end, self.unknown, self.mask = map(
            self._special, ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
        )
        self.size: int = self._model.get_vocab_size()
        self.ids = lru_cache(CACHED_WORDS)(self._ids)

    def _special(self, piece: str) -> int:
        index = self._model.token_to_id(piece)
        if index is None:
            msg = f"the vocabulary has no {piece}"
            raise ValueError(msg)
        return index

    def _ids(self, word: str, glued: bool = False) -> tuple[int, ...]:  # noqa: FBT001, FBT002  # a cache key
        """Ids of a surface word, at least one; ``glued`` when no space stands before it."""
        shown = visible(word)
        pieces = self._model.encode(shown if glued else WORD_MARK + shown, add_special_tokens=False).ids
        return tuple(pieces[:MOST_PIECES]) or (self.unknown,)
