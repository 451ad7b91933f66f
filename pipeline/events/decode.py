"""From sentence views to drafts of events: which triggers count, in which phase, with which actors.

The log-linear models judge by the words around; where the shared encoder left its signals, both are added up as log
odds with the weights of ``pipeline/lexicon/events.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING, Final

from pipeline.checksums import verify
from pipeline.events.context import SURE
from pipeline.events.features_actor import Setting, actor_features, candidates
from pipeline.events.features_phase import governing_cue, phase_features
from pipeline.events.features_trigger import trigger_features
from pipeline.events.model import FOLDER, load_model
from pipeline.events.signals import FLOOR, logistic, logit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.events.context import SentenceView
    from pipeline.events.model import LinearModel
    from pipeline.events.phrases import Phrase
    from pipeline.events.settings import Settings
    from pipeline.events.signals import SignalIndex
    from pipeline.events.triggers import Match

CERTAIN: Final = 0.9
"""Confidence of an analyst's own trigger."""
ROLES: Final = ("source", "target")
MODELS: Final = ("trigger", "phase", "actor")
"""File names, in the order of the fields of :class:`Models`."""


@dataclass(frozen=True, slots=True)
class Models:
    """The three log-linear models: is it an event, in which phase, who acts."""

    trigger: LinearModel
    phase: LinearModel
    actor: LinearModel


@dataclass(slots=True)
class Draft:
    """An event before its actors are resolved."""

    match: Match
    phase: str
    confidence: float
    source: list[Phrase]
    target: list[Phrase]
    negated: bool = False


@lru_cache(maxsize=4)
def load_models(folder: Path = FOLDER) -> Models:
    """Read the three models' weights once.

    Raises:
        ModelMissingError: a file is not there.
        ModelChecksumError: a file is not the released one.
    """
    verify(folder)
    return Models(*(load_model(folder / f"{name}.json") for name in MODELS))


class Decoder:
    """Decodes the sentences of one document."""

    def __init__(self, models: Models, settings: Settings, signals: SignalIndex | None) -> None:
        """Take the document's signals, or None where no encoder ran."""
        self._models = models
        self._settings = settings
        self._signals = signals

    def drafts(self, view: SentenceView) -> list[Draft]:
        """The events of a sentence, at most one for each kind, phase and actors."""
        found = []
        for at, match in enumerate(view.matches):
            confidence = self.confidence(view, at)
            if confidence >= self._settings.least(match.trigger.kind):
                found.append(self._draft(view, match, confidence))
        for match, score in view.unlisted:
            found.append(self._draft(view, match, score))
        return merge(found)

    def confidence(self, view: SentenceView, at: int) -> float:
        """The probability that trigger ``at`` is an event of its kind."""
        match = view.matches[at]
        probability = self._models.trigger.scores(trigger_features(view, at))[1]
        if self._signals is not None:
            seen = self._signals.trigger(match.trigger.kind, match.start, match.end)
            own, encoder, offset = self._settings.trigger_weights
            probability = logistic(own * logit(probability) + encoder * logit(seen) + offset)
        return max(probability, CERTAIN) if match.trigger.certain else probability

    def _draft(self, view: SentenceView, match: Match, confidence: float) -> Draft:
        governor = governing_cue(view, match)
        setting = Setting(match, self._phase(view, match, governor), governor)
        roles = self._actors(view, setting)
        negated = is_negated(match, view.cues, self._settings.negation_reach)
        return Draft(match, setting.phase, confidence, roles["source"], roles["target"], negated=negated)

    def _phase(self, view: SentenceView, match: Match, governor: Match | None) -> str:
        """The phase of a trigger: of a sure cue that governs it (not negated), else its own, else the models'."""
        if governor is not None and governor.trigger.frame == SURE and not is_negated(governor, view.cues, 1):
            return governor.trigger.kind
        if match.trigger.phase:
            return match.trigger.phase
        model, signals = self._models.phase, self._signals
        scores = [log(max(s, FLOOR)) for s in model.scores(phase_features(view, match))]
        if signals is not None and signals.has_phases(match.start, match.end):
            weight = self._settings.phase_weight
            seen = [signals.phase(label, match.start, match.end) for label in model.labels]
            scores = [a + weight * log(max(b, FLOOR)) for a, b in zip(scores, seen, strict=True)]
        return model.labels[scores.index(max(scores))]

    def _actors(self, view: SentenceView, setting: Setting) -> dict[str, list[Phrase]]:
        """Label the noun phrases around a trigger from left to right."""
        least = self._settings.actor if self._signals is None else self._settings.actor_seen
        roles: dict[str, list[Phrase]] = {role: [] for role in ROLES}
        label = "none"
        for at in candidates(view, setting.match):
            if not view.is_second_nationality(at):
                scores = self._role_scores(view, setting, at, label)
                best = max(ROLES, key=lambda role: scores[role])
                label = best if scores[best] >= least else "none"
            if label != "none":
                roles[label].append(view.phrases[at])
        return roles

    def _role_scores(self, view: SentenceView, setting: Setting, at: int, before: str) -> dict[str, float]:
        """Log odds of each role for phrase ``at``; the encoder too often links the place of an event as its target."""
        model, phrase, match = self._models.actor, view.phrases[at], setting.match
        scores = dict(zip(model.labels, model.scores(actor_features(view, setting, at, before)), strict=True))
        odds = {role: logit(scores[role]) for role in ROLES}
        located = phrase.label == "LOC" and view.is_located(phrase)
        if self._signals is not None and not located:
            for role in ROLES:
                seen = self._signals.link(role, (match.start, match.end), (phrase.start, phrase.end))
                odds[role] += self._settings.link_weight * (logit(seen) - self._settings.link_middle)
        return odds


def is_negated(match: Match, cues: Sequence[Match], reach: int) -> bool:
    """Whether a negating particle stands before the trigger and no refusal (that is a phase) between them."""
    left = [c for c in cues if c.last < match.first and match.first - c.last <= reach]
    return any(c.trigger.kind == "negation" for c in left) and not any(c.trigger.kind == "rejected" for c in left)


def merge(drafts: list[Draft]) -> list[Draft]:
    """Keep the surest of drafts of one kind and phase with the same actors, or without any."""
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda d: (not (d.source or d.target), -d.confidence, d.match.start)):
        if not any(_same(draft, other) for other in kept):
            kept.append(draft)
    return sorted(kept, key=lambda d: (d.match.start, d.match.trigger.kind))


def _same(draft: Draft, other: Draft) -> bool:
    if (draft.match.trigger.kind, draft.phase) != (other.match.trigger.kind, other.phase):
        return False
    return not (draft.source or draft.target) or (draft.source == other.source and draft.target == other.target)
