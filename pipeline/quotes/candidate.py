"""A possible quote: the common coin of the modules that propose, end, weigh and attribute quotes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.script import COMMAS, SEMICOLONS

if TYPE_CHECKING:
    from pipeline.quotes.cues import Cue
    from pipeline.quotes.scan import Scan

SEPARATORS: Final = COMMAS | SEMICOLONS | frozenset("-–—:")
"""What may stand between a quote and its cue."""


@dataclass(slots=True)
class Candidate:
    """A possible quote; ``start`` and ``end`` are tokens."""

    way: str
    cue: Cue | None
    start: int
    end: int
    by: str = ""
    """The complementiser or preposition that introduces the content."""
    fixed: bool = False
    """The end is known: a closing mark or the cue itself."""
    passage: int = -1
    """The passage that the content consists of or opens with."""
    offset: int = 0
    """How many characters of the first token are a clitic."""


def opening(found: Scan, index: int) -> int:
    """The number of the passage whose opening mark stands at ``index``, else -1."""
    number = found.passage_of[index] if index < len(found.tokens) else -1
    return number if number >= 0 and found.passages[number].first - 1 == index else -1
