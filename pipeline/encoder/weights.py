"""The encoder's files: found, and checked against their released checksums."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from schemas.errors import ModelChecksumError, ModelMissingError

FOLDER: Final = Path(__file__).resolve().parent.parent / "models" / "encoder"
NETWORK: Final = "encoder.onnx"
TOKENIZER: Final = "tokenizer.json"
LABELS: Final = "labels.json"
CHECKSUMS: Final = "checksums.sha256"
_REMEDY: Final = "reinstall khabar, or train it as its model card (CARD.md) says"


def verified(folder: Path = FOLDER) -> str:
    """Check every file that the checksum list names, and return the list's own short digest: the model's version.

    Raises:
        ModelMissingError: a file, or the list itself, is not there.
        ModelChecksumError: a file is not the one that was released.
    """
    try:
        listed = (folder / CHECKSUMS).read_bytes()
        for line in listed.decode("ascii").splitlines():
            expected, name = line.split(maxsplit=1)
            if _digest(folder / name) != expected:
                msg = f"the encoder's {name} in {folder} is not the released file; {_REMEDY}"
                raise ModelChecksumError(msg)
    except FileNotFoundError as error:
        msg = f"the encoder's file {error.filename} is not there; {_REMEDY}"
        raise ModelMissingError(msg) from error
    return hashlib.sha256(listed).hexdigest()[:12]


def write_checksums(folder: Path) -> None:
    """List the files of the model in sha256sum's form."""
    lines = (f"{_digest(folder / name)}  {name}\n" for name in (NETWORK, LABELS, TOKENIZER))
    (folder / CHECKSUMS).write_text("".join(lines), encoding="ascii")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
