"""Lazy orthography: the spellings that news and social media really use, for augmentation and for judging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.text import fold

if TYPE_CHECKING:
    import random

_ALEFS: Final = str.maketrans("أإآٱ", "اااا")
_YAA: Final = str.maketrans({"ى": "ي"})
_MAKSURA: Final = str.maketrans({"ي": "ى"})
_TAA: Final = str.maketrans({"ة": "ه"})
_HAMZA: Final = str.maketrans({"ؤ": "و", "ئ": "ي", "ء": None})


def respell(word: str, chance: random.Random) -> str:
    """One lazy spelling of ``word``; half of the time all folds at once, as in a folded copy of a text."""
    if chance.random() < 0.5:  # noqa: PLR2004
        return fold(word) if word.isalpha() else word
    for table, share in ((_ALEFS, 0.6), (_YAA, 0.5), (_TAA, 0.5), (_HAMZA, 0.2)):
        if chance.random() < share:
            word = word.translate(table) or word
    if word.endswith("ي") and chance.random() < 0.1:  # noqa: PLR2004
        word = word[:-1] + word[-1].translate(_MAKSURA)
    return word
