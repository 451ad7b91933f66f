"""The raw article: what a producer must send to ``articles.raw``."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from schemas.annotations import Struct

MAX_MESSAGE_BYTES: Final = 1024 * 1024
"""Largest raw record; the topic's ``max.message.bytes`` says the same."""
MAX_BODY_CHARACTERS: Final = 200_000
"""Longest body: a book chapter; longer ones are no news article."""
MAX_TITLE_CHARACTERS: Final = 2_000
MAX_ID_CHARACTERS: Final = 256


class RawArticle(Struct, kw_only=True):
    """An article as a producer publishes it; every field without ``?`` in the docs is required."""

    source: Annotated[str, msgspec.Meta(min_length=1, max_length=256, description="who published it")]
    title: Annotated[str, msgspec.Meta(max_length=MAX_TITLE_CHARACTERS, description="headline; may be empty")]
    body: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_BODY_CHARACTERS, description="plain text")]
    id: Annotated[
        str | None,
        msgspec.Meta(description="stable id; default: hash of source, url, title and body"),
    ] = None
    url: Annotated[str, msgspec.Meta(max_length=4096)] | None = None
    language: Annotated[str | None, msgspec.Meta(description="BCP 47; default ar")] = None
    published_at: Annotated[
        str | None,
        msgspec.Meta(description="RFC 3339 date-time or date; default: the record's timestamp"),
    ] = None
    revision: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None,
        msgspec.Meta(description="the highest revision of an id counts; default: timestamp in ms"),
    ] = None
    schema_version: Annotated[int, msgspec.Meta(ge=1, le=1)] = 1
