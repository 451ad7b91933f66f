"""From drafts to the contract's events: actors resolved, dated, placed, attributed, coded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipeline.events.dates import find_dates
from pipeline.events.when import date_of, place_of
from schemas.annotations import Actor, Event, Span
from schemas.ids import stable_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.events.context import SentenceView
    from pipeline.events.dates import DateMention
    from pipeline.events.decode import Draft
    from pipeline.events.ontology import Ontology
    from pipeline.events.phrases import Phrase
    from pipeline.events.settings import Settings
    from pipeline.linking.linker import Linker
    from schemas.document import Document


class Assembler:
    """Turns the drafts of one document into events; actors and dates are looked up once."""

    def __init__(self, document: Document, linker: Linker, ontology: Ontology, settings: Settings) -> None:
        """Take the document whose sentences, entities and quotes are there."""
        self._document = document
        self._text = document.text
        self._linker = linker
        self._ontology = ontology
        self._settings = settings
        self._published = date.fromisoformat(document.published_at[:10])
        self._actors: dict[tuple[int, int], Actor] = {}

    def events(self, view: SentenceView, drafts: Sequence[Draft]) -> list[Event]:
        """The events of one sentence."""
        if not drafts:
            return []
        mentions = find_dates(self._text, self._published, view.tokens[0].start, view.tokens[-1].end)
        return [self._event(view, draft, mentions) for draft in drafts]

    def _event(self, view: SentenceView, draft: Draft, mentions: Sequence[DateMention]) -> Event:
        match, document = draft.match, self._document
        kind = match.trigger.kind
        phase = self._ontology.phase_of(kind, draft.phase)
        codes = self._ontology.kinds[kind].phases[phase]
        event = Event(
            event_id=stable_id(document.id, document.revision, "event", kind, phase, match.start, match.end),
            kind=kind,
            phase=phase,
            event_type=codes.event_type,
            trigger=self._span(match.start, match.end),
            source=[self._actor(p) for p in draft.source],
            target=[self._actor(p) for p in draft.target],
            negated=draft.negated,
            plover=codes.plover,
            cameo=codes.cameo,
            found_by=match.trigger.id,
            confidence=round(draft.confidence, 4),
        )
        self._attribute(event, view)
        self._date(event, view, draft, mentions)
        self._place(event, view, draft)
        return event

    def _span(self, start: int, end: int) -> Span:
        return Span(start=start, end=end, text=self._text[start:end])

    def _actor(self, phrase: Phrase) -> Actor:
        key = phrase.start, phrase.end
        if key not in self._actors:
            who = self._linker.resolve(self._document, *key)
            text = self._text[phrase.start : phrase.end]
            self._actors[key] = Actor(
                start=phrase.start, end=phrase.end, text=text,
                name=who.name or text, country=who.country, entity_id=who.entity_id, role=who.role,
            )  # fmt: skip
        return self._actors[key]

    def _attribute(self, event: Event, view: SentenceView) -> None:
        quote = view.quote_at(event.trigger.start)
        if quote is not None:
            event.quote_id = quote.quote_id
            event.attributed_to = quote.speaker_name or (quote.speaker.text if quote.speaker else "")

    def _date(self, event: Event, view: SentenceView, draft: Draft, mentions: Sequence[DateMention]) -> None:
        when = date_of(draft, view, mentions, self._published, self._settings)
        event.date = when.day.isoformat() if when.day else ""
        event.date_resolution = when.resolution
        if when.mention:
            event.date_span = self._span(when.mention.start, when.mention.end)

    def _place(self, event: Event, view: SentenceView, draft: Draft) -> None:
        phrase = place_of(draft, view)
        if phrase is not None:
            actor = self._actor(phrase)
            event.place, event.place_name, event.place_country = (
                self._span(phrase.start, phrase.end),
                actor.name,
                actor.country,
            )
