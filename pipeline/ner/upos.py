"""Parts of speech: the head's opinion for the stem of a token, the lexicon's for its clitics."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.encoder.heads import UPOS
from pipeline.encoder.words import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.encoder.model import Reading
    from pipeline.ner.clitics import Clitics
    from schemas.annotations import Sentence, Word


def tag(sentences: Sequence[Sentence], reading: Reading, clitics: Clitics) -> None:
    """Fill ``upos`` of every word in place."""
    best = reading.of("upos").argmax(1)
    starts = [word.start for word in reading.words]
    for sentence in sentences:
        for _, group in groupby(sentence.words, key=lambda word: word.token):
            words = list(group)
            stem = stem_of(words)
            for i, word in enumerate(words):
                if i == stem:
                    head = UPOS[best[bisect_right(starts, word.start) - 1]]
                    word.upos = mark(word.text) or head
                else:
                    table, other = (clitics.before, "PART") if i < stem else (clitics.after, "PRON")
                    word.upos = table.get(visible(word.text), other)


def mark(text: str) -> str:
    """PUNCT or SYM for a word without a letter or digit, else nothing."""
    if any(character.isalnum() for character in text):
        return ""
    return "SYM" if any(unicodedata.category(character)[0] == "S" for character in text) else "PUNCT"


def stem_of(words: Sequence[Word]) -> int:
    """The longest word of a token, the first of equals."""
    return max(range(len(words)), key=lambda i: (len(visible(words[i].text)), -i))
