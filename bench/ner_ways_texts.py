"""The texts that a way learns from besides ANERcorp."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.encoder import bio
from pipeline.encoder.model import EncoderModel
from pipeline.ner.entities import ANERCORP_STYLE, GOLD_STYLE
from pipeline.training import gold, ner_sets
from pipeline.training.corpora import UNKNOWN, Annotated, sentences_of, shared
from pipeline.training.held_out import split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

SURE: Final = 0.9
"""A word whose label the teacher gives less than this probability is not learnt from, in self-training."""
SPARE: Final = "entities_aqmar"
"""PAN-X has no head in the product; here it borrows AQMAR's, which the same way does not train."""
Teacher = dict[int, "NDArray[np.float32]"]
"""Log-probabilities (words, labels) by the identity of a text."""


def only(texts: Iterable[Annotated], *heads: str) -> list[Annotated]:
    """Texts with the labels of some heads."""
    kept = [replace(t, layers={h: layer for h, layer in t.layers.items() if h in heads}) for t in texts]
    return [replace(text, links={}) for text in kept]


def anercorp(*, clean: bool = False) -> tuple[list[Annotated], list[Annotated]]:
    """ANERcorp in its own labels, to learn from (``clean``: with those of CLEANANERCorp beside them) and held out."""
    learn, held = split(ner_sets.anercorp())
    heads = (ANERCORP_STYLE, "entities_clean") if clean else (ANERCORP_STYLE,)
    return only(learn, *heads), only(held, ANERCORP_STYLE)


def panx() -> list[Annotated]:
    """PAN-X (WikiANN), silver; its tokens carry the language (ar:)."""
    lines = (shared() / "data/ner/panx_train.txt").read_text(encoding="utf8").splitlines()
    rows = list(ner_sets.columns(line.removeprefix("ar:") for line in lines))
    return ner_sets.chunked("panx", rows, {SPARE: 0})


def gold_texts() -> tuple[list[Annotated], list[Annotated]]:
    """The gold's two training parts with all heads: learnt from, held out."""
    own = [gold.annotated(article, name) for name in ("train", "train2") for article in gold.articles(name)]
    return split(own)


def gold_entities() -> list[Annotated]:
    """The gold with its entities (and their clitics, which augmentation needs) only."""
    return only(gold_texts()[0], GOLD_STYLE, "clitics")


def sample(texts: list[Annotated], words: int, chance: random.Random) -> list[Annotated]:
    """Some texts of together at least ``words`` words (all, when there are fewer)."""
    order, size, taken = chance.sample(texts, len(texts)), 0, []
    for text in order:
        if size >= words:
            break
        taken.append(text)
        size += len(text.words)
    return taken


def by_sentence(texts: Iterable[Annotated]) -> list[Annotated]:
    """Each sentence a text of its own."""
    return [
        replace(
            text,
            words=text.words[a:b],
            glued=text.glued[a:b],
            offsets=text.offsets[a:b],
            sentence_starts=[0],
            layers={head: layer[a:b] for head, layer in text.layers.items()},
        )
        for text in texts
        for a, b in pairwise([*text.sentence_starts, len(text.words)])
    ]


def news(model: Path, words: int, seed: int) -> tuple[list[Annotated], Teacher]:
    """News of about ``words`` words, labelled by the model in ``model`` in ANERcorp's style where it is sure.

    Articles of the gold (all parts) are left out. The teacher's scores are given beside the labels.
    """
    known = {article["id"] for name in ("train", "train2", "dev") for article in gold.articles(name)}
    with gzip.open(shared() / "data/news/articles.jsonl.gz", "rt", encoding="utf8") as lines:
        rows = [article for article in map(json.loads, lines) if article["id"] not in known]
    random.Random(seed).shuffle(rows)  # noqa: S311  # not for secrets
    encoder, teacher, texts, size = EncoderModel(model), Teacher(), [], 0
    for article in rows:
        if size >= words:
            break
        sentences = sentences_of(f"{article['title']}\n\n{article['body']}")
        text = Annotated.of("news", sentences, [ANERCORP_STYLE], name=article["id"])
        scores = encoder.read(sentences).of(ANERCORP_STYLE)
        text.layers[ANERCORP_STYLE] = labelled(scores)
        teacher[id(text)] = scores
        texts.append(text)
        size += len(text.words)
    return texts, teacher


def labelled(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """The best sequence, and UNKNOWN where it is not SURE."""
    path = np.array(bio.best_path(scores), dtype=np.int64)
    sure = np.exp(scores[np.arange(len(path)), path]) >= SURE
    return np.where(sure, path, UNKNOWN)


EXTRA: Final[dict[str, Callable[[], list[Annotated]]]] = {
    "aqmar": ner_sets.aqmar,
    "wojood": ner_sets.wojood,
    "panx": panx,
    "gold": lambda: gold_texts()[0],
    "gold entities": gold_entities,
}
"""What a way can add, by name."""
