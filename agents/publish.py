"""Articles to Kafka: checked here, sent with acks=all by an idempotent producer, each counted once it is stored."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from agents.kafka import producer_config, topic_name
from schemas.errors import BrokerError, ContractError
from schemas.intake import open_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agents.json_lines import Line
    from agents.settings import Settings
    from schemas.topics import Topic

DELIVERY_SECONDS: Final = 60.0
"""How long the broker may keep a record waiting before it counts as not published."""
MAX_COMPLAINTS: Final = 1000
"""Complaints kept; a file of another format has one in every line."""


@dataclass(slots=True)
class Report:
    """What became of the lines."""

    published: int = 0
    """Stored by all in-sync replicas."""
    invalid: int = 0
    """Break the contract; not sent."""
    failed: int = 0
    """Refused by the broker, or not stored in time."""
    size: int = 0
    """Bytes."""
    complaints: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Was every line published?"""
        return not self.invalid and not self.failed

    def complain(self, message: str) -> None:
        """Keep a complaint, up to a number."""
        if len(self.complaints) < MAX_COMPLAINTS:
            self.complaints.append(message)


@dataclass(frozen=True, slots=True)
class Options:
    """How to publish."""

    validate: bool = True
    """Check each line as the first stage will; otherwise send the bytes whatever they are."""
    rate: float = 0.0
    """Most articles a second; 0: as fast as the broker takes them."""


def article_key(data: bytes, timestamp_ms: int) -> bytes:
    """The record key of a raw article: its id, given or derived; raises a ContractError for what is no article."""
    return open_document(data, timestamp_ms).id.encode()


def publish(
    settings: Settings,
    topic: Topic,
    lines: Iterable[Line],
    options: Options | None = None,
    on_progress: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Publish each line as one record; return when all are stored or given up.

    The record's value is the line's bytes, unchanged; its key is the article's id; its timestamp is now.

    Raises:
        ConfigurationError: the topic does not exist.
        BrokerError: no broker answers at the start.
    """
    from agents.topics import require_topics

    require_topics(settings, topic)
    publisher = Publisher(settings, topic, options or Options())
    try:
        for line in lines:
            publisher.send(line)
            on_progress(publisher.report)
    finally:
        publisher.finish()
        on_progress(publisher.report)
    return publisher.report


class Publisher:
    """One producer and its counts."""

    def __init__(self, settings: Settings, topic: Topic, options: Options, producer: Any = None) -> None:  # noqa: ANN401 - any producer with confluent-kafka's interface
        """Open the producer, or take ``producer``."""
        self.report = Report()
        self._topic = topic_name(settings, topic)
        self._options = options
        self._producer = producer or _open(settings)
        self._next = time.monotonic()

    def send(self, line: Line) -> None:
        """Check the line and hand it to the producer; waits when its queue is full or the rate is reached."""
        now_ms = int(time.time() * 1000)
        try:
            key = article_key(line.data, now_ms) if self._options.validate else _key_if_any(line.data)
        except ContractError as error:
            self.report.invalid += 1
            self.report.complain(f"{line.place}: {type(error).__name__}: {error}")
            return
        self._keep_rate()
        self._produce(line, key, now_ms)

    def _keep_rate(self) -> None:
        if self._options.rate:
            self._producer.poll(max(0.0, self._next - time.monotonic()))
            while (pause := self._next - time.monotonic()) > 0:
                time.sleep(pause)
            self._next = max(self._next, time.monotonic() - 1) + 1 / self._options.rate

    def _produce(self, line: Line, key: bytes | None, timestamp_ms: int) -> None:
        from confluent_kafka import KafkaException

        def stored(error: Any, _record: object) -> None:  # noqa: ANN401 - a KafkaError or None
            if error is None:
                self.report.published += 1
                self.report.size += len(line.data)
            else:
                self._fail(line, error.str())

        while True:
            try:
                self._producer.produce(self._topic, line.data, key, on_delivery=stored, timestamp=timestamp_ms)
                self._producer.poll(0)
            except BufferError:
                self._producer.poll(0.1)
            except KafkaException as error:
                self._fail(line, error.args[0].str())
                return
            else:
                return

    def _fail(self, line: Line, reason: str) -> None:
        self.report.failed += 1
        self.report.complain(f"{line.place}: not published: {reason}")

    def finish(self) -> None:
        """Wait until everything sent is stored or given up; raises BrokerError when the producer does not end."""
        left = self._producer.flush(DELIVERY_SECONDS + 10)
        if left:
            msg = f"{left} articles are not acknowledged; is the broker up? Publish the same files again: that is safe"
            raise BrokerError(msg)


def _key_if_any(data: bytes) -> bytes | None:
    """The id of something that may be no article at all."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    given = value.get("id") if isinstance(value, dict) else None
    return given.encode() if isinstance(given, str) and given else None


def _open(settings: Settings) -> Any:  # noqa: ANN401 - confluent-kafka is imported late
    from confluent_kafka import Producer

    return Producer(
        producer_config(settings)
        | {"linger.ms": 20, "delivery.timeout.ms": int(DELIVERY_SECONDS * 1000), "log_level": 0}
    )
