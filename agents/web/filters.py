"""The page's filters, from the URL to query parameters that the engine binds: no SQL is put together here."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from schemas.errors import InvalidFieldError

if TYPE_CHECKING:
    from collections.abc import Mapping

EARLIEST: Final = date(1970, 1, 1)
LATEST: Final = date(2299, 12, 31)
"""The range of ClickHouse's Date32 ends here."""
MAX_WORDS: Final = 200


def query_parameters(url_query: Mapping[str, str]) -> dict[str, str]:
    """Return all parameters of the queries; what the URL leaves out does not filter.

    Raises:
        InvalidFieldError: a date is none, or the words are too long.
    """
    words = url_query.get("words", "").strip()
    if len(words) > MAX_WORDS:
        raise InvalidFieldError("words", f"Expected at most {MAX_WORDS} characters")
    return {
        "since": _day(url_query, "since", EARLIEST),
        "until": _day(url_query, "until", LATEST),
        "kind": url_query.get("kind", ""),
        "phase": url_query.get("phase", ""),
        "country": url_query.get("country", ""),
        "words": words,
    }


def _day(url_query: Mapping[str, str], name: str, default: date) -> str:
    value = url_query.get(name, "")
    try:
        return (date.fromisoformat(value) if value else default).isoformat()
    except ValueError:
        raise InvalidFieldError(name, "Expected a date, YYYY-MM-DD") from None
