"""The encoder's files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline.checksums import CHECKSUMS, verify, write_list

__all__ = ["CHECKSUMS", "FOLDER", "LABELS", "NETWORK", "TOKENIZER", "verified", "write_checksums"]

FOLDER: Final = Path(__file__).resolve().parent.parent / "models" / "encoder"
NETWORK: Final = "encoder.onnx"
TOKENIZER: Final = "tokenizer.json"
LABELS: Final = "labels.json"


def verified(folder: Path = FOLDER) -> str:
    """Check the files and return the model's version; raises ModelMissingError or ModelChecksumError."""
    return verify(folder)


def write_checksums(folder: Path) -> None:
    """List the files of the model."""
    write_list(folder, (NETWORK, LABELS, TOKENIZER))
