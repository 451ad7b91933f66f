"""Which records were in hand when the process died: how a poison message is told from its neighbours.

A message that kills its process leaves no exception to handle, and after the restart it is the first to be read
again. So the positions in hand are written to a local file before the work and taken out after it. On a start
each position still in the file has one death more. Suspects then run alone, and one that killed the process
``LONELY_DEATHS`` times alone is a dead letter. The page cache survives the process, so nothing is synced;
after a power cut counts start again, which costs restarts and no data.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LONELY_DEATHS: Final = 3
"""One death in a batch only makes a suspect; so many alone are proof enough."""


class Journal:
    """The records in hand of one worker slot; one process at a time (the slot's lock sees to it)."""

    def __init__(self, path: Path) -> None:
        """Read what an earlier process left, and count its deaths; an unreadable file counts as none."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        in_hand, alone, self._deaths = _read(self._descriptor)
        for position in in_hand:
            suspected, lonely = self._deaths.get(position, (0, 0))
            self._deaths[position] = (suspected + 1, lonely + alone)
        self._write([])

    def is_suspect(self, position: str) -> bool:
        """Did a process die with this record in hand?"""
        return position in self._deaths

    def is_poison(self, position: str) -> bool:
        """Did it die so often with this record alone that it is not tried again?"""
        return self._deaths.get(position, (0, 0))[1] >= LONELY_DEATHS

    def begin(self, positions: list[str]) -> None:
        """These records are worked on from now."""
        self._write(positions)

    def absolve(self) -> None:
        """Whatever ends the process from now on, the records in hand are not to blame."""
        self._write([])

    def finish(self, positions: Iterable[str]) -> None:
        """These records are done and acknowledged; forget them."""
        known = [position for position in positions if self._deaths.pop(position, None)]
        if known:
            self._write([])

    def _write(self, in_hand: list[str]) -> None:
        line = json.dumps({"in_hand": in_hand, "deaths": self._deaths}).encode() + b"\n"
        os.pwrite(self._descriptor, line, 0)


def _read(descriptor: int) -> tuple[list[str], bool, dict[str, tuple[int, int]]]:
    """Positions in hand, whether there was only one, and deaths (in any batch, alone) by position."""
    line = os.pread(descriptor, os.fstat(descriptor).st_size, 0).partition(b"\n")[0]
    try:
        state = json.loads(line)
        in_hand = [str(position) for position in state["in_hand"]]
        deaths = {str(position): (int(counts[0]), int(counts[1])) for position, counts in state["deaths"].items()}
    except (ValueError, KeyError, TypeError, IndexError):
        return [], False, {}
    return in_hand, len(in_hand) == 1, deaths
