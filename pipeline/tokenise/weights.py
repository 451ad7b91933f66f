"""The model files that ship with the package: found, and checked against their released checksums."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from schemas.errors import ModelChecksumError, ModelMissingError

FOLDER: Final = Path(__file__).resolve().parent.parent / "models" / "tokeniser"
NETWORK: Final = "tokenizer.pt"
LEXICON: Final = "forms.tsv.xz"
RANKER: Final = "ranker.npz"
CHECKSUMS: Final = "checksums.sha256"
_RETRAIN: Final = "reinstall khabar, or train it with `python -m pipeline.training tokeniser`"


def verified(folder: Path = FOLDER) -> str:
    """Check every file that the checksum list names, and return the list's own short digest: the models' version.

    Raises:
        ModelMissingError: a file, or the list itself, is not there.
        ModelChecksumError: a file is not the one that was released.
    """
    try:
        listed = (folder / CHECKSUMS).read_bytes()
        for line in listed.decode("ascii").splitlines():
            expected, name = line.split(maxsplit=1)
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
                msg = f"the tokeniser's {name} in {folder} is not the released file; {_RETRAIN}"
                raise ModelChecksumError(msg)
    except FileNotFoundError as error:
        msg = f"the tokeniser's model file {error.filename} is not there; {_RETRAIN}"
        raise ModelMissingError(msg) from error
    return hashlib.sha256(listed).hexdigest()[:12]


def write_checksums(folder: Path) -> None:
    """List the three model files of the folder in sha256sum's form."""
    names = sorted((NETWORK, LEXICON, RANKER))
    lines = (f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (folder / CHECKSUMS).write_text("".join(lines), encoding="ascii")
