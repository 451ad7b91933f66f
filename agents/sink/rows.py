"""Annotated document to rows by table; pure. The tables are those of ``schemas/clickhouse/``."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from schemas.ids import stable_id

if TYPE_CHECKING:
    from schemas.annotations import Actor, Entity, Event, Quote, Span
    from schemas.document import Document

Row = dict[str, Any]

TABLES: Final = ("sentences", "entity_mentions", "quotes", "events", "articles")
"""In the order of insertion: the row of ``articles`` makes the others visible, so it comes last."""
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""ClickHouse's DateTime begins here; an older article is stored as published then."""


def rows_of(document: Document, analysed_at: datetime) -> dict[str, list[Row]]:
    """The rows of one document, by table, in the document's order.

    Args:
        document: annotated by all stages.
        analysed_at: when the sink took it; among analyses of one revision the newest counts.

    Raises:
        ValueError: a date in the document is no date.
    """
    view = _View.of(document, analysed_at)
    return {
        "sentences": _sentences(view),
        "entity_mentions": [_mention(view, entity) for entity in document.entities],
        "quotes": [_quote(view, quote) for quote in document.quotes],
        "events": [_event(view, event) for event in document.events],
        "articles": [_article(view)],
    }


def analysis_of(document: Document) -> str:
    """Which versions of the stages, on which text, made the annotations: 24 hex digits."""
    versions = [f"{stage}={version}" for stage, version in sorted(document.versions.items())]
    return stable_id(*versions, document.title, document.body)


@dataclass(frozen=True, slots=True)
class _View:
    """A document with what its rows share and look up."""

    document: Document
    text: str
    starts: list[int]
    head: Row
    """The columns that all rows of the document have."""

    @classmethod
    def of(cls, document: Document, analysed_at: datetime) -> _View:
        head = {
            "article_id": document.id,
            "revision": document.revision,
            "analysis": analysis_of(document),
            "analysed_at": analysed_at,
            "source": document.source,
            "published_at": max(_moment(document.published_at), EARLIEST),
        }
        return cls(document, document.text, [sentence.start for sentence in document.sentences], head)

    def sentence_at(self, offset: int) -> int:
        """Number of the sentence at ``offset``; 0 when there is none before it."""
        return max(bisect_right(self.starts, offset) - 1, 0)

    def sentence_text(self, number: int) -> str:
        """Text of a sentence; empty when the document has no sentences."""
        sentences = self.document.sentences
        return self.text[sentences[number].start : sentences[number].end] if sentences else ""


def _article(view: _View) -> Row:
    document = view.document
    return view.head | {
        "published_at_defaulted": document.published_at_defaulted,
        "received_at": datetime.fromtimestamp(max(document.received_at, 0) / 1000, UTC),
        "url": document.url,
        "language": document.language,
        "title": document.title,
        "body": document.body,
        "sentence_count": len(document.sentences),
        "mention_count": len(document.entities),
        "quote_count": len(document.quotes),
        "event_count": len(document.events),
        "versions": dict(sorted(document.versions.items())),
    }


def _sentences(view: _View) -> list[Row]:
    return [
        view.head
        | {
            "sentence": number,
            "start_offset": sentence.start,
            "end_offset": sentence.end,
            "text": view.sentence_text(number),
            "words": [word.text for word in sentence.words],
            "upos": [word.upos for word in sentence.words],
        }
        for number, sentence in enumerate(view.document.sentences)
    ]


def _mention(view: _View, entity: Entity) -> Row:
    return view.head | {
        "mention_id": entity.mention_id,
        "sentence": view.sentence_at(entity.start),
        "start_offset": entity.start,
        "end_offset": entity.end,
        "text": entity.text,
        "type": entity.type,
        "name": entity.name,
        "name_en": entity.name_en,
        "country": entity.country or "",
        "entity_id": entity.entity_id,
        "role": entity.role,
        "role_from": entity.role_from,
        "role_to": entity.role_to,
        "confidence": entity.confidence,
    }


def _quote(view: _View, quote: Quote) -> Row:
    number = view.sentence_at(quote.content.start)
    return (
        view.head
        | {
            "quote_id": quote.quote_id,
            "sentence": number,
            "sentence_text": view.sentence_text(number),
            "kind": quote.kind,
            "content": quote.content.text,
            "content_start": quote.content.start,
            "content_end": quote.content.end,
            "speaker_name": quote.speaker_name or "",
            "speaker_country": quote.speaker_country or "",
            "speaker_entity_id": quote.speaker_entity_id,
            "speaker_role": quote.speaker_role,
            "resolution": quote.resolution,
            "confidence": quote.confidence,
        }
        | _span("cue", quote.cue)
        | _span("speaker", quote.speaker)
    )


def _event(view: _View, event: Event) -> Row:
    number = view.sentence_at(event.trigger.start)
    published: datetime = view.head["published_at"]
    return (
        view.head
        | {
            "event_id": event.event_id,
            "sentence": number,
            "sentence_text": view.sentence_text(number),
            "kind": event.kind,
            "phase": event.phase,
            "event_type": event.event_type,
            "negated": event.negated,
            "quote_id": event.quote_id,
            "attributed_to": event.attributed_to,
            "event_date": date.fromisoformat(event.date) if event.date else published.date(),
            "date_resolution": event.date_resolution,
            "date_text": event.date_span.text if event.date_span else "",
            "date_start": event.date_span.start if event.date_span else 0,
            "date_end": event.date_span.end if event.date_span else 0,
            "place_name": event.place_name,
            "place_country": event.place_country or "",
            "plover": event.plover,
            "cameo": event.cameo,
            "found_by": event.found_by,
            "confidence": event.confidence,
        }
        | _span("trigger", event.trigger)
        | _span("place", event.place)
        | _actors("actor", event.source)
        | _actors("target", event.target)
    )


def _span(column: str, span: Span | None) -> Row:
    """Three columns of a span; empty text and zeros where there is none."""
    return {
        column: span.text if span else "",
        f"{column}_start": span.start if span else 0,
        f"{column}_end": span.end if span else 0,
    }


def _actors(side: str, actors: list[Actor]) -> Row:
    """Arrays side by side, one element an actor."""
    return {
        f"{side}s": [actor.name for actor in actors],
        f"{side}_countries": [actor.country or "" for actor in actors],
        f"{side}_ids": [actor.entity_id for actor in actors],
        f"{side}_roles": [actor.role for actor in actors],
        f"{side}_texts": [actor.text for actor in actors],
        f"{side}_starts": [actor.start for actor in actors],
        f"{side}_ends": [actor.end for actor in actors],
    }


def _moment(rfc3339: str) -> datetime:
    moment = datetime.fromisoformat(rfc3339)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
