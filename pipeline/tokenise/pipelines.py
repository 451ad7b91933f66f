"""Builds the Stanza pipeline of either family of models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.tokenise.weights import FOLDER, verified
from schemas.errors import ModelMissingError

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.stage import NlpModels


def build(models: NlpModels, threads: int) -> tuple[Any, str]:
    """A ``stanza.Pipeline`` that tokenises and expands, and the version of its models.

    Raises:
        ModelMissingError: Stanza, or the models asked for, are not installed.
        ModelChecksumError: a file of Khabar's own models is not the released one.
    """
    try:
        import stanza  # noqa: F401 (is it there?)
        import torch
    except ImportError as error:
        msg = "Stanza is not installed; `pip install khabar` brings it, and torch"
        raise ModelMissingError(msg) from error
    torch.set_num_threads(threads)
    return own(FOLDER) if models == "khabar" else published()


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


def published(folder: Path | None = None) -> tuple[Any, str]:
    """The pipeline of Stanza's published models, in Stanza's own resources folder or another.

    Raises:
        ModelMissingError: they were not downloaded; nothing is fetched here.
    """
    import stanza
    from stanza.resources.common import DEFAULT_MODEL_DIR

    try:
        pipeline = stanza.Pipeline(
            "ar",
            dir=str(folder or DEFAULT_MODEL_DIR),
            processors="tokenize,mwt",
            download_method=None,
            logging_level="ERROR",
            use_gpu=False,
        )
    except (OSError, ValueError) as error:
        msg = (
            "Stanza's published Arabic models are not installed; run "
            "`python -c \"import stanza; stanza.download('ar', processors='tokenize,mwt')\"` where the hub can be "
            "reached (STANZA_RESOURCES_DIR names another folder), or set KHABAR_NLP_MODELS=khabar"
        )
        raise ModelMissingError(msg) from error
    return pipeline, f"stanza-{stanza.__version__}"
