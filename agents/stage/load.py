"""From a stage's name to its work: the pipeline's stage, or the sink."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Final, cast

from agents.stage.annotate import Annotate
from pipeline.analyse import load_stage
from schemas.errors import ConfigurationError
from schemas.topics import STAGES, StageSpec

if TYPE_CHECKING:
    from agents.metrics import Health
    from agents.settings import Settings
    from agents.stage.records import Work
    from pipeline.stage import Stage

FACTORY_VARIABLE: Final = "KHABAR_STAGE_FACTORY"
"""``module:function``, (name, settings) -> Stage: makes the NLP stages instead of ``pipeline``, for the fault tests."""


def find_stage(name: str) -> StageSpec:
    """The stage of that name; raises :class:`ConfigurationError` with the names there are."""
    for spec in STAGES:
        if spec.name == name:
            return spec
    msg = f"there is no stage {name!r}; the stages are {', '.join(spec.name for spec in STAGES)}"
    raise ConfigurationError(msg)


def load_work(spec: StageSpec, settings: Settings, health: Health) -> Work:
    """Load models (slow) or get ready to insert; raises :class:`~schemas.errors.ModelError`."""
    if spec.writes is None:
        from agents.sink.work import Sink

        return Sink(settings, health)
    return Annotate(spec, _load_stage(spec, settings), settings.worker_attempts)


def _load_stage(spec: StageSpec, settings: Settings) -> Stage:
    if factory := os.environ.get(FACTORY_VARIABLE):
        module, _, function = factory.partition(":")
        return cast("Stage", getattr(importlib.import_module(module), function)(spec.name, settings))
    return load_stage(spec.name, settings.nlp_models, settings.nlp_threads)
