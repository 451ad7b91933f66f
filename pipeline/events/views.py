"""Build the sentence views of a document: tokens, triggers, phase cues and noun phrases."""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from pipeline.events.context import SentenceView
from pipeline.events.lexicon import Lexicon, add_trigger, load_lexicon
from pipeline.events.nouns import NounWords, noun_words
from pipeline.events.phrases import phrases_of
from pipeline.events.tokens import tokens_of
from pipeline.events.triggers import TriggerFinder

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.annotations import Entity, Quote, Sentence
    from schemas.document import Document


@dataclass(frozen=True, slots=True)
class Finders:
    """The lexicons, ready to search."""

    triggers: TriggerFinder
    cues: TriggerFinder
    nouns: NounWords


@lru_cache(maxsize=4)
def load_finders(extra: Path | None = None) -> Finders:
    """Read all lexicons once; ``extra`` is a directory with an analyst's own trigger files."""
    return Finders(TriggerFinder(load_lexicon(extra)), TriggerFinder(_cue_lexicon()), noun_words())


def _cue_lexicon() -> Lexicon:
    """The phase cues, as a lexicon whose kinds are the phases (and ``negation``, ``hypothesis``)."""
    path = resources.files("pipeline.lexicon") / "phases.toml"
    lexicon = Lexicon()
    for phase, lists in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for key, unit in (("verbs", "verb"), ("nouns", "noun"), ("words", "noun")):
            for pattern in lists.get(key, []):
                add_trigger(lexicon, path.name, phase, {unit: pattern})
    return lexicon.build()


def views_of(document: Document, finders: Finders) -> list[SentenceView]:
    """One view a sentence, in order."""
    text = document.text
    entities = sorted(document.entities, key=lambda e: (e.start, e.end))
    starts = [e.start for e in entities]
    quotes = sorted(document.quotes, key=lambda q: q.content.start)
    views = []
    for index, sentence in enumerate(document.sentences):
        inside = entities[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        views.append(_view(text, index, sentence, inside, quotes, finders))
    return views


def _view(
    text: str, index: int, sentence: Sentence, entities: list[Entity], quotes: list[Quote], finders: Finders
) -> SentenceView:
    tokens = tokens_of(text, sentence)
    touching = [q for q in quotes if q.content.start < sentence.end and sentence.start < q.content.end]
    view = SentenceView(
        index, tokens, finders.triggers.find(tokens), phrases_of(tokens, entities, finders.nouns), touching
    )
    if view.matches:
        view.cues = finders.cues.find(tokens)
        view.cue_phases = {c.first: c.trigger.kind for c in view.cues}
    return view
