"""Real Apache Kafka from the embedded broker: starts, stops, resumes, and says why it does not."""

from __future__ import annotations

import socket
import sys

import pytest

from agents.embedded import jars, ports, process
from agents.embedded.broker import EmbeddedBroker
from schemas.document import MAX_DOCUMENT_BYTES
from schemas.errors import BrokerError, ConfigurationError

pytestmark = pytest.mark.kafka


def write(bootstrap: str, topic: str, value: bytes) -> None:
    from confluent_kafka import Producer

    errors = []
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "message.max.bytes": 2 * MAX_DOCUMENT_BYTES})
    producer.produce(topic, value, on_delivery=lambda error, _: errors.append(error))
    producer.flush(30)
    assert errors == [None]


def read(bootstrap: str, topic: str, count: int) -> list[bytes]:
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "test", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, 0, 0)])
    values = [consumer.poll(30).value() for _ in range(count)]
    consumer.close()
    return values


def test_it_starts_takes_the_largest_document_and_resumes_from_an_unpacked_kafka_too(tmp_path):
    from confluent_kafka.admin import AdminClient, NewTopic

    home = tmp_path / "kafka-home"
    (home / "libs").mkdir(parents=True)
    for jar in jars.class_path(print):
        (home / "libs" / jar.name).symlink_to(jar)
    broker = EmbeddedBroker(tmp_path / "data", ports.free_port(), say=print)
    broker.start()
    try:
        broker.wait_until_serving(120)
        assert broker.describe()["bootstrap"] == broker.bootstrap
        new = NewTopic("large", 1, 1, config={"max.message.bytes": str(MAX_DOCUMENT_BYTES + 65536)})
        admin = AdminClient({"bootstrap.servers": broker.bootstrap})
        admin.create_topics([new])["large"].result(30)
        write(broker.bootstrap, "large", b"x" * MAX_DOCUMENT_BYTES)
        with pytest.raises(ConfigurationError, match="KHABAR_KAFKA_PORT"):
            EmbeddedBroker(tmp_path / "other", broker.port).start()
    finally:
        broker.stop()
    assert not ports.answers("127.0.0.1", broker.port)
    assert broker.log.stat().st_size > 0

    again = EmbeddedBroker(tmp_path / "data", broker.port, home=home)
    again.start()
    try:
        again.wait_until_serving(120)
        write(again.bootstrap, "large", b"second")
        assert [len(value) for value in read(again.bootstrap, "large", 2)] == [MAX_DOCUMENT_BYTES, 6]
    finally:
        again.stop()


def test_properties_that_kafka_refuses_are_shown(tmp_path):
    broker = EmbeddedBroker(tmp_path, ports.free_port(), properties={"broker.heartbeat.interval.ms": "no number"})
    with pytest.raises(BrokerError, match="heartbeat"):
        broker.start()


@pytest.mark.parametrize(
    ("code", "seconds", "words"),
    [
        ("raise SystemExit(1)", 20, "ended while it started"),
        ("import time; time.sleep(60)", 0.2, "does not serve after 0 s"),
    ],
)
def test_a_broker_that_ends_or_stays_silent_shows_its_log(tmp_path, code, seconds, words):
    broker = EmbeddedBroker(tmp_path, ports.free_port())
    broker.process = process.spawn([sys.executable, "-c", code], tmp_path / "out.log")
    broker.log.parent.mkdir()
    broker.log.write_text("FATAL the disk is gone\n")
    with pytest.raises(BrokerError, match=rf"(?s){words}.*FATAL the disk is gone.*all of it: "):
        broker.wait_until_serving(seconds)
    broker.stop(0)


def test_a_folder_without_kafka_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match=r"KHABAR_KAFKA_HOME=.* holds no Apache Kafka"):
        EmbeddedBroker(tmp_path, ports.free_port(), home=tmp_path).start()


def test_no_java_says_what_brings_one(tmp_path, monkeypatch):
    from agents.embedded import java

    monkeypatch.setattr(java, "_bundled", lambda: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"khabar\[embedded\].*JAVA_HOME.*KHABAR_KAFKA_BOOTSTRAP"):
        java.find_java()


def test_ports_know_what_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert ports.in_use("127.0.0.1", port)
        assert ports.answers("127.0.0.1", port)
    assert not ports.in_use("127.0.0.1", port)
    assert not ports.answers("127.0.0.1", port)
