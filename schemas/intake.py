"""From a raw record to an empty document: defaults, and the checks that need more than a type."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from schemas.article import MAX_ID_CHARACTERS, MAX_MESSAGE_BYTES, RawArticle
from schemas.document import Document
from schemas.errors import InvalidFieldError, UnsupportedLanguageError
from schemas.ids import stable_id
from schemas.wire import decode

LANGUAGES: Final = frozenset({"ar", "ara", "arb"})
CLOCK_TOLERANCE: Final = timedelta(days=1)
"""A date further ahead is an error of the producer: relative event dates would resolve into the future."""
_ARABIC_LETTER = re.compile(r"[\u0620-\u064a\u066e-\u06d3]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def open_document(data: bytes | None, timestamp_ms: int) -> Document:
    """Turn the bytes of a raw record, published at ``timestamp_ms``, into a document without annotations.

    Raises:
        ContractError: one of its subclasses, with what is wrong.
    """
    article = decode(data, RawArticle, limit=MAX_MESSAGE_BYTES)
    _check_text(article)
    published, defaulted = _published_at(article.published_at, timestamp_ms)
    return Document(
        id=_article_id(article),
        revision=timestamp_ms if article.revision is None else article.revision,
        source=article.source,
        title=article.title,
        body=article.body,
        url=article.url or "",
        language="ar",
        published_at=published,
        published_at_defaulted=defaulted,
        received_at=timestamp_ms,
    )


def _check_text(article: RawArticle) -> None:
    language = (article.language or "ar").lower()
    if re.split("[-_]", language)[0] not in LANGUAGES:
        msg = f"$.language: {article.language!r} is not read; Khabar reads Arabic (ar)"
        raise UnsupportedLanguageError(msg)
    if not article.body.strip():
        raise InvalidFieldError("$.body", "Expected text, got white space only")
    for field, value in (("$.title", article.title), ("$.body", article.body)):
        if "\x00" in value:
            raise InvalidFieldError(field, "Expected text, got a null character (binary data or UTF-16?)")
    if not _ARABIC_LETTER.search(article.body):
        msg = "$.body: Expected Arabic text, got no Arabic letter"
        raise UnsupportedLanguageError(msg)


def _article_id(article: RawArticle) -> str:
    if not article.id:
        return stable_id(article.source, article.url or "", article.title, article.body)
    if len(article.id) > MAX_ID_CHARACTERS:
        raise InvalidFieldError("$.id", f"Expected at most {MAX_ID_CHARACTERS} characters")
    if _CONTROL.search(article.id):
        raise InvalidFieldError("$.id", "Expected no control characters")
    return article.id


def _published_at(value: str | None, timestamp_ms: int) -> tuple[str, bool]:
    received = datetime.fromtimestamp(timestamp_ms / 1000, UTC)
    if not value:
        return _rfc3339(received), True
    try:
        published = datetime.fromisoformat(value)
    except ValueError:
        raise InvalidFieldError("$.published_at", "Expected an RFC 3339 date or date-time") from None
    if published.tzinfo is None:
        published = published.replace(tzinfo=UTC)
    if published.year <= 1:
        raise InvalidFieldError("$.published_at", "Expected a date after the year 1")
    if published > received + CLOCK_TOLERANCE:
        raise InvalidFieldError("$.published_at", "Expected a date that is not in the future")
    return _rfc3339(published), False


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
