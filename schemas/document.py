"""The annotated document: the message of every inner topic, richer after each stage."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from schemas.annotations import Entity, Event, Quote, Sentence, Signals, Struct

SCHEMA_VERSION: Final = 1
"""Version of the inner messages; a reader accepts every version from 1 to this one."""
MAX_DOCUMENT_BYTES: Final = 16 * 1024 * 1024
"""An annotated message grows to some ten times its article."""


class Document(Struct, kw_only=True):
    """An article with all its annotations so far."""

    id: str
    revision: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    source: str
    title: str
    body: str
    url: str = ""
    language: str = "ar"
    published_at: Annotated[str, msgspec.Meta(description="RFC 3339, UTC: 2024-08-19T07:00:00Z")]
    published_at_defaulted: bool = False
    received_at: Annotated[int, msgspec.Meta(description="timestamp of the raw record in ms")] = 0
    sentences: list[Sentence] = []
    entities: list[Entity] = []
    signals: Signals | None = None
    quotes: list[Quote] = []
    events: list[Event] = []
    versions: Annotated[
        dict[str, str], msgspec.Meta(description="stage name to the version of the code and model that ran")
    ] = {}
    schema_version: Annotated[int, msgspec.Meta(ge=1, le=SCHEMA_VERSION)] = SCHEMA_VERSION

    @property
    def text(self) -> str:
        """The text that all offsets index."""
        return f"{self.title}\n\n{self.body}"
