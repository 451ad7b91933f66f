"""Create the topics before anything writes to them, and say where existing ones differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agents.kafka import TIMEOUT_SECONDS, admin_client, list_topics, topic_name
from schemas.errors import BrokerError, ConfigurationError
from schemas.topics import DAY_MS, RAW, TOPICS, Topic

if TYPE_CHECKING:
    from confluent_kafka.admin import AdminClient

    from agents.settings import Settings

ENVELOPE_BYTES: Final = 64 * 1024
"""Room for key, headers and the batch's frame around the largest inner value."""
BROKER_DEFAULT: Final = -1
"""Kafka's way to say: the broker's own replication factor."""


@dataclass(frozen=True, slots=True)
class TopicReport:
    """What :func:`ensure_topics` found or did for one topic."""

    name: str
    created: bool
    differences: list[str] = field(default_factory=list)
    """Such as ``retention.ms is 3600000, Khabar would set 86400000``; nothing is changed on an existing topic."""


def topic_config(settings: Settings, topic: Topic) -> dict[str, str]:
    """The configuration that Khabar gives a topic."""
    retention = settings.raw_retention_days * DAY_MS if topic is RAW else topic.retention_ms
    room = 0 if topic is RAW else ENVELOPE_BYTES
    return {
        "max.message.bytes": str(topic.max_message_bytes + room),
        "retention.ms": str(retention),
        "cleanup.policy": "delete",
        # Producers' codec stays; the broker need not unpack and pack again.
        "compression.type": "producer",
        # Replaying by time needs the raw record's own time, which a producer may set. Behind that the broker's clock
        # counts: of a worker whose clock is an hour fast it would refuse the results, and where it is days slow it
        # would delete them as too old before anybody has read them.
        "message.timestamp.type": "CreateTime" if topic is RAW else "LogAppendTime",
    }


def ensure_topics(settings: Settings) -> list[TopicReport]:
    """Create the topics that are missing; idempotent.

    Raises:
        BrokerError: no broker answers, or it refuses to create.
    """
    existing = list_topics(settings)
    admin = admin_client(settings)
    missing = [topic for topic in TOPICS if topic_name(settings, topic) not in existing]
    _create(settings, admin, missing)
    return [
        TopicReport(name, created=True)
        if topic in missing
        else TopicReport(name, created=False, differences=_differences(settings, admin, topic, len(existing[name])))
        for topic in TOPICS
        for name in [topic_name(settings, topic)]
    ]


def require_topics(settings: Settings, *topics: Topic) -> None:
    """Raise :class:`ConfigurationError` when one of the topics is not there yet."""
    existing = list_topics(settings)
    missing = [name for topic in topics if (name := topic_name(settings, topic)) not in existing]
    if missing:
        msg = f"topic {', '.join(missing)} does not exist at {settings.bootstrap}; run `khabar topics create` first"
        raise ConfigurationError(msg)


def _create(settings: Settings, admin: AdminClient, topics: list[Topic]) -> None:
    from confluent_kafka import KafkaError, KafkaException
    from confluent_kafka.admin import NewTopic  # type: ignore[attr-defined]

    if not topics:
        return
    new = [
        NewTopic(
            topic_name(settings, topic),
            num_partitions=settings.kafka_partitions,
            replication_factor=settings.kafka_replication or BROKER_DEFAULT,
            config=topic_config(settings, topic),
        )
        for topic in topics
    ]
    for name, future in admin.create_topics(new, operation_timeout=TIMEOUT_SECONDS).items():
        try:
            future.result()
        except KafkaException as error:
            # Two `khabar up` at once, or a retry of a request that did arrive.
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                msg = f"topic {name} cannot be created: {error.args[0].str()}"
                raise BrokerError(msg) from error


def _differences(settings: Settings, admin: AdminClient, topic: Topic, partitions: int) -> list[str]:
    found = []
    if partitions != settings.kafka_partitions:
        found.append(f"has {partitions} partitions, Khabar would make {settings.kafka_partitions}")
    actual = _config(admin, topic_name(settings, topic))
    found += [
        f"{key} is {actual[key].value}, Khabar would set {wanted}"
        for key, wanted in topic_config(settings, topic).items()
        if key in actual and actual[key].value != wanted
    ]
    return found


def _config(admin: AdminClient, name: str) -> dict[str, Any]:
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import ConfigResource, ResourceType  # type: ignore[attr-defined]

    (future,) = admin.describe_configs([ConfigResource(ResourceType.TOPIC, name)]).values()
    try:
        return dict(future.result(timeout=TIMEOUT_SECONDS))
    except KafkaException:
        return {}  # an account that may write need not be allowed to read configurations
