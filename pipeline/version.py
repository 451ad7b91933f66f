"""The version of a stage: a digest of its code and data, so that a change of either makes rows of their own."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE: Final = Path(__file__).resolve().parent
_READ: Final = frozenset({".py", ".toml", ".tsv", ".json", ".jsonl", ".sha256"})
"""Weights count through their checksum lists."""
DIGITS: Final = 12
LANGUAGE: Final = ("affixes.py", "lexicon", "script.py", "text.py")
"""What all stages know of the language."""


def package_digest(*names: str | Path) -> str:
    """Hash the files and folders of the package with these names (or full paths), the folders' content by name."""
    digest = hashlib.sha256()
    for name in names:
        for path in _files(PACKAGE / name):
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:DIGITS]


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    else:
        yield from (p for p in sorted(place.rglob("*")) if p.suffix in _READ and "__pycache__" not in p.parts)
