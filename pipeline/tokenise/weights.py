"""The tokeniser's files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline.checksums import CHECKSUMS, verify, write_list

__all__ = ["CHECKSUMS", "FOLDER", "LEXICON", "NETWORK", "RANKER", "verified", "write_checksums"]

FOLDER: Final = Path(__file__).resolve().parent.parent / "models" / "tokeniser"
NETWORK: Final = "tokenizer.pt"
LEXICON: Final = "forms.tsv.xz"
RANKER: Final = "ranker.npz"


def verified(folder: Path = FOLDER) -> str:
    """Check the files and return the models' version; raises ModelMissingError or ModelChecksumError."""
    return verify(folder)


def write_checksums(folder: Path) -> None:
    """List the three model files of the folder."""
    write_list(folder, sorted((NETWORK, LEXICON, RANKER)))
