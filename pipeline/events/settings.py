"""Thresholds of the stage: ``pipeline/lexicon/events.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


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
    data = tomllib.loads((resources.files("pipeline.lexicon") / "events.toml").read_text(encoding="utf-8"))
    both, actor = data["encoder"], data["actor"]
    return Settings(
        event=data["event"],
        actor=actor["least"],
        actor_seen=both["actor"],
        trigger_weights=(both["own"], both["trigger"], both["offset"]),
        unlisted=both["unlisted"],
        phase_weight=both["phase"],
        link_weight=both["link"],
        link_middle=both["link_middle"],
        date_reach=data["date"]["reach"],
        fresh_sentences=data["date"]["fresh_sentences"],
        negation_reach=data["negation"]["reach"],
    )
