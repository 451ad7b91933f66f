"""Thresholds of the stage: ``pipeline/lexicon/events.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pipeline.lexicon.tables import read


@dataclass(frozen=True, slots=True)
class Settings:
    """Least probabilities and reaches in tokens."""

    event: dict[str, float]
    """By kind, and ``default``."""
    actor: float
    """Least log odds of a role where no encoder left its links, and where it did."""
    actor_seen: float
    trigger_weights: tuple[float, float, float]
    """Log odds of an event: weight of the words around, weight of the encoder, offset."""
    unlisted: float
    """Least score of a trigger that only the encoder knows."""
    phase_weight: float
    link_weight: float
    link_middle: float
    date_reach: int
    fresh_sentences: int
    negation_reach: int

    def least(self, kind: str) -> float:
        """The least probability at which a trigger of the kind is an event."""
        return self.event.get(kind, self.event["default"])


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """Read the file once."""
    data = read("events.toml")
    event, both, date = data.table("event"), data.table("encoder"), data.table("date")
    return Settings(
        event={kind: event.amount(kind) for kind in event},
        actor=data.table("actor").amount("least"),
        actor_seen=both.amount("actor"),
        trigger_weights=(both.amount("own"), both.amount("trigger"), both.amount("offset")),
        unlisted=both.amount("unlisted"),
        phase_weight=both.amount("phase"),
        link_weight=both.amount("link"),
        link_middle=both.amount("link_middle"),
        date_reach=date.number("reach"),
        fresh_sentences=date.number("fresh_sentences"),
        negation_reach=data.table("negation").number("reach"),
    )
