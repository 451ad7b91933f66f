"""Right-to-left text in a terminal: who puts it in visual order, and how wide it is.

Most terminals draw one character after another from the left: they get text already reordered, with its letters
joined, between the sequences that keep those that could reorder (VTE, mintty) from doing it once more; these run the
bidirectional algorithm over whole lines and do not know isolates, so the columns of a table would swap places
(https://terminal-wg.pages.freedesktop.org/bidi/). A few terminals always reorder; they get logical order, each cell
in an isolate. A file or a pipe gets text as it is.
"""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Mapping

Bidi = Literal["terminal", "khabar", "off"]
AS_SENT: Final = "\x1b[8l"
"""ECMA-48's explicit mode (BDSM): the terminal must not reorder; those that never do ignore it."""
BY_TERMINAL: Final = "\x1b[8h"
"""Implicit mode again, the terminals' default."""
_LEFT_TO_RIGHT_ISOLATE: Final = "\u2066"
_RIGHT_TO_LEFT_ISOLATE: Final = "\u2067"
_POP_ISOLATE: Final = "\u2069"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})


def choose_bidi(setting: str, environment: Mapping[str, str] | None = None, *, is_terminal: bool = True) -> Bidi:
    """Decide who reorders, from the setting ``bidi`` and, where it is auto, from what the terminal says it is."""
    if setting in {"terminal", "khabar", "off"}:
        return setting  # type: ignore[return-value] # narrowed by the test
    if not is_terminal:
        return "off"
    return "terminal" if reorders_itself(os.environ if environment is None else environment) else "khabar"


def reorders_itself(environment: Mapping[str, str]) -> bool:
    """Does the terminal that set these variables run the bidirectional algorithm, whatever it is told?"""
    if environment.get("KONSOLE_VERSION") or environment.get("MLTERM"):
        return True
    return environment.get("TERM_PROGRAM") == "Apple_Terminal" or environment.get("TERM", "").startswith("mlterm")


def is_right_to_left(text: str) -> bool:
    """Is its first strong character Arabic (or Hebrew)?"""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in _RIGHT_TO_LEFT:
            return True
        if direction == "L":
            return False
    return False


def plain(text: str) -> str:
    """One line without control characters, terminal escapes or marks that reorder their neighbours."""
    return _CONTROL.sub(" ", text).strip()


def displayed(line: str, bidi: Bidi, *, right_to_left: bool | None = None) -> str:
    """The line as the terminal must get it; reorder last, after any cutting into lines.

    ``right_to_left`` is the direction of the paragraph that the line was cut from; None: the line is all of it.
    """
    if bidi == "off" or not any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in line):
        return line
    from_right = is_right_to_left(line) if right_to_left is None else right_to_left
    if bidi == "terminal":
        return f"{_RIGHT_TO_LEFT_ISOLATE if from_right else _LEFT_TO_RIGHT_ISOLATE}{line}{_POP_ISOLATE}"
    # The pure Python algorithm: the faster one of the package does not mirror brackets.
    from bidi.algorithm import get_display

    return str(get_display(_reshaper().reshape(line), base_dir="R" if from_right else "L"))


@cache
def _reshaper() -> Any:  # noqa: ANN401 - arabic-reshaper has no types
    from arabic_reshaper import ArabicReshaper

    # Marks would stand before their letter in visual order, so they are left out, for display only.
    return ArabicReshaper(configuration={"delete_harakat": True, "support_zwj": False})


def width(line: str, bidi: Bidi) -> int:
    """Columns that the line takes on the screen; joined letters (لا) take one where Khabar joins them."""
    return cell_len(displayed(line, bidi))


def wrap(text: str, columns: int, bidi: Bidi) -> list[str]:
    """Cut one logical line into lines of at most ``columns``, at spaces where there are any; logical order."""
    lines: list[str] = []
    current = ""
    for word in text.split(" "):
        longer = f"{current} {word}" if current else word
        if width(longer, bidi) <= columns:
            current = longer
            continue
        if current:
            lines.append(current)
        *full, current = _cut(word, columns, bidi)
        lines += full
    return [*lines, current]


def _cut(word: str, columns: int, bidi: Bidi) -> list[str]:
    """Cut a word that is longer than a line."""
    pieces = [""]
    for character in word:
        if width(pieces[-1] + character, bidi) > columns:
            pieces.append("")
        pieces[-1] += character
    return pieces
