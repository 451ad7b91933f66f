"""Tables on the screen, Arabic columns aligned to the right."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TextIO

from agents.cli.terminal import AS_SENT, BY_TERMINAL, Bidi, choose_bidi, displayed, is_right_to_left, plain, width, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

NARROWEST: Final = 8
"""No column is squeezed below this many cells while a wider one is left."""
BORDERS: Final = 3
"""Cells that a column needs besides its text: padding and a line."""
WIDEST: Final = 1000
"""Cells; more than any screen has."""
MARKS: Final = 3
"""Characters that may share a cell: a letter and two vowel marks."""
MAX_LINES: Final = 6
"""A cell is cut after this many lines: a table is for an overview."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a table goes: the stream, its width (None: as wide as the text) and who reorders right-to-left text."""

    stream: TextIO
    columns: int | None
    bidi: Bidi

    @classmethod
    def of(cls, bidi: str = "auto", stream: TextIO | None = None) -> Screen:
        """Look at ``stream`` (stdout); ``bidi`` is the setting of that name."""
        out = stream or sys.stdout
        columns = shutil.get_terminal_size().columns if out.isatty() else None
        return cls(out, columns, choose_bidi(bidi, is_terminal=out.isatty()))


def print_table(
    headers: Sequence[str], rows: Sequence[Sequence[object]], screen: Screen | None = None, *, title: str = ""
) -> None:
    """Print a table on ``screen`` (stdout).

    On a terminal it fits the screen; elsewhere it is as wide as its text, in logical order, without escape codes.
    """
    from rich.console import Console

    where = screen or Screen.of()
    table = layout(headers, rows, where.bidi, where.columns, title=title)
    natural = sum(column.width or 0 for column in table.columns) + BORDERS * len(headers) + 1
    console = Console(file=where.stream, width=max(where.columns or natural, len(title)), legacy_windows=False)
    reordered = where.bidi == "khabar" and where.stream.isatty()
    where.stream.write(AS_SENT if reordered else "")
    console.print(table, crop=False, overflow="ignore", soft_wrap=where.columns is None)
    where.stream.write(BY_TERMINAL if reordered else "")
    where.stream.flush()


def layout(
    headers: Sequence[str], rows: Sequence[Sequence[object]], bidi: Bidi, screen: int | None, *, title: str = ""
) -> Table:
    """Build rich's table of cells that are already cut to their width and in the order that the screen needs."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    cells = [[cell_text(value) for value in row] for row in rows]
    widths = _fit([_natural(column, bidi) for column in _columns(headers, cells)], screen)
    table = Table(box=box.ROUNDED, title=Text(displayed(title, bidi)) if title else None, show_lines=False)
    for index, header in enumerate(headers):
        right = _is_right_aligned([row[index] for row in rows])
        table.add_column(
            Text(_fill(header, widths[index], bidi)), justify="right" if right else "left", width=widths[index]
        )
    for row in cells:
        table.add_row(*[Text(_fill(text, widths[i], bidi)) for i, text in enumerate(row)])
    return table


def cell_text(value: object) -> str:
    """A value of ClickHouse or Python as one line of text."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{cell_text(key)}={cell_text(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ("، " if _has_arabic(value) else ", ").join(map(cell_text, value))
    return _scalar_text(value)


def _scalar_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds").removesuffix("+00:00")
    return value.isoformat() if isinstance(value, date) else plain(str(value))


def _has_arabic(values: Sequence[object]) -> bool:
    return any(isinstance(value, str) and is_right_to_left(value) for value in values)


def _columns(headers: Sequence[str], cells: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[header, *(row[index] for row in cells)] for index, header in enumerate(headers)]


def _natural(column: Sequence[str], bidi: Bidi) -> int:
    # What is wider than any screen need not be measured to the cell.
    return max(width(text, bidi) if len(text) < WIDEST else len(text) for text in column)


def _fit(natural: list[int], screen: int | None) -> list[int]:
    """Take from the widest columns until all fit the screen."""
    widths = [max(1, wanted) for wanted in natural]
    if screen is None:
        return widths
    room = screen - BORDERS * len(widths) - 1
    while sum(widths) > room and max(widths) > NARROWEST:
        widest = widths.index(max(widths))
        widths[widest] -= 1
    return widths


def _fill(text: str, columns: int, bidi: Bidi) -> str:
    lines = wrap(text[: MARKS * columns * (MAX_LINES + 1)], columns, bidi) if columns < WIDEST else [text]
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - 1], "…"]
    direction = is_right_to_left(text)
    return "\n".join(displayed(line, bidi, right_to_left=direction) for line in lines)


def _is_right_aligned(values: Sequence[Any]) -> bool:
    """Numbers, and columns of which most cells are Arabic."""
    given = [value for value in values if value not in (None, "", [], ())]
    if given and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in given):
        return True
    arabic = sum(is_right_to_left(cell_text(value)) for value in given)
    return bool(given) and arabic * 2 >= len(given)
