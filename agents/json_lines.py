"""Lines of JSON from files, gzip files and standard input, each with the place that an error can name."""

from __future__ import annotations

import gzip
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

STDIN: Final = "-"


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its line break."""

    file: str
    number: int
    data: bytes

    @property
    def place(self) -> str:
        """``file:number``, as editors understand it."""
        return f"{self.file}:{self.number}"


def read_lines(paths: Sequence[str], advance: Callable[[int], None] = lambda _: None) -> Iterator[Line]:
    """Read files in order; ``-`` is standard input, ``.gz`` is unpacked, empty lines are left out.

    ``advance`` is told how many bytes of the files (packed, where they are) have been read since the last call.

    Raises:
        ConfigurationError: a file cannot be read.
    """
    for path in paths:
        try:
            yield from _read_stdin() if path == STDIN else _read_file(path, advance)
        except (OSError, EOFError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            msg = f"{path} cannot be read: {reason}"
            raise ConfigurationError(msg) from error


def total_bytes(paths: Sequence[str]) -> int | None:
    """Size of the files as they lie on the disk; None when one of them has no size."""
    try:
        return sum(Path(path).stat().st_size for path in paths) if STDIN not in paths else None
    except OSError:
        return None


def _read_stdin() -> Iterator[Line]:
    yield from _numbered("<stdin>", sys.stdin.buffer)


def _read_file(path: str, advance: Callable[[int], None]) -> Iterator[Line]:
    with Path(path).open("rb") as raw:
        done = 0
        for line in _numbered(path, _unpacked(path, raw)):
            yield line
            position = raw.tell()
            advance(position - done)
            done = position


def _unpacked(path: str, raw: BinaryIO) -> Iterable[bytes]:
    return gzip.GzipFile(fileobj=raw) if path.endswith(".gz") else raw


def _numbered(name: str, stream: Iterable[bytes]) -> Iterator[Line]:
    for number, data in enumerate(stream, 1):
        stripped = data.rstrip(b"\r\n")
        if stripped.strip():
            yield Line(name, number, stripped)
