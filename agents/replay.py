"""Process history again: past records of a stage's input are published once more, with their own timestamps.

No consumer group is reset, so running stages go on undisturbed. A raw article's default revision is its record's
timestamp, so the copy has the revision of the original: its rows replace the earlier ones where the analysis is the
same, and outrank them as the newer analysis of that revision where a model has changed. Behind the raw topic the
broker stamps each record, copies included, with the time of its arrival.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from agents.kafka import TIMEOUT_SECONDS, librdkafka_config, patiently, producer_config, topic_name, unreachable
from schemas.errors import BrokerError, ConfigurationError
from schemas.topics import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agents.settings import Settings
    from schemas.topics import StageSpec

HEADER: Final = "khabar.replay"
"""On a replayed record: when the replay started."""
POLL_RECORDS: Final = 200
FLUSH_SECONDS: Final = 120.0
_AGO: Final = re.compile(r"^(\d+)\s*([smhd])$")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From ``start`` (included) to ``end`` (not included), in ms; compared with the records' timestamps."""

    start: int
    end: int

    def __contains__(self, timestamp_ms: int) -> bool:
        """Is a record of that time in it?"""
        return self.start <= timestamp_ms < self.end


@dataclass(slots=True)
class Report:
    """What was found, and what was published again."""

    topic: str
    records: int = 0
    """In the range, each once."""
    copies: int = 0
    """Left out: the same key, time and bytes as one before, such as from an earlier replay."""
    size: int = 0
    """Bytes."""
    published: int = 0
    failed: int = 0
    first_ms: int = 0
    last_ms: int = 0
    keys: set[bytes] = field(default_factory=set)

    @property
    def articles(self) -> int:
        """Distinct keys."""
        return len(self.keys)


def parse_time(text: str, now: datetime) -> datetime:
    """``2024-08-19``, ``2024-08-19T10:00``, with a zone or in UTC, or an age: ``90m``, ``12h``, ``7d``.

    Raises:
        ConfigurationError: none of these.
    """
    ago = _AGO.match(text.strip())
    if ago:
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        msg = f"{text!r} is no time; write 2024-08-19, 2024-08-19T10:00Z, or an age such as 90m, 12h or 7d"
        raise ConfigurationError(msg) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def find_stage(name: str) -> StageSpec:
    """The stage of that name; raises ConfigurationError for another one."""
    for stage in STAGES:
        if stage.name == name:
            return stage
    msg = f"{name!r} is no stage; the stages are {', '.join(stage.name for stage in STAGES)}"
    raise ConfigurationError(msg)


