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

    from confluent_kafka import TopicPartition

    from agents.settings import Settings

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
        self._consumer: Any = None

    def __enter__(self) -> Self:
        """Nothing more to open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the consumer."""
        if self._consumer is not None:
            self._consumer.close()

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
        rows: list[tuple[StageSpec, tuple[str, int], int]] = []
        for stage in stages:
            committed = self._committed(stage)
            reads = topic_name(self._settings, stage.reads)
            # A partition that was never read counts from its beginning, as the worker will read it; so does one
            # whose committed record is past its retention.
            rows += [(stage, key, max(committed.get(key, 0), starts[key])) for key in partitions if key[0] == reads]
        ages = self._ages({key: offset for _, key, offset in rows if offset < ends[key]})
        return [
            PartitionLag(stage.name, key[0], key[1], offset, ends[key], max(ends[key] - offset, 0), ages.get(key, 0.0))
            for stage, key, offset in rows
        ]

    def _partitions(self, stages: Iterable[StageSpec]) -> list[tuple[str, int]]:
        wanted = {topic_name(self._settings, stage.reads) for stage in stages}
        topics = self._admin.list_topics(timeout=TIMEOUT_SECONDS).topics
        return [(name, number) for name in sorted(wanted & topics.keys()) for number in sorted(topics[name].partitions)]

    def _offsets(self, partitions: list[tuple[str, int]], *, latest: bool) -> dict[tuple[str, int], int]:
        from confluent_kafka import TopicPartition
        from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined]

        spec: Any = OffsetSpec.latest() if latest else OffsetSpec.earliest()  # type: ignore[no-untyped-call]
        if not partitions:
            return {}
        futures = self._admin.list_offsets(
            {TopicPartition(*key): spec for key in partitions}, request_timeout=TIMEOUT_SECONDS
        )
        return {(at.topic, at.partition): future.result().offset for at, future in futures.items()}

    def _committed(self, stage: StageSpec) -> dict[tuple[str, int], int]:
        from confluent_kafka import ConsumerGroupTopicPartitions

        group = group_name(self._settings, stage)
        futures = self._admin.list_consumer_group_offsets(
            [ConsumerGroupTopicPartitions(group)], request_timeout=TIMEOUT_SECONDS
        )
        found: list[TopicPartition] = futures[group].result().topic_partitions
        return {(at.topic, at.partition): at.offset for at in found if at.offset >= 0}

    def _ages(self, waiting: dict[tuple[str, int], int]) -> dict[tuple[str, int], float]:
        """Seconds since the record at each offset was written: one record of each partition is read."""
        from confluent_kafka import TopicPartition

        if not waiting:
            return {}
        consumer = self._open_consumer()
        consumer.assign([TopicPartition(*key, offset) for key, offset in waiting.items()])
        ages: dict[tuple[str, int], float] = {}
        deadline = time.monotonic() + READ_SECONDS
        while len(ages) < len(waiting) and time.monotonic() < deadline:
            record = consumer.poll(0.1)
            if record is not None and not record.error():
                age = time.time() - record.timestamp()[1] / 1000
                ages.setdefault((record.topic(), record.partition()), max(age, 0.0))
        consumer.unassign()
        return ages

    def _open_consumer(self) -> Any:  # noqa: ANN401 - confluent-kafka is imported late
        from confluent_kafka import Consumer

        if self._consumer is None:
            self._consumer = Consumer(
                librdkafka_config(self._settings)
                | {
                    "group.id": self._settings.kafka_topic_prefix + "khabar-lag",
                    "enable.auto.commit": False,
                    # One record of each partition is wanted, not what follows it.
                    "queued.min.messages": 1,
                    "fetch.message.max.bytes": 1024,
                    "log_level": 0,
                }
            )
        return self._consumer
