"""All NLP stages in one process: what ``khabar analyse`` runs, and the stream does stage by stage."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.stage import NlpModels, Stage
    from schemas.document import Document

STAGE_NAMES: Final = ("tokenise", "ner", "quotes", "events")
"""In the order in which they run; each is the package of that name in ``pipeline``."""
_LAYERS: Final = ("sentences", "entities", "quotes", "events")


def load_stage(name: str, models: NlpModels = "khabar", threads: int = 1) -> Stage:
    """Load one stage; its package, and what that needs, is imported only now.

    Raises:
        ValueError: there is no NLP stage of that name.
        ModelError: its models cannot be used; the message says what to do.
    """
    if name not in STAGE_NAMES:
        msg = f"there is no NLP stage {name!r}; the stages are {', '.join(STAGE_NAMES)}"
        raise ValueError(msg)
    return cast("Stage", import_module(f"pipeline.{name}").load(models=models, threads=threads))


def load_stages(models: NlpModels = "khabar", threads: int = 1) -> list[Stage]:
    """Load all NLP stages in the order in which they run; raises what :func:`load_stage` does."""
    return [load_stage(name, models, threads) for name in STAGE_NAMES]


def analyse(documents: Iterable[Document], stages: Sequence[Stage]) -> list[Document]:
    """Run the stages, in order, over the documents; the same annotations as the stream gives."""
    annotated = list(documents)
    for stage in stages:
        annotated = stage(annotated)
    return annotated


def to_output(document: Document) -> dict[str, Any]:
    """The JSON form that ``khabar analyse`` prints: the guide's fields and ours, offsets into ``document.text``."""
    head = {
        "id": document.id,
        "revision": document.revision,
        "source": document.source,
        "published_at": document.published_at,
    }
    layers = {name: msgspec.to_builtins(getattr(document, name)) for name in _LAYERS}
    return head | layers | {"versions": dict(document.versions)}
