r"""The annotation layers: standoff spans over one unchanged text.

Offsets are code points into ``title + "\n\n" + body`` as published; ``text[start:end] == span.text``
holds for every span here. Forms and labels follow the annotation guide (docs/annotation.md).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Offset = Annotated[int, msgspec.Meta(ge=0, description="code points into title + '\\n\\n' + body")]
Probability = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
EntityType = Literal["PER", "LOC", "ORG", "MISC"]
QuoteKind = Literal["direct", "indirect", "mixed"]
Phase = Literal["proposed", "arranged", "realised", "supported", "rejected", "ended"]


class Struct(msgspec.Struct, kw_only=True):
    """Base of all contract models: keyword-only, unknown fields are left out on reading."""


class Span(Struct, kw_only=True):
    """A stretch of the text."""

    start: Offset
    end: Offset
    text: str


class Word(Span, kw_only=True):
    """A syntactic word; a clitic is a word of its own, so several words can share one ``token``."""

    token: Annotated[int, msgspec.Meta(ge=0, description="index of its surface token in the sentence")]
    upos: Annotated[str, msgspec.Meta(description="Universal POS tag; empty before the ner stage")] = ""


class Sentence(Struct, kw_only=True):
    """A sentence; the headline is one, too."""

    start: Offset
    end: Offset
    words: list[Word] = []


class Entity(Span, kw_only=True):
    """A mention of a named entity, linked where the gazetteer or the article itself allows."""

    mention_id: str = ""
    type: EntityType
    name: Annotated[str, msgspec.Meta(description="canonical name in Arabic, the same all over the article")] = ""
    name_en: str = ""
    country: Annotated[str | None, msgspec.Meta(description="ISO 3166 alpha-3, IGO, NGO or null")] = None
    entity_id: Annotated[str, msgspec.Meta(description="Wikidata id (Q…) or the gazetteer's own key, else empty")] = ""
    role: Annotated[str, msgspec.Meta(description="role code of the gazetteer or of the title in the text")] = ""
    role_from: Annotated[str, msgspec.Meta(description="YYYY-MM-DD since when the role was held, else empty")] = ""
    role_to: str = ""
    confidence: Probability = 1.0


class Actor(Span, kw_only=True):
    """A noun phrase that acts or is acted upon, and who that is."""

    name: str = ""
    country: str | None = None
    entity_id: str = ""
    role: str = ""


class Quote(Struct, kw_only=True):
    """Attributed speech."""

    quote_id: str = ""
    content: Span
    kind: QuoteKind
    cue: Span | None = None
    speaker: Span | None = None
    speaker_name: str | None = None
    speaker_country: str | None = None
    speaker_entity_id: str = ""
    speaker_role: str = ""
    resolution: Annotated[
        str,
        msgspec.Meta(description="how the speaker was found: named, title, pronoun, implied, carried or none"),
    ] = "none"
    confidence: Probability = 1.0


class Event(Struct, kw_only=True):
    """A mention of a diplomatic or conflict action, of one kind and in one phase."""

    event_id: str = ""
    kind: Annotated[str, msgspec.Meta(description="a kind of the ontology")]
    phase: Phase
    event_type: Annotated[str, msgspec.Meta(description="natural name of kind and phase: meeting_arranged")] = ""
    trigger: Span
    source: list[Actor] = []
    target: list[Actor] = []
    negated: bool = False
    quote_id: Annotated[str, msgspec.Meta(description="the quote it was said in, else empty")] = ""
    attributed_to: Annotated[str, msgspec.Meta(description="name of who said it, else empty")] = ""
    date: Annotated[str, msgspec.Meta(description="YYYY-MM-DD, else empty")] = ""
    date_span: Span | None = None
    date_resolution: Annotated[
        str, msgspec.Meta(description="explicit, weekday, relative, published (by default) or none")
    ] = "none"
    place: Span | None = None
    place_name: str = ""
    place_country: str | None = None
    plover: Annotated[str, msgspec.Meta(description="PLOVER event type")] = ""
    cameo: Annotated[str, msgspec.Meta(description="CAMEO root or sub code")] = ""
    found_by: Annotated[str, msgspec.Meta(description="rule id or model that found it")] = ""
    confidence: Probability = 1.0


class Signal(Struct, kw_only=True):
    """A labelled span with the probability that a head of the shared encoder gives it."""

    start: Offset
    end: Offset
    label: str
    score: Probability


class Link(Struct, kw_only=True):
    """A scored relation between two spans of the signals, each named by its start offset."""

    head: Offset
    tail: Offset
    label: str
    score: Probability


class Signals(Struct, kw_only=True):
    """What the shared encoder saw in its one pass, for the stages after ``ner`` to decode."""

    quotes: list[Signal] = []
    cues: list[Signal] = []
    speakers: list[Signal] = []
    triggers: list[Signal] = []
    phases: list[Signal] = []
    actors: list[Signal] = []
    links: list[Link] = []
