"""Sentence, token and word F1 in the way of the CoNLL 2018 shared task.

A unit is right when both of its borders are, counted in characters that are no space. Words are slices of the text
here as in PUD, so the task's alignment of words within multi-word tokens is the same comparison of borders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.stage import Stage
    from pipeline.training.tokeniser.treebank import GoldSentence

Borders = set[tuple[int, int]]


class Units(NamedTuple):
    """Borders of all sentences, surface tokens and words of a text, counted without spaces."""

    sentences: Borders
    tokens: Borders
    words: Borders


class Score(NamedTuple):
    """F1 of each kind of unit."""

    sentences: float
    tokens: float
    words: float


def score(sentences: Iterable[GoldSentence], stage: Stage) -> Score:
    """Score a stage on a treebank; each document is one paragraph, its sentences joined by spaces."""
    documents: dict[str, list[GoldSentence]] = {}
    for sentence in sentences:
        documents.setdefault(sentence.document, []).append(sentence)
    bodies = [" ".join(s.text for s in parts) for parts in documents.values()]
    parsed = stage([_document(body) for body in bodies])
    pairs = [(gold_units(parts), system_units(d)) for parts, d in zip(documents.values(), parsed, strict=True)]
    return Score(*(_f1([(gold[i], system[i]) for gold, system in pairs]) for i in range(len(Units._fields))))


def gold_units(sentences: Sequence[GoldSentence]) -> Units:
    """The borders that the treebank gives."""
    units = Units(set(), set(), set())
    at = 0
    for sentence in sentences:
        first = at
        for token in sentence.tokens:
            start = at
            for word in token.words:
                units.words.add((at, at + len(word)))
                at += len(word)
            units.tokens.add((start, at))
        units.sentences.add((first, at))
    return units


def system_units(document: Document) -> Units:
    """The borders that a stage found."""
    place, at = [], 0
    for character in document.text:
        place.append(at)
        at += not character.isspace()
    place.append(at)
    units = Units(set(), set(), set())
    for sentence in document.sentences:
        units.sentences.add((place[sentence.start], place[sentence.end]))
        tokens: dict[int, list[int]] = {}
        for word in sentence.words:
            units.words.add((place[word.start], place[word.end]))
            tokens.setdefault(word.token, []).extend((place[word.start], place[word.end]))
        units.tokens.update((min(borders), max(borders)) for borders in tokens.values())
    return units


def _document(body: str) -> Document:
    return Document(id="", revision=0, source="pud", title="", body=body, published_at="2017-01-01T00:00:00Z")


def _f1(pairs: Iterable[tuple[Borders, Borders]]) -> float:
    right = gold_size = system_size = 0
    for gold, system in pairs:
        right += len(gold & system)
        gold_size += len(gold)
        system_size += len(system)
    return 2 * right / max(1, gold_size + system_size)
