"""The headers that turn a record into a dead letter; its key and bytes stay as they are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agents.stage.records import Record

PREFIX: Final = "khabar.error."
OMITTED: Final = PREFIX + "omitted-bytes"
"""Only with a record that is larger than the dead letters take: its size; the bytes stay in the original topic."""
MAX_REASON_CHARACTERS: Final = 2_000


def letter_headers(record: Record, stage: str, error: Exception, now: float) -> list[tuple[str, bytes]]:
    """The headers of a dead letter: the record's own, without those of an earlier death, and the reason.

    ``time`` is when it failed (RFC 3339), ``timestamp`` the original record's in ms, which a redrive restores.
    """
    kept = [(name, value or b"") for name, value in record.headers if not name.startswith(PREFIX)]
    values = {
        "stage": stage,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "class": type(error).__name__,
        "message": str(error)[:MAX_REASON_CHARACTERS],
        "time": datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds"),
        "timestamp": record.timestamp_ms,
    }
    return kept + [(PREFIX + name, _header(value)) for name, value in values.items()]


def without_value(headers: list[tuple[str, bytes]], record: Record) -> list[tuple[str, bytes]]:
    """The headers for a record whose value is too large even for the dead letters."""
    return [*headers, (OMITTED, _header(len(record.value or b"")))]


def _header(value: object) -> bytes:
    # A message may quote half a surrogate pair of the article; a header is always UTF-8.
    return str(value).encode("utf-8", "backslashreplace")
