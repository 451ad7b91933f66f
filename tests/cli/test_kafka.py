"""``khabar topics``, ``publish``, ``lag`` and ``replay`` against a real broker."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import orjson
import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from agents.kafka import librdkafka_config, patiently, producer_config, topic_name
from agents.replay import HEADER, TimeRange, find_stage, parse_time, replay
from agents.setting_sources import to_environment
from schemas.errors import ConfigurationError
from schemas.topics import RAW

pytestmark = pytest.mark.kafka
HOUR = 3_600_000
NOON = int(time.time()) * 1000 - 5 * HOUR
"""In ms; lately, for the broker deletes what is older than the retention by the records' own times."""


@pytest.fixture
def environment(settings, monkeypatch):
    for name, value in to_environment(settings).items():
        monkeypatch.setenv(name, value)


def read_all(settings):
    """All raw records, by partition and offset."""
    consumer = Consumer(librdkafka_config(settings) | {"group.id": "test", "enable.partition.eof": True})
    name = topic_name(settings, RAW)
    partitions = consumer.list_topics(name, timeout=10).topics[name].partitions
    consumer.assign([TopicPartition(name, number, 0) for number in partitions])
    records, ended = [], set()
    deadline = time.monotonic() + 30
    while len(ended) < len(partitions) and time.monotonic() < deadline:
        record = consumer.poll(1)
        if record is not None and record.error():
            ended.add(record.partition())
        elif record is not None:
            records.append(record)
    consumer.close()
    return sorted(records, key=lambda record: (record.partition(), record.offset()))


@pytest.fixture
def history(settings):
    """Four records: two articles, one of them in two versions an hour apart, and a copy."""
    producer = Producer(producer_config(settings))
    for key, value, hour in [("a", "a1", 0), ("b", "b1", 1), ("a", "a2", 1), ("a", "a1", 0)]:
        producer.produce(topic_name(settings, RAW), value, key, timestamp=NOON + hour * HOUR)
    assert producer.flush(30) == 0
    return settings


def article(number, **fields):
    return {"id": f"a{number}", "source": "وكالة", "title": "عنوان", "body": "نص الخبر"} | fields


@pytest.mark.usefixtures("environment")
def test_publish_stores_bytes_and_keys_and_lag_counts_them(khabar, settings, tmp_path):
    lines = [orjson.dumps(article(number)) for number in range(20)]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join([*lines, b"{"]))
    result = khabar("publish", "a.jsonl")
    assert result.code == 1
    assert result.out.startswith("20 published, 1 invalid, 0 failed")
    assert "a.jsonl:21: UndecodableError" in result.err
    records = read_all(settings)
    assert sorted(record.value() for record in records) == sorted(lines)
    assert {record.key() for record in records} == {f"a{number}".encode() for number in range(20)}
    lag = [orjson.loads(row) for row in khabar("lag", "--json").out.splitlines()]
    assert sum(row["lag_messages"] for row in lag if row["stage"] == "tokenise") == 20
    assert khabar("lag", "--max-messages", "19").code == 1


@pytest.mark.usefixtures("environment")
def test_topics_are_created_once_and_listed(khabar):
    assert khabar("topics", "create").out.count("exists") == 6
    assert "articles.dead-letter" in khabar("topics", "list").out
    other = khabar("topics", "create", "--kafka-topic-prefix", "other.")
    assert (other.code, other.out.count("created")) == (0, 6)
    differs = khabar("topics", "create", "--kafka-partitions", "3")
    assert differs.code == 1
    assert "has 2 partitions, Khabar would make 3" in differs.out


def test_a_dry_run_counts_and_publishes_nothing(history):
    report = replay(history, find_stage("tokenise"), TimeRange(NOON, NOON + 2 * HOUR))
    assert (report.records, report.copies, report.articles, report.size, report.published) == (3, 1, 2, 6, 0)
    assert (report.first_ms, report.last_ms) == (NOON, NOON + HOUR)
    assert len(read_all(history)) == 4


def test_only_records_of_the_range_are_replayed(history):
    report = replay(history, find_stage("tokenise"), TimeRange(NOON + 1, NOON + HOUR + 1), execute=True)
    assert (report.records, report.published) == (2, 2)
    copies = [record for record in read_all(history) if any(name == HEADER for name, _ in record.headers() or ())]
    assert sorted((record.key(), record.value(), record.timestamp()[1]) for record in copies) == [
        (b"a", b"a2", NOON + HOUR),
        (b"b", b"b1", NOON + HOUR),
    ]


def test_an_article_keeps_its_partition_and_the_order_of_its_versions(history):
    replay(history, find_stage("tokenise"), TimeRange(NOON, NOON + 2 * HOUR), execute=True)
    of_a = [record for record in read_all(history) if record.key() == b"a"]
    assert len({record.partition() for record in of_a}) == 1
    assert [record.value() for record in of_a][-2:] == [b"a1", b"a2"]


def test_replaying_again_publishes_each_record_once_not_its_copies(history):
    whole = TimeRange(NOON, NOON + 2 * HOUR)
    for expected_copies in (1, 4, 7):
        report = replay(history, find_stage("tokenise"), whole, execute=True)
        assert (report.published, report.copies) == (3, expected_copies)


@pytest.mark.usefixtures("environment", "history")
def test_the_command_says_what_it_would_do_and_does_it_when_told(khabar):
    dry = khabar("replay", "--from", "6h", "--to", "3h")
    assert dry.code == 0
    assert "3 records of 2 articles" in dry.out
    first, last = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (NOON, NOON + HOUR))
    assert f"{first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S} UTC, 1 copy left out" in dry.out
    assert "nothing was done" in dry.out
    assert "3 published again" in khabar("replay", "--from", "6h", "--to", "3h", "--execute").out
    assert "none in this range" in khabar("replay", "--from", "9h", "--to", "8h").out
    assert khabar("replay", "--from", "3h", "--to", "6h").code == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-04", "2025-03-04T00:00:00+00:00"),
        ("2025-03-04T10:30", "2025-03-04T10:30:00+00:00"),
        ("2025-03-04T10:30:00+03:00", "2025-03-04T10:30:00+03:00"),
        ("90m", "2025-03-09T22:30:00+00:00"),
        ("7d", "2025-03-03T00:00:00+00:00"),
    ],
)
def test_times_are_dates_moments_or_ages(text, expected):
    assert parse_time(text, datetime(2025, 3, 10, tzinfo=UTC)).isoformat() == expected


@pytest.mark.parametrize("text", ["yesterday", "", "-3d", "2025-13-01"])
def test_other_times_are_refused(text):
    with pytest.raises(ConfigurationError, match="is no time"):
        parse_time(text, datetime(2025, 3, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    ("failures", "asked"),
    [([], 1), ([KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE], 3)],
)
def test_a_partition_that_changes_its_leader_is_asked_again(failures, asked):
    answers = [*failures, None]
    calls = []

    def ask():
        calls.append(1)
        if (code := answers.pop(0)) is not None:
            raise KafkaException(KafkaError(code))
        return "offsets"

    assert patiently(ask) == "offsets"
    assert len(calls) == asked


def test_another_error_is_not_waited_for():
    def ask():
        raise KafkaException(KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED))

    started = time.monotonic()
    with pytest.raises(KafkaException):
        patiently(ask)
    assert time.monotonic() - started < 5
