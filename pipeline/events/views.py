"""Build the sentence views of a document: tokens, triggers, phase cues and noun phrases."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pipeline.events.context import SURE, SentenceView
from pipeline.events.lexicon import Lexicon, add_trigger, load_lexicon
from pipeline.events.nouns import NounWords, noun_words
from pipeline.events.ontology import load_ontology
from pipeline.events.phrases import PhraseFinder
from pipeline.events.tokens import tokens_of
from pipeline.events.triggers import TriggerFinder
from pipeline.lexicon.tables import read

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.events.tokens import Token
    from schemas.annotations import Entity, Quote
    from schemas.document import Document


PHASES: Final = "phases.toml"
"""The file of the phase cues."""
LIGHT: Final = "light"
"""Section of the cue file with the nouns that only carry the act that follows (عقد لقاء)."""


@dataclass(frozen=True, slots=True)
class Finders:
    """The lexicons, ready to search."""

    triggers: TriggerFinder
    cues: TriggerFinder
    nouns: NounWords
    phases: frozenset[str]


@lru_cache(maxsize=4)
def load_finders(extra: Path | None = None) -> Finders:
    """Read all lexicons once; ``extra`` is a directory with an analyst's own trigger files."""
    return Finders(
        TriggerFinder(load_lexicon(extra)),
        TriggerFinder(_cue_lexicon()),
        noun_words(),
        frozenset(load_ontology(extra).phases),
    )


def _cue_lexicon() -> Lexicon:
    """The phase cues, as a lexicon whose kinds are the phases (and ``negation``, ``hypothesis``)."""
    lexicon, data = Lexicon(), read(PHASES)
    for phase in data:
        lists = data.table(phase)
        for key, unit in (("verbs", "verb"), ("nouns", "noun"), ("words", "noun")):
            for pattern in lists.texts(key) if key in lists else ():
                add_trigger(lexicon, PHASES, phase, {unit: pattern})
            for pattern in lists.texts(f"sure_{key}") if f"sure_{key}" in lists else ():
                add_trigger(lexicon, PHASES, phase, {unit: pattern, "frame": SURE})
    return lexicon.build()


def views_of(document: Document, finders: Finders) -> list[SentenceView]:
    """One view a sentence, in order."""
    text, sentences = document.text, document.sentences
    entities = sorted(document.entities, key=lambda e: (e.start, e.end))
    starts = [e.start for e in entities]
    quotes = _quotes_by_sentence(document)
    views = []
    for index, sentence in enumerate(sentences):
        inside = entities[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        view = _view(index, tokens_of(text, sentence), inside, finders)
        view.quotes = quotes[index]
        views.append(view)
    return views


def _quotes_by_sentence(document: Document) -> list[list[Quote]]:
    """For each sentence the quotes whose content touches it."""
    starts = [s.start for s in document.sentences]
    found: list[list[Quote]] = [[] for _ in starts]
    for quote in document.quotes:
        first = max(bisect_left(starts, quote.content.start + 1) - 1, 0)
        for index in range(first, bisect_left(starts, quote.content.end)):
            found[index].append(quote)
    return found


def _view(index: int, tokens: list[Token], entities: list[Entity], finders: Finders) -> SentenceView:
    matches = finders.triggers.find(tokens)
    triggered = {i for m in matches for i in (*range(m.first, m.anchor + 1), m.last)}
    view = SentenceView(index, tokens, matches, PhraseFinder(tokens, entities, finders.nouns, triggered).find())
    if matches:
        prepare(view, finders)
    return view


def prepare(view: SentenceView, finders: Finders) -> None:
    """Look up the phase cues; only sentences with a trigger need them."""
    cues = finders.cues.find(view.tokens)
    view.cues = [c for c in cues if c.trigger.kind != LIGHT]
    view.in_phrase = {i for p in view.phrases for i in range(p.first, p.last + 1)}
    view.light = {c.first for c in cues if c.trigger.kind == LIGHT}
    view.cue_at = {c.last: c for c in reversed(view.cues) if c.trigger.kind in finders.phases}
    view.cue_phases = {c.first: c.trigger.kind for c in view.cues}
