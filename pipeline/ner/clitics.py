"""Clitics of names: where a name begins inside its first word, and what clitic words are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.encoder.words import visible
from pipeline.lexicon.tables import read
from pipeline.ner.names import known_words
from pipeline.text import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHORTEST_NAME: Final = 2
"""Letters that must be left behind the clitics."""
KNOWN: Final = 6.0
"""What a known name is worth, in natural logarithms of odds; chosen on held-out articles of the gold's train part."""


@dataclass(frozen=True, slots=True)
class Clitics:
    """The lexicon of clitics."""

    before_names: frozenset[str]
    before: dict[str, str]
    """Form of a proclitic to its UPOS."""
    after: dict[str, str]
    names: frozenset[str] = frozenset()
    """Folded words that the gazetteer knows to begin a name."""

    @classmethod
    def load(cls) -> Clitics:
        """Read ``clitics.toml``; raises what :func:`pipeline.lexicon.tables.read` does."""
        data = read("clitics.toml")
        before, after = ({form: part.text(form) for form in part} for part in map(data.table, ("before", "after")))
        return cls(frozenset(data.texts("before_names")), before, after, known_words())

    def allowed(self, word: str, letters: int) -> bool:
        """Whether the first ``letters`` letters of a word can be clitics and what is left can be a name."""
        return not letters or (word[:letters] in self.before_names and len(word) - letters >= SHORTEST_NAME)

    def letters(self, word: str, scores: NDArray[Any]) -> int:
        """How many letters before the name: the best of ``scores`` (log-probabilities of 0, 1, …) that is allowed.

        A reading whose stem the gazetteer knows is preferred unless the encoder is sure of another.
        """
        shown = visible(word)
        folded = fold(shown)
        return max(
            (n for n in range(len(scores)) if self.allowed(shown, n)),
            key=lambda n: float(scores[n]) + KNOWN * (folded[n:] in self.names),
        )


def offset(word: str, letters: int) -> int:
    """The offset in the original word behind its first ``letters`` visible letters and their marks."""
    if not letters:
        return 0
    at = 0
    for i, character in enumerate(word):
        if visible(character):
            if at == letters:
                return i
            at += 1
    return len(word)
