"""Ways that need no training: other readings and other decoders of the model that ships.

Each is judged on ANERcorp's held-out part (head ``entities_anercorp``), the gold's held-out articles and its dev part
(head ``entities``), on words, against the decoding of ``pipeline.encoder.bio.best_path``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from ner_ways_judge import counts, line, stacked

from pipeline.encoder import bio
from pipeline.encoder.model import EncoderModel
from pipeline.encoder.words import SurfaceWord, surface_words, visible
from pipeline.linking.files import package_rows
from pipeline.ner.entities import ANERCORP_STYLE, GOLD_STYLE
from pipeline.text import fold
from pipeline.training import gold, ner_sets
from pipeline.training.corpora import TRAINED, Annotated
from pipeline.training.held_out import split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

LABELS: Final = len(TRAINED.labels[GOLD_STYLE])
KINDS: Final = {"leaders.tsv": 0, "countries.tsv": 1, "places.tsv": 1, "organisations.tsv": 2}
"""Files of the gazetteer and the index of the entity type that their names have."""
CLITICS: Final = ("", "و", "ب", "ل", "ك")
SHIFT: Final = 4
"""Sentences that are read on their own at the head of a text, so that all other windows begin elsewhere."""


@dataclass(frozen=True, slots=True)
class Part:
    """A text with the log-probabilities (words, LABELS) of its own head, and of the other style's."""

    where: str
    head: str
    text: Annotated
    scores: NDArray[np.float32]
    other: NDArray[np.float32]
    shifted: NDArray[np.float32]
    folded: NDArray[np.float32]


def parts(folder: Path) -> Iterator[Part]:
    """All texts to judge by, read by the model in ``folder``."""
    model = EncoderModel(folder)
    named = [("ANERcorp", ANERCORP_STYLE, text) for text in split(ner_sets.anercorp())[1]]
    own = [gold.annotated(article, name) for name in ("train", "train2") for article in gold.articles(name)]
    named += [("gold", GOLD_STYLE, text) for text in split(own)[1]]
    named += [("dev", GOLD_STYLE, gold.annotated(article, "dev")) for article in gold.articles("dev")]
    for where, head, text in named:
        rows = sentences(text)
        whole = model.read(rows)
        shifted = np.concatenate([model.read(rows[:SHIFT]).of(head), model.read(rows[SHIFT:]).of(head)])
        lazy = [[replace(word, text=fold(word.text) or word.text) for word in row] for row in rows]
        other = whole.of(GOLD_STYLE if head == ANERCORP_STYLE else ANERCORP_STYLE)
        yield Part(where, head, text, whole.of(head), other, shifted, model.read(lazy).of(head))


def sentences(text: Annotated) -> list[list[SurfaceWord]]:
    """The sentences of a text as the encoder takes them."""
    rows = [SurfaceWord(0, 0, word, glued) for word, glued in zip(text.words, text.glued, strict=True)]
    return [rows[a:b] for a, b in pairwise([*text.sentence_starts, len(rows)])]


def transitions(head: str) -> NDArray[np.float64]:
    """Log of P(label after label) / P(label) in the texts that ``head`` learnt from, one added to each count."""
    own = [gold.annotated(article, name) for name in ("train", "train2") for article in gold.articles(name)]
    learn = split(ner_sets.anercorp() if head == ANERCORP_STYLE else own)[0]
    seen = np.ones((LABELS, LABELS))
    for text in learn:
        layer = text.layers[head]
        np.add.at(seen, (layer[:-1], layer[1:]), 1)
    after = seen / seen.sum(1, keepdims=True)
    table: NDArray[np.float64] = np.log(after / (seen.sum(0) / seen.sum()))
    return table


