"""The sink's work: rows into ClickHouse, for as long as it takes; a row that is refused is found and set apart."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import structlog

from agents import metrics
from agents.sink.rows import TABLES, Row, rows_of
from agents.sink.store import Store
from agents.stage.records import Outcome, Record, Rejected, StoppingError, Stored, Watch
from schemas.document import MAX_DOCUMENT_BYTES, Document
from schemas.errors import ContractError, ProcessingError, StoreError
from schemas.ids import stable_id
from schemas.wire import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agents.metrics import Health
    from agents.settings import Settings

FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 30.0
"""Seconds between tries: doubled each time, and spread so that many sinks do not come back all at once."""

log = structlog.get_logger("khabar.sink")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A record's rows."""

    position: str
    received_at: int
    rows: dict[str, list[Row]]


class Sink:
    """A :class:`~agents.stage.records.Work` that stores documents."""

    batch_factor: Final = 8
    """An insert costs the same for one row and for a thousand, and ClickHouse dislikes small parts."""

    def __init__(self, settings: Settings, health: Health, store: Store | None = None) -> None:
        """Take where to store; connects with the first batch."""
        self._store = store or Store(settings)
        self._most_rows = settings.sink_batch_rows
        self.interval = settings.sink_interval
        """Each insert is a part that the engine merges again and again; the first after a rest is stored at once."""
        self._health = health

    def __call__(self, records: Sequence[Record], watch: Watch) -> list[Outcome]:
        """Store the batch: one insert a table, ``articles`` last.

        Raises:
            StoppingError: asked to stop while ClickHouse keeps it waiting.
        """
        analysed_at = datetime.now(UTC)
        prepared = [_prepare(record, analysed_at) for record in records]
        good = [item for item in prepared if isinstance(item, _Prepared)]
        refused = self._insert(good, watch) if good else {}
        return [item if isinstance(item, Rejected) else refused.get(item.position, Stored()) for item in prepared]

    def _insert(self, batch: Sequence[_Prepared], watch: Watch) -> dict[str, Rejected]:
        """Insert all; when ClickHouse refuses a row, halve the batch until the record is found."""
        try:
            for table, rows, token in self._blocks(batch):
                self._insert_patiently(table, rows, token, watch)
        except StoreError as error:
            if len(batch) == 1:
                return {batch[0].position: Rejected(error)}
            half = len(batch) // 2
            return self._insert(batch[:half], watch) | self._insert(batch[half:], watch)
        now = datetime.now(UTC).timestamp()
        for item in batch:
            metrics.freshness_seconds.observe(max(now - item.received_at / 1000, 0))
        return {}

    def _blocks(self, batch: Sequence[_Prepared]) -> Iterator[tuple[str, list[Row], str]]:
        """Table, rows and deduplication token of each insert; the same batch gives the same tokens."""
        positions = [item.position for item in batch]
        for table in TABLES:
            rows = [row for item in batch for row in item.rows[table]]
            for start in range(0, len(rows), self._most_rows):
                yield table, rows[start : start + self._most_rows], stable_id(table, start, *positions)

    def _insert_patiently(self, table: str, rows: list[Row], token: str, watch: Watch) -> None:
        """Insert, trying again for as long as ClickHouse is away; raises StoreError when it refuses the rows."""
        pause = FIRST_PAUSE
        while True:
            try:
                self._store.insert(table, rows, token)
            except StoreError as error:
                if not error.retriable:
                    raise
                self._wait(error, pause, watch)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                self._health.store_answers = True
                return

    def _wait(self, error: StoreError, pause: float, watch: Watch) -> None:
        """Hold the partition for a while; nothing is acknowledged, so lag grows and nothing is lost."""
        self._health.store_answers = False
        metrics.failed.labels("sink", type(error).__name__).inc()
        watch.waiting()
        seconds = pause * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, no secret
        log.warning("ClickHouse does not take the rows; trying again", seconds=round(seconds, 1), reason=str(error))
        if watch.stopping.wait(seconds):
            msg = "asked to stop while ClickHouse is away"
            raise StoppingError(msg)


def _prepare(record: Record, analysed_at: datetime) -> _Prepared | Rejected:
    try:
        document = decode(record.value, Document, limit=MAX_DOCUMENT_BYTES)
        return _Prepared(record.position, document.received_at, rows_of(document, analysed_at))
    except ContractError as error:
        return Rejected(error)
    except Exception as error:  # noqa: BLE001 - whatever a strange document leads to, it is the document's own
        return Rejected(ProcessingError(f"the document gives no rows: {type(error).__name__}: {error}"))
