"""Gold articles as documents, and as labelled instances for the models of the events stage."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pipeline.events.features_actor import Setting, actor_features, candidates
from pipeline.events.features_phase import governing_cue, phase_features
from pipeline.events.features_trigger import trigger_features
from pipeline.events.views import Finders, views_of
from pipeline.training.corpora import shared
from pipeline.training.held_out import EVERY
from schemas.annotations import Entity, Quote, Span
from schemas.document import Document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.events.context import SentenceView
    from pipeline.stage import Stage

INCLUSIVE: Final = "train2"
"""The file whose events are coded more inclusively; its instances carry features of their own."""
UNDATED: Final = "2000-01-01"

Labelled = tuple[list[str], str]


@dataclass(slots=True)
class GoldArticle:
    """A gold article: its document with gold entities and quotes, and the gold record."""

    document: Document
    record: dict[str, Any]
    file: str
    held_out: bool = False


@dataclass(slots=True)
class Instances:
    """Features with their labels, for each of the three models."""

    trigger: list[Labelled] = field(default_factory=list)
    phase: list[Labelled] = field(default_factory=list)
    actor: list[Labelled] = field(default_factory=list)

    def extend(self, other: Instances) -> None:
        """Add those of another article."""
        self.trigger += other.trigger
        self.phase += other.phase
        self.actor += other.actor


def read_gold(file: str, tokenise: Stage, ner: Stage) -> list[GoldArticle]:
    """Read ``gold/<file>.jsonl`` of the shared folder; words, their tags and the signals are the pipeline's own."""
    lines = (shared() / "gold" / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()
    articles = [GoldArticle(gold_document(record), record, file) for record in map(json.loads, lines)]
    for article in articles:
        entities = article.document.entities
        ner(tokenise([article.document]))
        article.document.entities = entities
    mark_held_out(articles)
    return articles


def mark_held_out(articles: list[GoldArticle]) -> None:
    """Mark the articles that the encoder did not learn from (:mod:`pipeline.training.held_out`)."""
    for number, article in enumerate(articles, 1):
        every = EVERY.get(article.file, 0)
        article.held_out = bool(every) and number % every == every // 2


def gold_document(record: dict[str, Any]) -> Document:
    """The article with its gold entities and quotes, not yet tokenised."""
    return Document(
        id=record["id"],
        revision=0,
        source=record["source"],
        title=record["title"],
        body=record["body"],
        published_at=f"{record['published_at'] or UNDATED}T00:00:00Z",
        entities=[_entity(e) for e in record["entities"]],
        quotes=[_quote(q, i) for i, q in enumerate(record["quotes"])],
    )


def _entity(e: dict[str, Any]) -> Entity:
    return Entity(
        start=e["start"], end=e["end"], text=e["text"], type=e["type"], name=e["name"] or "", country=e["country"]
    )


def _quote(q: dict[str, Any], number: int) -> Quote:
    return Quote(
        quote_id=str(number),
        content=Span(**q["content"]),
        kind=q["kind"],
        cue=Span(**q["cue"]) if q["cue"] else None,
        speaker=Span(**q["speaker"]) if q["speaker"] else None,
        speaker_name=q["speaker_name"],
    )


def instances_of(article: GoldArticle, finders: Finders) -> Instances:
    """Label every trigger that the lexicon finds in the article, and the noun phrases around the true ones."""
    found = Instances()
    for view in views_of(article.document, finders):
        for at in range(len(view.matches)):
            _add(found, view, at, article)
    return found


def _add(found: Instances, view: SentenceView, at: int, article: GoldArticle) -> None:
    match = view.matches[at]
    events = [e for e in article.record["events"] if e["kind"] == match.trigger.kind and _overlaps(e["trigger"], match)]
    features = trigger_features(view, at)
    if article.file == INCLUSIVE:
        features += ["inclusive", f"inclusive|{features[0]}", f"inclusive|{features[1]}"]
    found.trigger.append((features, str(bool(events))))
    if events:
        found.phase.append((phase_features(view, match), events[0]["phase"]))
        setting = Setting(match, events[0]["phase"], governing_cue(view, match))
        label = "none"
        for phrase in candidates(view, match):
            row = actor_features(view, setting, phrase, label)
            label = _role(view.phrases[phrase], events[0])
            found.actor.append((row, label))


def _role(phrase: Any, event: dict[str, Any]) -> str:  # noqa: ANN401 - anything with start and end
    for role in ("source", "target"):
        if any(_overlaps(span, phrase) for span in event[role]):
            return role
    return "none"


def _overlaps(span: dict[str, Any], other: Any) -> bool:  # noqa: ANN401 - anything with start and end
    return bool(span["start"] < other.end and other.start < span["end"])


def system_record(document: Document, events: Sequence[Any]) -> dict[str, Any]:
    """The document in the form that gold/score.py reads, with events only."""
    import msgspec

    return {"id": document.id, "quotes": [], "entities": [], "events": [msgspec.to_builtins(e) for e in events]}
