"""Dead letters: what cannot be processed, bytes unchanged, with the reason in headers; and the way back.

A redriven letter leaves a mark in the dead-letter topic: a record without value whose header ``khabar.redriven``
names the letter. So a second redrive publishes nothing, whoever runs it. A redrive that dies between the record
and its mark publishes that record again; the stages then write the same rows again (same id, revision and time).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agents.kafka import TIMEOUT_SECONDS, librdkafka_config, producer_config, topic_name, unreachable
from agents.stage.letters import OMITTED, PREFIX
from schemas.errors import BrokerError, ConfigurationError
from schemas.topics import DEAD_LETTER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from confluent_kafka import Consumer, Message

    from agents.settings import Settings

REDRIVEN: Final = "khabar.redriven"
"""On a redriven record, and on the mark that it was: ``partition/offset`` of the dead letter."""
FLUSH_SECONDS: Final = 60.0
CHUNK: Final = 200
"""Records published before their marks are; what dies in between is published once more."""

Position = tuple[int, int]
"""Partition and offset in the dead-letter topic."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record of the dead-letter topic."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    redriven: bool = False
    """Has it been sent back already?"""

    @property
    def position(self) -> Position:
        """Partition and offset in the dead-letter topic."""
        return self.partition, self.offset

    def reason(self, name: str) -> str:
        """A ``khabar.error.*`` header as text, such as ``reason("class")``; empty when it is missing."""
        return next((v.decode("utf-8", "replace") for n, v in self.headers if n == PREFIX + name), "")


@dataclass(slots=True)
class RedriveReport:
    """What :func:`redrive` did."""

    published: list[Position] = field(default_factory=list)
    already: list[Position] = field(default_factory=list)
    """Sent back by an earlier redrive."""
    impossible: list[Position] = field(default_factory=list)
    """Without an original topic, or too large for the dead letters, so that its bytes are not here."""


def read_letters(settings: Settings, select: Callable[[DeadLetter], bool] = lambda _: True) -> list[DeadLetter]:
    """All dead letters that are still kept, oldest first in each partition, without those that ``select`` refuses.

    Raises:
        BrokerError: no broker answers.
        ConfigurationError: there is no dead-letter topic.
    """
    letters: dict[Position, DeadLetter] = {}
    redriven: set[Position] = set()
    for message in _read(settings):
        letter = _letter(message)
        if mark := _mark(letter):
            redriven.add(mark)
        elif select(letter):
            letters[letter.position] = letter
    return [
        DeadLetter(at.partition, at.offset, at.key, at.value, at.headers, redriven=at.position in redriven)
        for at in letters.values()
    ]


def show_letter(settings: Settings, position: Position) -> DeadLetter:
    """One dead letter; raises :class:`ConfigurationError` when there is none (any more) at ``position``."""
    found = read_letters(settings, lambda letter: letter.position == position)
    if not found:
        msg = f"there is no dead letter at {position[0]}/{position[1]}; `khabar dead-letter list` shows those there are"
        raise ConfigurationError(msg)
    return found[0]


def redrive(settings: Settings, positions: Collection[Position] | None = None) -> RedriveReport:
    """Send dead letters (all, or those at ``positions``) back to their topics, unless that was done before.

    The record gets its original key, bytes, headers and timestamp, and the header ``khabar.redriven``.

    Raises:
        BrokerError: the broker does not take them.
    """
    from confluent_kafka import Producer

    report = RedriveReport()
    todo = []
    for letter in read_letters(settings, lambda at: positions is None or at.position in positions):
        if letter.redriven:
            report.already.append(letter.position)
        elif not letter.reason("topic") or any(name == OMITTED for name, _ in letter.headers):
            report.impossible.append(letter.position)
        else:
            todo.append(letter)
    producer = Producer(producer_config(settings))
    for start in range(0, len(todo), CHUNK):
        chunk = todo[start : start + CHUNK]
        _publish(settings, producer, map(_original, chunk))
        _publish(settings, producer, (_mark_record(settings, letter) for letter in chunk))
        report.published += [letter.position for letter in chunk]
    return report


def _original(letter: DeadLetter) -> dict[str, Any]:
    headers = [(name, value) for name, value in letter.headers if not name.startswith(PREFIX) and name != REDRIVEN]
    timestamp = letter.reason("timestamp")
    return {
        "topic": letter.reason("topic"),
        "key": letter.key,
        "value": letter.value,
        "headers": [*headers, (REDRIVEN, _position_header(letter))],
        "timestamp": int(timestamp) if timestamp.isdecimal() else 0,
    }


def _mark_record(settings: Settings, letter: DeadLetter) -> dict[str, Any]:
    return {
        "topic": topic_name(settings, DEAD_LETTER),
        "partition": letter.partition,
        "headers": [(REDRIVEN, _position_header(letter))],
    }


def _position_header(letter: DeadLetter) -> bytes:
    return f"{letter.partition}/{letter.offset}".encode()


def _letter(message: Any) -> DeadLetter:  # noqa: ANN401 - librdkafka's message, with everything optional
    headers = tuple((str(name), bytes(value or b"")) for name, value in message.headers() or ())
    return DeadLetter(message.partition(), message.offset(), message.key(), message.value(), headers)


def _mark(record: DeadLetter) -> Position | None:
    """The position that a mark names; None for a dead letter."""
    names = dict(record.headers)
    if record.value is not None or REDRIVEN not in names or any(name.startswith(PREFIX) for name in names):
        return None
    partition, _, offset = names[REDRIVEN].decode("utf-8", "replace").partition("/")
    return (int(partition), int(offset)) if partition.isdecimal() and offset.isdecimal() else None


def _publish(settings: Settings, producer: Any, records: Iterable[dict[str, Any]]) -> None:  # noqa: ANN401
    """Produce all and wait until the broker has them."""
    failures: list[str] = []

    def delivered(error: object, _message: object) -> None:
        if error is not None:
            failures.append(str(error))

    for record in records:
        producer.produce(**record, on_delivery=delivered)
    unsent = producer.flush(FLUSH_SECONDS)
    if failures or unsent:
        raise unreachable(settings, failures[0] if failures else f"{unsent} records not acknowledged")


def _read(settings: Settings) -> Iterator[Message]:
    """Every record of the dead-letter topic that is there now."""
    from confluent_kafka import Consumer, KafkaException

    consumer = Consumer(
        librdkafka_config(settings)
        | {
            "group.id": settings.kafka_topic_prefix + "khabar-dead-letter",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "log_level": 0,
        }
    )
    try:
        yield from _read_all(consumer, topic_name(settings, DEAD_LETTER))
    except KafkaException as error:
        raise unreachable(settings, error.args[0].str()) from error
    finally:
        consumer.close()


def _read_all(consumer: Consumer, topic: str) -> Iterator[Message]:
    from confluent_kafka import OFFSET_BEGINNING, KafkaError, TopicPartition

    partitions = consumer.list_topics(topic, timeout=TIMEOUT_SECONDS).topics[topic].partitions
    if not partitions:
        msg = f"topic {topic} does not exist; run `khabar topics create` first"
        raise ConfigurationError(msg)
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
    unread, deadline = set(partitions), time.monotonic() + TIMEOUT_SECONDS
    while unread:
        message = consumer.poll(1.0)
        if message is None:
            if time.monotonic() > deadline:
                msg = f"the brokers give no more of {topic}; try again"
                raise BrokerError(msg)
            continue
        deadline = time.monotonic() + TIMEOUT_SECONDS
        error = message.error()
        if error is None:
            yield message
        elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - its public name
            unread.discard(message.partition())
