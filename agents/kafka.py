"""How Khabar's Kafka clients connect: one place for names, TLS and SASL, for librdkafka, aiokafka and Faust."""

from __future__ import annotations

import ssl
import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

from schemas.errors import BrokerError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from confluent_kafka.admin import AdminClient

    from agents.settings import Settings
    from schemas.topics import StageSpec, Topic

TIMEOUT_SECONDS: Final = 15.0
"""How long an admin request may take before the broker counts as away."""
LEADERLESS_PAUSE: Final = 0.2
"""Seconds; electing a leader takes some tenths."""
T = TypeVar("T")


def topic_name(settings: Settings, topic: Topic) -> str:
    """The topic's name on the cluster, prefix included."""
    return settings.kafka_topic_prefix + topic.name


def group_name(settings: Settings, stage: StageSpec) -> str:
    """The consumer group's name on the cluster, prefix included."""
    return settings.kafka_topic_prefix + stage.group


def librdkafka_config(settings: Settings) -> dict[str, Any]:
    """Configuration of a confluent-kafka client: brokers and security, nothing else."""
    config: dict[str, Any] = {
        "bootstrap.servers": settings.bootstrap,
        "security.protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_security_protocol.startswith("SASL"):
        config |= {
            "sasl.mechanism": settings.kafka_sasl_mechanism,
            "sasl.username": settings.kafka_sasl_username,
            "sasl.password": settings.kafka_sasl_password.get_secret_value(),
        }
    files = {
        "ssl.ca.location": settings.kafka_ssl_cafile,
        "ssl.certificate.location": settings.kafka_ssl_certfile,
        "ssl.key.location": settings.kafka_ssl_keyfile,
    }
    return config | {key: str(path) for key, path in files.items() if path}


def producer_config(settings: Settings) -> dict[str, Any]:
    """Configuration of a confluent-kafka producer that loses nothing and places keys as Java and aiokafka do."""
    return librdkafka_config(settings) | {
        "acks": "all",
        "enable.idempotence": True,
        "partitioner": "murmur2_random",
        "compression.type": "lz4",
        "message.max.bytes": 64 * 1024 * 1024,  # the topic decides, not the client
    }


def faust_credentials(settings: Settings) -> Any:  # noqa: ANN401 - Faust is imported late
    """Faust's ``broker_credentials``; None for PLAINTEXT."""
    from faust.auth import SASLCredentials, SSLCredentials

    protocol = settings.kafka_security_protocol
    context = ssl_context(settings) if protocol.endswith("SSL") else None
    if protocol == "PLAINTEXT":
        return None
    if protocol == "SSL":
        return SSLCredentials(context)
    return SASLCredentials(
        username=settings.kafka_sasl_username,
        password=settings.kafka_sasl_password.get_secret_value(),
        mechanism=settings.kafka_sasl_mechanism,
        ssl_context=context,
    )


def ssl_context(settings: Settings) -> ssl.SSLContext:
    """The TLS context for aiokafka; raises :class:`ConfigurationError` when a file cannot be used."""
    try:
        context = ssl.create_default_context(cafile=settings.kafka_ssl_cafile)
        if settings.kafka_ssl_certfile:
            context.load_cert_chain(settings.kafka_ssl_certfile, settings.kafka_ssl_keyfile)
    except OSError as error:
        msg = f"the TLS files of KHABAR_KAFKA_SSL_* cannot be used: {error}"
        raise ConfigurationError(msg) from error
    return context


def admin_client(settings: Settings) -> AdminClient:
    """A confluent-kafka admin client; keep it while its futures are open."""
    from confluent_kafka.admin import AdminClient

    return AdminClient(librdkafka_config(settings) | {"log_level": 0})


def list_topics(settings: Settings) -> dict[str, list[int]]:
    """Topics and their partitions; raises :class:`BrokerError` that says why, a wrong password included."""
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    causes: list[str] = []
    # The request itself only says that it timed out; the connection's own errors come through the callback.
    config = librdkafka_config(settings) | {"log_level": 0, "error_cb": lambda error: causes.append(error.str())}
    admin = AdminClient(config)
    try:
        topics = admin.list_topics(timeout=TIMEOUT_SECONDS).topics
    except KafkaException as error:
        admin.poll(0)
        raise unreachable(settings, causes[0] if causes else error.args[0].str()) from error
    return {name: sorted(topic.partitions) for name, topic in topics.items()}


def patiently(ask: Callable[[], T]) -> T:
    """Ask the brokers; again for ``TIMEOUT_SECONDS`` while a partition has no leader, as just after one has changed.

    Raises:
        KafkaException: something else is wrong, or there is still no leader.
    """
    from confluent_kafka import KafkaError, KafkaException

    leaderless = {KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE}
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        try:
            return ask()
        except KafkaException as error:
            if error.args[0].code() not in leaderless or time.monotonic() > deadline:
                raise
        time.sleep(LEADERLESS_PAUSE)


def unreachable(settings: Settings, reason: object) -> BrokerError:
    """The error for a broker that does not answer, with what to check."""
    return BrokerError(
        f"Kafka at {settings.bootstrap} does not answer ({reason}); is it running, and are KHABAR_KAFKA_BOOTSTRAP, "
        "KHABAR_KAFKA_SECURITY_PROTOCOL and the credentials right?"
    )
