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
    date, negation = data["date"], data["negation"]
    return Settings(data["event"], data["actor"]["least"], date["reach"], date["fresh_sentences"], negation["reach"])
