"""``score``: entity F1 of the shipped encoder, clean and with folded spelling.

``gold dev`` is judged on exact spans and types as ``gold/score.py`` does, ANERcorp on the words of its own held-out
part in the style of its own head (the first word of a token decides, as the file has no characters to count). With
``--conll FILE`` that file is judged alone, in ANERcorp's style: lines of token and tag, blank lines between sentences,
the way of the CAMeL split's train and test files.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path
from typing import Final

from pipeline.encoder import bio
from pipeline.encoder.weights import FOLDER
from pipeline.encoder.words import SurfaceWord
from pipeline.ner.entities import ANERCORP_STYLE
from pipeline.ner.tagger import KhabarTagger
from pipeline.training import gold, ner_sets
from pipeline.training.corpora import SENTENCE_END, Annotated
from pipeline.training.evaluation import Counts
from pipeline.training.held_out import split

FOLDS: Final = str.maketrans("أإآٱىة", "اااايه")
"""Folded spelling, one letter for one, so that offsets stay."""


def gold_counts(tagger: KhabarTagger, name: str, *, folded: bool) -> Counts:
    """Exact entities of a gold part: start, end and type."""
    counts = Counts()
    for article in gold.articles(name):
        text = f"{article['title']}\n\n{article['body']}"
        text = text.translate(FOLDS) if folded else text
        cuts = [0, *(m.end() for m in SENTENCE_END.finditer(text)), len(text)]
        found = tagger.entities(text, tagger.read(text, tuple(pairwise(cuts))))
        wanted = {(e["start"], e["end"], e["type"]) for e in article["entities"]}
        own = {(e.start, e.end, e.type) for e in found}
        for kind in ("PER", "LOC", "ORG", "MISC"):
            counts.add_spans(kind, {e for e in own if e[2] == kind}, {e for e in wanted if e[2] == kind})
        counts.add_spans("all", own, wanted)
    return counts


def anercorp_counts(tagger: KhabarTagger, texts: list[Annotated], *, folded: bool) -> Counts:
    """Exact entities in words of ANERcorp texts."""
    counts = Counts()
    for text in texts:
        reading = tagger.read_words(_sentences(text, folded=folded))
        found = set(bio.spans(bio.best_path(reading.of(ANERCORP_STYLE))))
        wanted = set(bio.spans(text.layers[ANERCORP_STYLE].tolist()))
        for index, kind in enumerate(("PER", "LOC", "ORG", "MISC")):
            counts.add_spans(kind, {e for e in found if e[2] == index}, {e for e in wanted if e[2] == index})
        counts.add_spans("all", found, wanted)
    return counts


def conll(tagger: KhabarTagger, file: Path) -> str:
    """The figures on a file of tokens and tags, clean and in folded spelling."""
    texts = ner_sets.chunked("conll", ner_sets.read_columns(file), {ANERCORP_STYLE: 0})
    spellings = (("clean", False), ("folded", True))
    return "\n".join(f"{file.name}, {n}\n{anercorp_counts(tagger, texts, folded=f).lines()}" for n, f in spellings)


def _sentences(text: Annotated, *, folded: bool) -> list[list[SurfaceWord]]:
    words = [w.translate(FOLDS) if folded else w for w in text.words]
    rows = [SurfaceWord(0, 0, word, glued) for word, glued in zip(words, text.glued, strict=True)]
    borders = [*text.sentence_starts, len(rows)]
    return [rows[a:b] for a, b in pairwise(borders)]


def main(arguments: list[str]) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.training score", description=__doc__)
    parser.add_argument("--model", type=Path, default=FOLDER)
    parser.add_argument("--conll", type=Path, help="a file of tokens with ANERcorp's tags")
    parser.add_argument("--gold", default="dev", help="dev, train or train2")
    options = parser.parse_args(arguments)
    tagger = KhabarTagger(options.model)
    if options.conll:
        print(conll(tagger, options.conll))
        return
    held = [text for text in split(ner_sets.anercorp())[1] if text.corpus == "anercorp"]
    for folded in (False, True):
        spelling = "folded" if folded else "clean"
        print(f"gold {options.gold}, {spelling}\n{gold_counts(tagger, options.gold, folded=folded).lines()}")
        print(f"ANERcorp held-out, {spelling}\n{anercorp_counts(tagger, held, folded=folded).lines()}")
