"""Quotes without and with parts of speech (see layer_use.py).

The stage reads no tags: it takes surface tokens and has its own lexicon of cues. Here its two feature functions are
wrapped so that they also name the tags of cue and content, and of the words on both sides of a possible end.
"""

from __future__ import annotations

import json
import random
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

import paired

from pipeline.quotes import accept, ends, reading
from pipeline.quotes.logistic import raised
from pipeline.quotes.scan import scan
from pipeline.training import quote_labels
from pipeline.training.quotes import annotate, cross_validate, fit_evidence, fit_models

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.quotes.candidate import Candidate
    from pipeline.quotes.scan import Scan
    from pipeline.training.events_data import GoldArticle
    from schemas.document import Document

FOLDS: Final = 4
OUTSIDE: Final = "-"
Records = dict[str, dict[str, Any]]
plain_accept, plain_end = accept.accept_features, ends.end_features


class Tags:
    """The tags of each text's tokens as the quotes stage cuts them: of all parts (``CCONJ+VERB``) and of the stem."""

    def __init__(self, documents: Sequence[Document]) -> None:
        """Look up the tags of every document."""
        self._of = {document.text: _tags(document) for document in documents}

    def at(self, found: Scan, index: int) -> tuple[str, str]:
        """All parts and the stem of a token."""
        tags = self._of[found.text]
        return tags[index] if 0 <= index < len(tags) else (OUTSIDE, OUTSIDE)

    def accept(self, found: Scan, candidate: Candidate, speaker: str) -> list[str]:
        """The stage's features, and the tags of the content's first words and of the cue with its neighbours."""
        way, (parts, stem) = candidate.way, self.at(found, candidate.start)
        names = [f"way={way}&tag={parts}", f"way={way}&tag={stem}|{self.at(found, candidate.start + 1)[1]}"]
        if candidate.cue is not None:
            first, last, form = candidate.cue.first, candidate.cue.last, candidate.cue.form
            before, cue, after = self.at(found, first - 1)[1], self.at(found, first)[1], self.at(found, last + 1)[0]
            names += [f"{form.kind}&{way}&cue_tag={cue}", f"{form.lemma}&{form.kind}&cue_tag={cue}"]
            names += [f"{form.kind}&{way}&before_tag={before}", f"{form.kind}&{way}&after_tag={after}"]
        return [*plain_accept(found, candidate, speaker), *names]

    def end(self, found: Scan, candidate: Candidate, index: int) -> list[str]:
        """The stage's features, and the tags of the words on both sides of a possible end."""
        after = index
        while after < candidate.end and not found.tokens[after].word:
            after += 1
        last, pause = self.at(found, index - 1)[1], found.tokens[index].text if after > index else ""
        parts, stem = self.at(found, after)
        names = [f"after={parts}", f"pause={pause}&after={parts}", f"sides={last}|{stem}", f"last={last}"]
        names += [f"after2={parts}|{self.at(found, after + 1)[1]}", f"pause={pause}&sides={last}|{stem}"]
        return [*plain_end(found, candidate, index), *names]


def _tags(document: Document) -> list[tuple[str, str]]:
    spans: dict[int, list[Any]] = {}
    for sentence in document.sentences:
        tokens: dict[int, list[Any]] = {}
        for word in sentence.words:
            tokens.setdefault(word.token, []).append(word)
        spans |= {words[0].start: words for words in tokens.values()}
    found = []
    for token in scan(document.text, len(document.title)).tokens:
        words = spans.get(token.start, [])
        stem = max(words, key=lambda w: w.end - w.start).upos if words else OUTSIDE
        found.append(("+".join(w.upos for w in words) or OUTSIDE, stem))
    return found


def run(learn: list[GoldArticle], dev: list[GoldArticle]) -> None:
    """Print the gain of tags on the training files, by cross-validation, and on dev."""
    tags = Tags([a.document for a in (*learn, *dev)])
    without = dict(systems(learn, dev))
    with ExitStack() as wrapped:
        for module, name, function in (
            (reading, "accept_features", tags.accept),
            (quote_labels, "accept_features", tags.accept),
            (ends, "end_features", tags.end),
            (quote_labels, "end_features", tags.end),
        ):
            wrapped.enter_context(mock.patch.object(module, name, function))
        within = dict(systems(learn, dev))
    for setting, records in without.items():
        gold = [a.record for a in (*learn, *dev) if a.record["id"] in records]
        print(f"quotes, parts of speech: {setting}", *paired.table(gold, records, within[setting], "quotes"), sep="\n")


def systems(learn: list[GoldArticle], dev: list[GoldArticle]) -> Iterator[tuple[str, Records]]:
    """What the stage finds in each setting, with weights fitted on these articles."""
    articles = [a.record for a in learn]
    random.Random(0).shuffle(articles)  # noqa: S311 (the order of the training command)
    records = _records(cross_validate(articles, FOLDS))
    for file in ("train", "train2"):
        ids = [a.record["id"] for a in learn if a.file == file]
        yield f"{file}, {FOLDS} folds, no encoder", {key: records[key] for key in ids}
    models, judged = fit_models(articles), [a.record for a in dev]
    yield "dev, no encoder", _records(annotate(raised(models), judged))
    signals = [{a.record["id"]: a.document.signals for a in part if a.document.signals} for part in (learn, dev)]
    models = fit_evidence(models, articles, signals[0])
    yield "dev", _records(annotate(raised(models), judged, signals[1]))


def _records(lines: Sequence[str]) -> Records:
    return {record["id"]: record for record in map(json.loads, lines)}
