"""Entity sets in columns: ANERcorp with CLEANANERCorp, AQMAR and Wojood."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from pipeline.encoder.words import SurfaceWord, surface_words
from pipeline.training.corpora import TRAINED, Annotated, shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Column = list[tuple[str, list[str]]]
"""A sentence: tokens with their tags (nested sets have several)."""
SENTENCES_A_TEXT: Final = 40
"""Neighbouring sentences form a text, so that windows see context and held-out parts are contiguous."""
TYPES: Final = {
    "PERS": "PER", "PER": "PER", "LOC": "LOC", "GPE": "LOC", "FAC": "LOC", "ORG": "ORG", "MISC": "MISC",
    "EVENT": "MISC", "LAW": "MISC", "PRODUCT": "MISC",
}  # fmt: skip
"""AQMAR's MIS0 to MIS3 are left out: each article has its own (particles, football terms), and most are no names."""


def columns(lines: Iterable[str]) -> Iterator[Column]:
    """Sentences of lines with a token and its tags, blank lines between sentences."""
    sentence: Column = []
    for line in chain(lines, [""]):
        token, *tags = line.split() or [""]
        if not token and sentence:
            yield sentence
            sentence = []
        elif token and tags and token != "$#$":  # nosec B105 # noqa: S105  # Wojood's mark between the lines of a document
            sentence.append((token, tags))


def read_columns(path: Path) -> list[Column]:
    """Sentences of a file."""
    return list(columns(path.read_text(encoding="utf8").splitlines()))


def mapped(tags: list[str]) -> str:
    """The outermost tag that has one of our types, as B-PER, I-PER or O."""
    for tag in tags:
        part, _, kind = tag.partition("-")
        if part in {"B", "I"} and kind in TYPES:
            return f"{part}-{TYPES[kind]}"
    return "O"


def annotated(corpus: str, sentences: list[Column], heads: dict[str, int], name: str) -> Annotated:
    """A text of some sentences; ``heads`` says which tag column each head learns from."""
    words: list[list[SurfaceWord]] = []
    tags: dict[str, list[str]] = {head: [] for head in heads}
    for sentence in sentences:
        row: list[SurfaceWord] = []
        for token, found_tags in sentence:
            pieces = list(surface_words(token))
            row += pieces
            for head, column in heads.items():
                tag = mapped(found_tags if column < 0 else found_tags[column : column + 1])
                inner = "I" + tag[1:] if tag != "O" else tag
                tags[head] += [tag, *[inner] * (len(pieces) - 1)][: len(pieces)]
        words.append(row)
    found = Annotated.of(corpus, words, list(heads), name)
    for head in heads:
        previous = "O"
        for i, tag in enumerate(tags[head]):
            orphan = tag.startswith("I-") and previous[2:] != tag[2:]
            found.layers[head][i] = TRAINED.labels[head].index("B" + tag[1:] if orphan else tag)
            previous = tag
    return found


def chunked(corpus: str, sentences: list[Column], heads: dict[str, int]) -> list[Annotated]:
    """Texts of SENTENCES_A_TEXT sentences."""
    starts = range(0, len(sentences), SENTENCES_A_TEXT)
    return [annotated(corpus, sentences[s : s + SENTENCES_A_TEXT], heads, f"{corpus}-{s}") for s in starts]


def anercorp() -> list[Annotated]:
    """ANERcorp's train part with its own labels and those of CLEANANERCorp side by side."""
    files = (shared() / f"data/ner/{name}.txt" for name in ("anercorp_train", "cleananercorp_TRAIN"))
    pairs = zip(*(file.read_text(encoding="utf8").splitlines() for file in files), strict=True)
    both = list(columns(f"{own} {(other.split() or ['O'])[-1]}" if own.strip() else "" for own, other in pairs))
    return chunked("anercorp", both, {"entities_anercorp": 0, "entities_clean": 1})


def aqmar() -> list[Annotated]:
    """AQMAR: Wikipedia articles."""
    files = sorted((shared() / "data/ner/aqmar").glob("*.txt"))
    return [text for file in files for text in chunked("aqmar", read_columns(file), {"entities_aqmar": -1})]


def wojood() -> list[Annotated]:
    """The open sample of Wojood, all three parts."""
    files = [shared() / f"data/ner/wojood_{part}.txt" for part in ("train", "val", "test")]
    return [text for file in files for text in chunked("wojood", read_columns(file), {"entities_wojood": -1})]
