"""From an error to one clear line on stderr and an exit code by its class."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from schemas.errors import (
    BrokerError,
    ConfigurationError,
    ContractError,
    KhabarError,
    ModelError,
    ProcessingError,
    StoreError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTLY: Final = 1
"""The command did its work, and something in it was not good: bad lines, lag over its limit."""
USAGE: Final = 2
"""click's own code for a wrong command line."""
UNEXPECTED: Final = 70
"""An error of Khabar itself (sysexits' EX_SOFTWARE)."""
INTERRUPTED: Final = 130
"""Ctrl-C, as shells have it."""
EXIT_CODES: Final[Mapping[type[KhabarError], int]] = {
    ConfigurationError: 3,
    ContractError: 4,
    ModelError: 5,
    BrokerError: 6,
    StoreError: 7,
    ProcessingError: 8,
    KhabarError: 9,
}


def exit_code(error: KhabarError) -> int:
    """The exit code of the nearest class in the table."""
    return next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind))


def complain(message: str) -> None:
    """Write ``khabar: message`` to stderr; what could steer a terminal is escaped."""
    safe = "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in message)
    sys.stderr.write(f"khabar: {safe}\n")