def replay(
    settings: Settings,
    stage: StageSpec,
    times: TimeRange,
    *,
    execute: bool = False,
    on_progress: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Find the records of ``stage``'s input in the range and, with ``execute``, publish them there again.

    Raises:
        ConfigurationError: the topic does not exist.
        BrokerError: no broker answers, or not all copies were acknowledged.
    """
    from agents.topics import require_topics

    require_topics(settings, stage.reads)
    topic = topic_name(settings, stage.reads)
    report = Report(topic)
    seen: set[bytes] = set()
    publisher = _Publisher(settings, report) if execute else None
    for record in _history(settings, topic, times):
        digest = _identity(record)
        if digest in seen:
            report.copies += 1
            continue
        seen.add(digest)
        _count(report, record)
        if publisher:
            publisher.send(record)
        on_progress(report)
    if publisher:
        publisher.finish()
        on_progress(report)
    return report


def _identity(record: Any) -> bytes:  # noqa: ANN401 - a confluent-kafka Message
    digest = blake2b(digest_size=16)
    for part in (record.key() or b"", str(record.timestamp()[1]).encode(), record.value() or b""):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


def _count(report: Report, record: Any) -> None:  # noqa: ANN401 - a confluent-kafka Message
    timestamp = record.timestamp()[1]
    report.first_ms = min(report.first_ms or timestamp, timestamp)
    report.last_ms = max(report.last_ms, timestamp)
    report.records += 1
    report.size += len(record.value() or b"")
    report.keys.add(record.key() or b"")


def _history(settings: Settings, topic: str, times: TimeRange) -> Iterator[Any]:
    """The records of the range that stand in the topic now; what is published meanwhile is not read."""
    from confluent_kafka import Consumer, KafkaException

    consumer = Consumer(
        librdkafka_config(settings)
        | {
            "group.id": settings.kafka_topic_prefix + "khabar-replay",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "log_level": 0,
        }
    )
    try:
        spans = _spans(consumer, topic, times)
        consumer.assign(list(spans))
        yield from _read(consumer, {at.partition: end for at, end in spans.items()}, times)
    except KafkaException as error:
        raise unreachable(settings, error.args[0].str()) from error
    finally:
        consumer.close()


def _spans(consumer: Any, topic: str, times: TimeRange) -> dict[Any, int]:  # noqa: ANN401 - a confluent-kafka Consumer
    """Where to start in each partition that has records of the range, and the offset before which to end."""
    from confluent_kafka import TopicPartition

    partitions = consumer.list_topics(topic, timeout=TIMEOUT_SECONDS).topics[topic].partitions
    wanted = [TopicPartition(topic, number, times.start) for number in sorted(partitions)]
    spans = {}
    for at in patiently(lambda: consumer.offsets_for_times(wanted, timeout=TIMEOUT_SECONDS)):
        place = TopicPartition(topic, at.partition)
        _, end = patiently(partial(consumer.get_watermark_offsets, place, timeout=TIMEOUT_SECONDS))
        # A negative offset: no record is as new as that.
        if 0 <= at.offset < end:
            spans[at] = end
    return spans


def _read(consumer: Any, ends: dict[int, int], times: TimeRange) -> Iterator[Any]:  # noqa: ANN401 - a confluent-kafka Consumer
    from confluent_kafka import KafkaError, KafkaException

    while ends:
        for record in consumer.consume(POLL_RECORDS, timeout=1.0):
            partition = record.partition()
            if record.error():
                if record.error().code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - the library's public name
                    raise KafkaException(record.error())
                ends.pop(partition, None)
            elif partition in ends:
                if record.offset() >= ends[partition] - 1:
                    last = ends.pop(partition)
                    if record.offset() >= last:
                        continue
                if record.timestamp()[1] in times:
                    yield record


class _Publisher:
    """Sends copies into the partitions of their originals, so that the order of an article's versions stays."""

    def __init__(self, settings: Settings, report: Report) -> None:
        from confluent_kafka import Producer

        self._producer = Producer(producer_config(settings) | {"linger.ms": 20, "log_level": 0})
        self._report = report
        self._started = datetime.now(UTC).isoformat(timespec="seconds").encode()

    def send(self, record: Any) -> None:  # noqa: ANN401 - a confluent-kafka Message
        headers = [item for item in record.headers() or [] if item[0] != HEADER]
        while True:
            try:
                self._producer.produce(
                    record.topic(),
                    record.value(),
                    record.key(),
                    partition=record.partition(),
                    timestamp=record.timestamp()[1],
                    headers=[*headers, (HEADER, self._started)],
                    on_delivery=self._stored,
                )
                self._producer.poll(0)
            except BufferError:
                self._producer.poll(0.1)
            else:
                return

    def _stored(self, error: object, _record: object) -> None:
        if error is None:
            self._report.published += 1
        else:
            self._report.failed += 1

    def finish(self) -> None:
        left = self._producer.flush(FLUSH_SECONDS)
        if left or self._report.failed:
            msg = (
                f"{left + self._report.failed} of {self._report.records} records were not acknowledged; "
                "run the same replay again: copies are left out, and rows replace themselves"
            )
            raise BrokerError(msg)
