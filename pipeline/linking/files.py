"""Reading of the gazetteer's tab-separated files."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Row(dict[str, str]):
    """A line by column name; a column that the file lacks reads as empty."""

    def __missing__(self, column: str) -> str:
        """Give the empty text for an absent column."""
        return ""

    def several(self, column: str, separator: str = "|") -> tuple[str, ...]:
        """Split a column that holds several values."""
        return tuple(part.strip() for part in self[column].split(separator) if part.strip())


def package_rows(name: str) -> Iterator[Row]:
    """Read a file of the package's gazetteer."""
    return parse((files("pipeline.lexicon") / "gazetteer" / name).read_text(encoding="utf-8"), name)


def read_rows(path: Path) -> Iterator[Row]:
    """Read a file of an analyst; raises :class:`ConfigurationError` when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"the gazetteer file {path} cannot be read as UTF-8: {error}"
        raise ConfigurationError(msg) from error
    return parse(text, str(path))


def parse(text: str, name: str) -> Iterator[Row]:
    """Parse tab-separated lines under a header; # begins a comment line.

    Raises:
        ConfigurationError: a line has more columns than the header.
    """
    header: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if not header:
            header = cells
        elif len(cells) > len(header):
            msg = f"{name}, line {number}: {len(cells)} columns, but the header names {len(header)}; separate by tabs"
            raise ConfigurationError(msg)
        else:
            yield Row(zip(header, cells, strict=False))
