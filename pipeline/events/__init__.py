"""The ``events`` stage: diplomatic and conflict events, typed, dated, with actors.

A lexicon of triggers (pipeline/lexicon/triggers) proposes, three log-linear models over named features decide whether
a trigger is an event, in which phase and with which actors, and data files give names and codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.events.stage import EventsStage

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.stage import NlpModels

__all__ = ["EventsStage", "load"]


def load(models: NlpModels = "khabar", threads: int = 1, extra: Path | None = None) -> EventsStage:
    """Load the stage.

    Args:
        models: which models annotated the earlier layers; this stage reads both alike.
        threads: kept for the common interface; the stage runs on one core.
        extra: a directory with an analyst's own ``ontology.toml`` and ``triggers/*.toml`` (docs/ontology.md).

    Raises:
        ConfigurationError: a data file is malformed.
    """
    del models, threads
    return EventsStage(extra)