def viterbi(scores: NDArray[np.float32], steps: NDArray[np.float64]) -> list[int]:
    """The best sequence when ``steps`` (from, to) is added between neighbours."""
    best, back = scores[0].astype(np.float64), []
    for row in scores[1:]:
        reached = best[:, None] + steps
        back.append(reached.argmax(0))
        best = reached.max(0) + row
    path = [int(best.argmax())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    return path[::-1]


def names() -> dict[tuple[str, ...], int]:
    """Names of the gazetteer as folded words, with their type; of people only names of several words."""
    found: dict[tuple[str, ...], int] = {}
    for file, kind in KINDS.items():
        for row in package_rows(file):
            for name in (row["name"], *row.several("variants"), *row.several("capitals")):
                words = tuple(fold(visible(word.text)) for word in surface_words(name))
                if words and (kind or len(words) > 1):
                    found.setdefault(words, kind)
    return found


def in_gazetteer(text: Annotated, known: dict[tuple[str, ...], int]) -> NDArray[np.float32]:
    """1 at the B and I labels of the longest names of the gazetteer in a text, (words, LABELS)."""
    marks = np.zeros((len(text.words), LABELS), dtype=np.float32)
    folded = [fold(word) or word for word in text.words]
    longest, at = max(map(len, known)), 0
    while at < len(folded):
        size, kind = next(
            (
                (size, known[name])
                for size in range(min(longest, len(folded) - at), 0, -1)
                for clitic in CLITICS
                if folded[at].startswith(clitic)
                and (name := (folded[at].removeprefix(clitic), *folded[at + 1 : at + size])) in known
            ),
            (1, -1),
        )
        if kind >= 0:
            marks[at, 1 + 2 * kind] = 1
            marks[at + 1 : at + size, 2 + 2 * kind] = 1
        at += size
    return marks


def agreed(part: Part, weight: float) -> NDArray[np.float32]:
    """Scores drawn towards the mean over the same word in the same text."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, word in enumerate(part.text.words):
        places[fold(word) or word].append(at)
    scores = part.scores.copy()
    for same in places.values():
        scores[same] += weight * (part.scores[same].mean(0) - part.scores[same])
    return scores


def decoders() -> dict[str, Callable[[Part], list[int]]]:
    """All ways, the one that ships first."""
    steps = {head: transitions(head) for head in (GOLD_STYLE, ANERCORP_STYLE)}
    known = names()
    ways: dict[str, Callable[[Part], list[int]]] = {
        "best BIO sequence (ships)": lambda p: bio.best_path(p.scores),
        "greedy": lambda p: p.scores.argmax(1).tolist(),
        "mean of two passes, windows shifted": lambda p: bio.best_path((p.scores + p.shifted) / 2),
        "mean of two passes, plain and folded": lambda p: bio.best_path((p.scores + p.folded) / 2),
    }
    for weight in (0.25, 0.5, 1.0):
        ways[f"Viterbi, counted transitions, weight {weight}"] = lambda p, w=weight: viterbi(
            p.scores, w * steps[p.head]
        )
    for weight in (0.5, 1.0, 2.0):
        ways[f"gazetteer, bias {weight}"] = lambda p, w=weight: bio.best_path(
            p.scores + w * in_gazetteer(p.text, known)
        )
    for weight in (0.2, 0.4):
        ways[f"same word in the text, weight {weight}"] = lambda p, w=weight: bio.best_path(agreed(p, w))
        ways[f"the other style's head, weight {weight}"] = lambda p, w=weight: bio.best_path(p.scores + w * p.other)
    for bias in (-0.5, 0.5):
        ways[f"O by {bias:+}"] = lambda p, b=bias: bio.best_path(p.scores + b * (np.arange(LABELS) == 0))
    return ways


def crossed(read: list[Part]) -> dict[int, NDArray[np.float64]]:
    """Learnt steps by the identity of a text: from the other half of its set, for dev from the gold's held-out part."""
    from ner_ways_crf import learnt

    found: dict[int, NDArray[np.float64]] = {}
    of = {where: [part for part in read if part.where == where] for where in ("ANERcorp", "gold", "dev")}
    folds = [(of[w][i::2], of[w][1 - i :: 2]) for w in ("ANERcorp", "gold") for i in (0, 1)]
    for judged, learn in [*folds, (of["dev"], of["gold"])]:
        steps = learnt(learn, transitions(learn[0].head) / 2)
        found |= {id(part.text): steps for part in judged}
    return found


def report(folder: Path) -> Iterator[str]:
    """A row a way and set."""
    read, ways = list(parts(folder)), decoders()
    steps = crossed(read)
    ways["Viterbi, learnt transitions"] = lambda p: viterbi(p.scores, steps[id(p.text)])
    for where in ("ANERcorp", "gold", "dev"):
        here = [part for part in read if part.where == where]
        found = {name: stacked(counts(p.text, p.head, decode(p)) for p in here) for name, decode in ways.items()}
        first = next(iter(found.values()))
        yield from (line(name, where, own, first) for name, own in found.items())
