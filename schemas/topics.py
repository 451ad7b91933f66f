"""The topics and the stages between them: one table that every other part reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.article import MAX_MESSAGE_BYTES
from schemas.document import MAX_DOCUMENT_BYTES

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: its name without prefix, what it carries and how long."""

    name: str
    carries: str
    max_message_bytes: int
    retention_ms: int


RAW: Final = Topic("articles.raw", "raw articles from producers", MAX_MESSAGE_BYTES, 30 * DAY_MS)
TOKENISED: Final = Topic("articles.tokenised", "documents with sentences and words", MAX_DOCUMENT_BYTES, DAY_MS)
ENTITIES: Final = Topic("articles.entities", "documents with entities", MAX_DOCUMENT_BYTES, DAY_MS)
QUOTES: Final = Topic("articles.quotes", "documents with quotes", MAX_DOCUMENT_BYTES, DAY_MS)
EVENTS: Final = Topic("articles.events", "documents with events", MAX_DOCUMENT_BYTES, 7 * DAY_MS)
DEAD_LETTER: Final = Topic(
    "articles.dead-letter", "what cannot be processed, bytes unchanged", MAX_DOCUMENT_BYTES, 90 * DAY_MS
)
TOPICS: Final = (RAW, TOKENISED, ENTITIES, QUOTES, EVENTS, DEAD_LETTER)


@dataclass(frozen=True, slots=True)
class StageSpec:
    """A stage: what it reads and what it writes (None: the sink writes to ClickHouse)."""

    name: str
    reads: Topic
    writes: Topic | None

    @property
    def group(self) -> str:
        """The consumer group; ops see one lag per stage."""
        return f"khabar-{self.name}"


STAGES: Final = (
    StageSpec("tokenise", RAW, TOKENISED),
    StageSpec("ner", TOKENISED, ENTITIES),
    StageSpec("quotes", ENTITIES, QUOTES),
    StageSpec("events", QUOTES, EVENTS),
    StageSpec("sink", EVENTS, None),
)
