"""What a stage's work gets, and what it can say about each record."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Protocol

from schemas.errors import KhabarError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record, bytes unchanged."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()

    @property
    def position(self) -> str:
        """Where it lies: ``topic/partition/offset``."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    @property
    def size(self) -> int:
        """Bytes of key and value."""
        return len(self.key or b"") + len(self.value or b"")


@dataclass(frozen=True, slots=True)
class Emitted:
    """The record is done; this goes to the stage's output topic."""

    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """The record is done; its rows are in ClickHouse."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The record cannot be processed; it goes to the dead letters with this reason."""

    error: KhabarError


Outcome = Emitted | Stored | Rejected


class StoppingError(KhabarError):
    """The worker is asked to stop while the work waits for a service; nothing is acknowledged."""


@dataclass(slots=True)
class Watch:
    """What the work may know of its worker, and tell it."""

    stopping: Event = field(default_factory=Event)
    """Set when the worker is asked to stop; work that only waits raises :class:`StoppingError` then."""
    waiting: Callable[[], None] = lambda: None
    """The work calls it each time that a service keeps it waiting: the records are not to blame, nothing hangs."""


class Work(Protocol):
    """A stage's work on a batch, in a thread of its own.

    It gives one outcome a record, in order, and raises only what is no record's fault: the process then ends and
    the batch is done again after the restart.
    """

    @property
    def batch_factor(self) -> int:
        """How many times as many messages (and bytes) as the setting says it likes in one batch."""
        ...

    @property
    def interval(self) -> float:
        """Seconds between the starts of two batches, at the least; what arrives meanwhile is one batch."""
        ...

    def __call__(self, records: Sequence[Record], watch: Watch) -> list[Outcome]:
        """Do the work; blocking is fine."""
        ...
