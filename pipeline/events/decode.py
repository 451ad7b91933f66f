"""From sentence views to drafts of events: which triggers count, in which phase, with which actors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pipeline.events.context import SURE
from pipeline.events.features_actor import actor_features, candidates
from pipeline.events.features_trigger import governing_cue, phase_features, trigger_features
from pipeline.events.model import load_model

CERTAIN: Final = 0.9
"""Confidence of an analyst's own trigger."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.events.context import SentenceView
    from pipeline.events.model import LinearModel
    from pipeline.events.phrases import Phrase
    from pipeline.events.settings import Settings
    from pipeline.events.triggers import Match


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


def decode(view: SentenceView, models: Models, settings: Settings) -> list[Draft]:
    """The events of a sentence, at most one for each kind, phase and actors."""
    drafts = []
    for at, match in enumerate(view.matches):
        confidence = models.trigger.scores(trigger_features(view, at))[1]
        if match.trigger.certain:
            confidence = max(confidence, CERTAIN)
        if confidence < settings.least(match.trigger.kind):
            continue
        phase = phase_of(view, at, models.phase)
        roles = assign_actors(view, match, phase, models.actor, settings.actor)
        negated = is_negated(match, view.cues, settings.negation_reach)
        drafts.append(Draft(match, phase, confidence, roles["source"], roles["target"], negated=negated))
    return merge(drafts)


def phase_of(view: SentenceView, at: int, model: LinearModel) -> str:
    """The phase of a trigger: that of a sure cue which governs it and is not negated, else the model's."""
    governor = governing_cue(view, view.matches[at])
    if governor is not None and governor.trigger.frame == SURE and not is_negated(governor, view.cues, 1):
        return governor.trigger.kind
    scores = model.scores(phase_features(view, at))
    return model.labels[scores.index(max(scores))]


def assign_actors(
    view: SentenceView, match: Match, phase: str, model: LinearModel, threshold: float
) -> dict[str, list[Phrase]]:
    """Label the noun phrases around a trigger from left to right."""
    roles: dict[str, list[Phrase]] = {"source": [], "target": []}
    label = "none"
    for at in candidates(view, match):
        scores = dict(zip(model.labels, model.scores(actor_features(view, match, at, phase, label)), strict=True))
        best = max(roles, key=lambda role: scores[role])
        label = best if scores[best] >= threshold else "none"
        if label != "none":
            roles[label].append(view.phrases[at])
    return roles


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


def is_negated(match: Match, cues: Sequence[Match], reach: int) -> bool:
    """Whether a negating particle stands before the trigger and no refusal (that is a phase) between them."""
    left = [c for c in cues if c.last < match.first and match.first - c.last <= reach]
    return any(c.trigger.kind == "negation" for c in left) and not any(c.trigger.kind == "rejected" for c in left)


@lru_cache(maxsize=1)
def load_models() -> Models:
    """Read the three models' weights once."""
    return Models(load_model("trigger"), load_model("phase"), load_model("actor"))
