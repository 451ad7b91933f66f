"""The tabular Islamic calendar (civil epoch, leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29 of 30).

A month really begins when its crescent is seen, so that a converted date can be a day off.
Source: Reingold and Dershowitz, Calendrical Calculations, chapter on the Islamic calendar.
"""

from __future__ import annotations

from datetime import date
from typing import Final

_EPOCH: Final = date(622, 7, 19).toordinal()
"""1 Muharram 1 in the proleptic Gregorian calendar."""
_LONGEST_MONTH: Final = 30
_MONTHS: Final = 12


def to_gregorian(year: int, month: int, day: int) -> date | None:
    """Convert a Hijri date; None when there is no such day or it lies beyond what ``date`` holds."""
    if year < 1 or not 1 <= month <= _MONTHS or not 1 <= day <= _LONGEST_MONTH:
        return None
    days = day - 1 + 29 * (month - 1) + month // 2 + (year - 1) * 354 + (3 + 11 * year) // 30
    try:
        return date.fromordinal(_EPOCH + days)
    except (ValueError, OverflowError):
        return None
