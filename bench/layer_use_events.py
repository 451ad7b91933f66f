"""Events without and with parts of speech, clitics, and noun phrases that are no names (see layer_use.py)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import paired

from pipeline import events
from pipeline.training.events_data import Instances, instances_of, system_record
from pipeline.training.events_fit import fit
from schemas.annotations import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.events import EventsStage
    from pipeline.training.events_data import GoldArticle

FOLDS: Final = 4
Records = dict[str, dict[str, Any]]


def without_tags(article: GoldArticle, stage: EventsStage) -> None:
    """As if no tagger had run."""
    del stage
    for sentence in article.document.sentences:
        for word in sentence.words:
            word.upos = ""


def without_clitics(article: GoldArticle, stage: EventsStage) -> None:
    """As if the tokeniser split no clitics: a word a surface token, with the tag of its longest part."""
    del stage
    for sentence in article.document.sentences:
        tokens: dict[int, list[Word]] = {}
        for word in sentence.words:
            tokens.setdefault(word.token, []).append(word)
        sentence.words = [_joined(words, article.document.text) for words in tokens.values()]


def _joined(words: list[Word], text: str) -> Word:
    start, end, stem = words[0].start, words[-1].end, max(words, key=lambda w: w.end - w.start)
    return Word(start=start, end=end, text=text[start:end], token=stem.token, upos=stem.upos)


def without_phrases(article: GoldArticle, stage: EventsStage) -> None:
    """As if only names could be actors, and nothing stood around them."""
    del article
    none: frozenset[str] = frozenset()
    nouns = replace(stage.finders.nouns, heads=none, quantifiers=none, nisbas=none)
    stage.finders = replace(stage.finders, nouns=nouns)


LAYERS: Final = {"parts of speech": without_tags, "clitics": without_clitics, "noun phrases": without_phrases}


def run(learn: list[GoldArticle], dev: list[GoldArticle]) -> None:
    """Print the gain of each layer on the training files, by cross-validation, and on dev."""
    whole = dict(systems(learn, dev, events.load()))
    for name, leave_out in LAYERS.items():
        copies, stage = deepcopy((learn, dev)), events.load()
        for article in (*copies[0], *copies[1]):
            leave_out(article, stage)
        for setting, records in systems(*copies, stage):
            gold = [a.record for a in (*learn, *dev) if a.record["id"] in records]
            print(f"events, {name}: {setting}", *paired.table(gold, records, whole[setting], "events"), sep="\n")


def systems(learn: list[GoldArticle], dev: list[GoldArticle], stage: EventsStage) -> Iterator[tuple[str, Records]]:
    """What the stage finds in each setting, with weights fitted on these articles."""
    labelled = [instances_of(article, stage.finders) for article in learn]
    unseen = _unseen(learn)
    for fold in range(FOLDS):
        stage.models = fit(_together([one for i, one in enumerate(labelled) if i % FOLDS != fold]))
        stage([a.document for i, a in enumerate(unseen) if i % FOLDS == fold])
    for file in ("train", "train2"):
        yield f"{file}, {FOLDS} folds, no encoder", _records(a for a in unseen if a.file == file)
    stage.models = fit(_together(labelled))
    stage([a.document for a in dev])
    yield "dev", _records(dev)
    plain = _unseen(dev)
    stage([a.document for a in plain])
    yield "dev, no encoder", _records(plain)


def _unseen(articles: list[GoldArticle]) -> list[GoldArticle]:
    """Copies without the encoder's signals."""
    copies = deepcopy(articles)
    for article in copies:
        article.document.signals = None
    return copies


def _together(labelled: Sequence[Instances]) -> Instances:
    total = Instances()
    for one in labelled:
        total.extend(one)
    return total


def _records(articles: Iterable[GoldArticle]) -> Records:
    return {a.document.id: system_record(a.document, a.document.events) for a in articles}
