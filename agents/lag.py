"""Consumer lag from the brokers: how many records, and how old, each stage has yet to process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from agents.kafka import TIMEOUT_SECONDS, admin_client, group_name, librdkafka_config, topic_name, unreachable
from schemas.topics import STAGES, StageSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

    from agents.settings import Settings

Partition = tuple[str, int]
"""Topic and number."""
COORDINATOR_MOVES: Final = frozenset({"NOT_COORDINATOR", "COORDINATOR_NOT_AVAILABLE", "COORDINATOR_LOAD_IN_PROGRESS"})
"""Answers of a broker that has just started, or has just lost a neighbour: soon over."""
READ_SECONDS: Final = 5.0
"""How long to read the oldest waiting records of all lagging partitions."""


@dataclass(frozen=True, slots=True)
class PartitionLag:
    """One partition of one stage."""

    stage: str
    topic: str
    partition: int
    committed: int
    """Offset of the first record not yet processed."""
    end: int
    """Offset that the next record will get."""
    lag_messages: int
    lag_seconds: float
    """Age of the record at ``committed``; 0 without lag."""


def read_lag(settings: Settings, stages: Sequence[StageSpec] = STAGES) -> list[PartitionLag]:
    """The lag of all partitions of the stages; for repeated use keep a :class:`LagReader`.

    Raises:
        BrokerError: no broker answers.
    """
    with LagReader(settings) as reader:
        return reader.read(stages)


class LagReader:
    """Holds the clients open: the first look takes a second, later ones milliseconds."""

    def __init__(self, settings: Settings) -> None:
        """Connects on the first :meth:`read`."""
        self._settings = settings
        self._admin = admin_client(settings)
        self._consumers: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Nothing more to open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the consumers."""
        for consumer in self._consumers.values():
            consumer.close()

    def read(self, stages: Sequence[StageSpec] = STAGES) -> list[PartitionLag]:
        """The lag now; raises :class:`~schemas.errors.BrokerError`."""
        from confluent_kafka import KafkaException

        try:
            return self._read(stages)
        except KafkaException as error:
            raise unreachable(self._settings, error.args[0].str()) from error

    def _read(self, stages: Sequence[StageSpec]) -> list[PartitionLag]:
        partitions = self._partitions(stages)
        starts, ends = self._offsets(partitions, latest=False), self._offsets(partitions, latest=True)
        rows = []
        for stage in stages:
            reads = topic_name(self._settings, stage.reads)
            mine = [key for key in partitions if key[0] == reads]
            committed = self._committed(stage, mine)
            # A partition that was never read counts from its beginning, as the worker will read it; so does one
            # whose committed record is past its retention.
            nexts = {key: max(committed.get(key, 0), starts[key]) for key in mine}
            ages = self._ages(stage, {key: offset for key, offset in nexts.items() if offset < ends[key]})
            rows += [
                PartitionLag(stage.name, *key, offset, ends[key], max(ends[key] - offset, 0), ages.get(key, 0.0))
                for key, offset in nexts.items()
            ]
        return rows

    def _partitions(self, stages: Iterable[StageSpec]) -> list[Partition]:
        wanted = {topic_name(self._settings, stage.reads) for stage in stages}
        topics = self._admin.list_topics(timeout=TIMEOUT_SECONDS).topics
        return [(name, number) for name in sorted(wanted & topics.keys()) for number in sorted(topics[name].partitions)]

    def _offsets(self, partitions: list[Partition], *, latest: bool) -> dict[Partition, int]:
        from confluent_kafka import TopicPartition
        from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined]

        spec: Any = OffsetSpec.latest() if latest else OffsetSpec.earliest()  # type: ignore[no-untyped-call]
        if not partitions:
            return {}
        futures = self._admin.list_offsets(
            {TopicPartition(*key): spec for key in partitions}, request_timeout=TIMEOUT_SECONDS
        )
        return {(at.topic, at.partition): future.result().offset for at, future in futures.items()}

    def _committed(self, stage: StageSpec, partitions: list[Partition]) -> dict[Partition, int]:
        """Offsets that the stage's group has committed; partitions that were never read are absent."""
        from confluent_kafka import KafkaException, TopicPartition

        # Asked as a member would, without joining: the admin client's list_consumer_group_offsets crashes the
        # process when the group's coordinator is still loading (librdkafka 2.16, rd_kafka_cgrp_op on NULL).
        wanted, deadline = [TopicPartition(*key) for key in partitions], time.monotonic() + TIMEOUT_SECONDS
        while True:
            try:
                found = self._consumer(stage).committed(wanted, TIMEOUT_SECONDS)
                break
            except KafkaException as error:
                if error.args[0].name() not in COORDINATOR_MOVES or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        return {(at.topic, at.partition): at.offset for at in found if at.offset >= 0}

    def _ages(self, stage: StageSpec, waiting: dict[Partition, int]) -> dict[Partition, float]:
        """Seconds since the record at each offset was written: one record of each partition is read."""
        from confluent_kafka import TopicPartition

        if not waiting:
            return {}
        consumer = self._consumer(stage)
        consumer.assign([TopicPartition(*key, offset) for key, offset in waiting.items()])
        ages: dict[Partition, float] = {}
        deadline = time.monotonic() + READ_SECONDS
        while len(ages) < len(waiting) and time.monotonic() < deadline:
            record = consumer.poll(0.1)
            if record is None or record.error() or (key := (record.topic(), record.partition())) in ages:
                continue
            ages[key] = max(time.time() - record.timestamp()[1] / 1000, 0.0)
            # A fetch answers for as many partitions as fit: those that are done make room for the others.
            consumer.incremental_unassign([TopicPartition(*key)])
        consumer.unassign()
        return ages

    def _consumer(self, stage: StageSpec) -> Any:  # noqa: ANN401 - confluent-kafka is imported late
        """A client of the stage's group that only looks: it never subscribes, so it is no member."""
        from confluent_kafka import Consumer

        if stage.name not in self._consumers:
            self._consumers[stage.name] = Consumer(
                librdkafka_config(self._settings)
                | {
                    "group.id": group_name(self._settings, stage),
                    "enable.auto.commit": False,
                    # One record of each partition is wanted, not what follows it; and each at once, while the default
                    # is to fetch nothing more for a second.
                    "queued.min.messages": 1,
                    "fetch.message.max.bytes": 64 * 1024,
                    "fetch.queue.backoff.ms": 10,
                    "log_level": 0,
                }
            )
        return self._consumers[stage.name]
