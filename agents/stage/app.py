"""The Faust app of a stage: its settings with their reasons (measured in docs/guarantees.md)."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING, Any, Final

import faust
from mode.supervisors import CrashingSupervisor
from yarl import URL

from agents.kafka import faust_credentials, group_name, topic_name
from agents.stage.consumer import StageTransport
from schemas.document import MAX_DOCUMENT_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agents.settings import Settings
    from schemas.topics import StageSpec, Topic

COMMIT_SECONDS: Final = 0.5
"""After kill -9, what was acknowledged within this time is done again, invisibly."""
NEVER_SECONDS: Final = 1_000_000
"""A buffer that stays full longer than broker_max_poll_interval makes aiokafka leave the group for good, silently."""
STREAM_BUFFER: Final = 16
"""Messages between Faust's fetcher and ours; documents are large, so few."""
POLL_RECORDS: Final = 64
"""Records handed over at once by aiokafka; the rest stays packed."""
FETCH_BYTES: Final = 256 * 1024
"""A partition's share of one fetch, held packed while there is lag: with 1 MiB, a worker of four partitions grew by
8 % under overload. The broker sends a larger record all the same, alone."""
REQUEST_BYTES: Final = MAX_DOCUMENT_BYTES + 1024 * 1024
"""Largest document, with key and headers."""


class StageApp(faust.App):  # type: ignore[misc]
    """A Faust app that tells its worker when Faust gives up."""

    on_failing: Callable[[], None] = staticmethod(lambda: None)

    def _new_transport(self) -> StageTransport:
        return StageTransport(self.conf.broker_consumer, self)

    async def on_stop(self) -> None:
        """Tell the worker; Faust gets here only by an error, for a stop that is asked for ends before."""
        self.on_failing()
        await super().on_stop()


def make_app(settings: Settings, spec: StageSpec, state_dir: Path) -> StageApp:
    """The app of ``spec`` in slot ``settings.worker_slot``, not started."""
    return StageApp(
        group_name(settings, spec),
        broker=[URL(f"kafka://{server.strip()}") for server in settings.bootstrap.split(",")],
        broker_credentials=faust_credentials(settings),
        # A restarted worker gets its partitions back at once (2 s) rather than after the session (33 s).
        consumer_group_instance_id=instance_id(settings, spec),
        broker_session_timeout=settings.kafka_session_timeout,
        broker_heartbeat_interval=settings.kafka_session_timeout / 10,
        broker_request_timeout=max(90.0, settings.kafka_session_timeout + 10),  # Faust wants more than the session
        broker_max_poll_interval=NEVER_SECONDS,
        broker_max_poll_records=POLL_RECORDS,
        broker_commit_interval=COMMIT_SECONDS,
        consumer_max_fetch_size=FETCH_BYTES,
        consumer_auto_offset_reset="earliest",
        # Acknowledged by all in-sync replicas; exactly_once doubled 35 of 2,101 messages, so rows are idempotent.
        processing_guarantee="at_least_once",
        producer_acks=-1,
        producer_compression_type="lz4",
        producer_max_request_size=REQUEST_BYTES,
        # A rebalance waits for the batch in hand.
        stream_wait_empty=True,
        stream_buffer_maxsize=STREAM_BUFFER,
        # An exception in the agent must end the process: a restarted agent would run past the failed message.
        agent_supervisor=CrashingSupervisor,
        # `khabar topics create` makes the topics; the broker's own would have one partition.
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        worker_redirect_stdouts=False,
        autodiscover=False,
        datadir=state_dir,
    )


def raw_topic(app: StageApp, settings: Settings, topic: Topic) -> Any:  # noqa: ANN401 - Faust's topic
    """A topic of plain bytes: Faust acknowledges and so loses what its own decoding refuses."""
    return app.topic(
        topic_name(settings, topic), key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )


def instance_id(settings: Settings, spec: StageSpec) -> str:
    """Static group instance id: host, stage and slot; Kafka allows letters, digits, dots, dashes, underscores."""
    host = re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())
    return f"{host}-{spec.name}-{settings.worker_slot}"
