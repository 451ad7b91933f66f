"""Stanza's published Arabic models: loaded from where they were downloaded, or an error that says how to get them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from schemas.errors import ModelMissingError

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGE: Final = "ar"
PROCESSORS: Final = "tokenize,mwt,pos,ner"
"""What the stages use, all of it."""
DOWNLOAD: Final = f"python -c \"import stanza; stanza.download('{LANGUAGE}', processors='{PROCESSORS}')\""
DIGITS: Final = 12


def require_stanza(threads: int) -> None:
    """Import Stanza and torch, which then uses ``threads`` threads.

    Raises:
        ModelMissingError: one of them is not installed.
    """
    try:
        import stanza  # noqa: F401 (is it there?)
        import torch
    except ImportError as error:
        msg = "Stanza is not installed; `pip install khabar` brings it, and torch"
        raise ModelMissingError(msg) from error
    torch.set_num_threads(threads)


def published(processors: str, threads: int = 1, folder: Path | None = None, **options: object) -> tuple[Any, str]:
    """A pipeline of the published models and their version; nothing is fetched here.

    Args:
        processors: Stanza's names, with commas.
        threads: of torch.
        folder: where the models are; default: Stanza's own folder, or that of STANZA_RESOURCES_DIR.
        options: more options of ``stanza.Pipeline``.

    Raises:
        ModelMissingError: Stanza or the models are not installed.
    """
    require_stanza(threads)
    import stanza
    from stanza.resources.common import DEFAULT_MODEL_DIR

    place = str(folder or DEFAULT_MODEL_DIR)
    try:
        pipeline = stanza.Pipeline(
            LANGUAGE,
            dir=place,
            processors=processors,
            download_method=None,
            logging_level="ERROR",
            use_gpu=False,
            **options,
        )
    except (OSError, ValueError, TypeError) as error:  # TypeError: Stanza 1.15 trips over its own report of a lost file
        msg = (
            f"Stanza's published Arabic models are not in {place}; run `{DOWNLOAD}` where the hub can be reached "
            "(STANZA_RESOURCES_DIR names another folder), or set KHABAR_NLP_MODELS=khabar"
        )
        raise ModelMissingError(msg) from error
    return pipeline, f"stanza-{stanza.__version__}-{_digest(pipeline)}"


def _digest(pipeline: Any) -> str:  # noqa: ANN401 (Stanza has no types)
    """Which files these are, by the checksums of Stanza's own list: another release is another version."""
    from stanza.resources.common import load_resources_json

    listed = load_resources_json(pipeline.dir)[LANGUAGE]
    digest = hashlib.sha256()
    for processor, packages in pipeline.load_list:
        for package in packages:
            digest.update(f"{processor} {package.package} {listed[processor][package.package]['md5']}\n".encode())
    return digest.hexdigest()[:DIGITS]
