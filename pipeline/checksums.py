"""Model files: found, and checked against their released checksums."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from schemas.errors import ModelChecksumError, ModelMissingError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CHECKSUMS: Final = "checksums.sha256"
"""The list, in sha256sum's form."""
_REMEDY: Final = "reinstall khabar, or train it as its model card (CARD.md) says"


def verify(folder: Path) -> str:
    """Check every file that the folder's list names; return the list's own short digest: the model's version.

    Raises:
        ModelMissingError: a file, or the list itself, is not there.
        ModelChecksumError: a file is not the one that was released.
    """
    try:
        listed = (folder / CHECKSUMS).read_bytes()
        for line in listed.decode("ascii").splitlines():
            expected, name = line.split(maxsplit=1)
            if _digest(folder / name) != expected:
                msg = f"the {folder.name} model's {name} in {folder} is not the released file; {_REMEDY}"
                raise ModelChecksumError(msg)
    except FileNotFoundError as error:
        msg = f"the {folder.name} model's file {error.filename} is not there; {_REMEDY}"
        raise ModelMissingError(msg) from error
    return hashlib.sha256(listed).hexdigest()[:12]


def write_list(folder: Path, names: Iterable[str]) -> None:
    """List the named files of the folder."""
    lines = (f"{_digest(folder / name)}  {name}\n" for name in names)
    (folder / CHECKSUMS).write_text("".join(lines), encoding="ascii")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
