"""Builds the Stanza pipeline of either family of models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pipeline.nlp.hub import published, require_stanza
from pipeline.tokenise.weights import FOLDER, verified

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.stage import NlpModels

PROCESSORS: Final = "tokenize,mwt"
"""Of Stanza's published models."""


def build(models: NlpModels, threads: int) -> tuple[Any, str]:
    """A ``stanza.Pipeline`` that tokenises and expands, and the version of its models.

    Raises:
        ModelMissingError: Stanza, or the models asked for, are not installed.
        ModelChecksumError: a file of Khabar's own models is not the released one.
    """
    require_stanza(threads)
    return published(PROCESSORS, threads) if models == "stanza" else own(FOLDER)


def own(folder: Path) -> tuple[Any, str]:
    """The pipeline of Khabar's models in a folder, and their version; raises what :func:`build` does."""
    version = verified(folder)
    from stanza import Pipeline

    from pipeline.tokenise.variants import load_models

    readings, network = load_models(folder)
    pipeline = Pipeline(
        "ar",
        dir=str(folder),
        processors={"tokenize": "khabar", "mwt": "khabar"},
        download_method=None,
        allow_unknown_language=True,
        logging_level="ERROR",
        use_gpu=False,
        tokenize_with_khabar=True,
        tokenize_readings=readings,
        tokenize_network=network,
        mwt_with_khabar=True,
        mwt_readings=readings,
    )
    return pipeline, f"khabar-{version}"
