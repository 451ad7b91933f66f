"""A progress bar on stderr, where that is a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


@contextmanager
def progress_bar(files: Sequence[str], done: str) -> Iterator[tuple[Callable[[int], None], Callable[[int], None]]]:
    """Two functions: one is told the bytes read since its last call, the other the articles ``done`` so far."""
    if not sys.stderr.isatty():
        yield (lambda _: None), (lambda _: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from agents.json_lines import total_bytes

    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"0 {done}", total=total_bytes(files))
        yield (
            lambda read: progress.advance(task, read),
            lambda count: progress.update(task, description=f"{count:,} {done}"),
        )
