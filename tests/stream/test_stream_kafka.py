"""Topics, lag, dead letters and producers on a real broker."""

from __future__ import annotations

import json
import time

import pytest
from confluent_kafka import Producer
from support.health import page, status
from support.kafka import article, headers_of, publish, publish_articles, read, wait_for
from support.stages import FAILS

from agents.dead_letters import read_letters, redrive, show_letter
from agents.kafka import librdkafka_config, topic_name
from agents.lag import READ_SECONDS, LagReader, read_lag
from agents.topics import ensure_topics
from schemas.document import Document
from schemas.errors import BrokerError, ConfigurationError
from schemas.topics import DEAD_LETTER, RAW, STAGES, TOKENISED, TOPICS
from schemas.wire import decode

pytestmark = pytest.mark.kafka
TOKENISE = STAGES[0]


def test_topics_are_made_once_and_differences_are_told(settings):
    again = ensure_topics(settings)
    assert [report.name for report in again] == [topic_name(settings, topic) for topic in TOPICS]
    assert not any(report.created or report.differences for report in again)
    other = settings.model_copy(update={"kafka_partitions": 3, "raw_retention_days": 7})
    differences = {report.name: report.differences for report in ensure_topics(other)}
    raw = "; ".join(differences[topic_name(settings, RAW)])
    assert "has 2 partitions, Khabar would make 3" in raw
    assert "retention.ms is 2592000000, Khabar would set 604800000" in raw


def test_no_broker_is_a_clear_error(settings, unused_port, monkeypatch):
    monkeypatch.setattr("agents.kafka.TIMEOUT_SECONDS", 1.0)
    nowhere = settings.model_copy(update={"kafka_bootstrap": f"127.0.0.1:{unused_port}"})
    with pytest.raises(BrokerError, match=f"{unused_port}.*KHABAR_KAFKA_BOOTSTRAP"):
        ensure_topics(nowhere)


def test_lag_counts_from_the_beginning_before_a_stage_ever_ran_and_is_zero_after(settings, start_worker):
    now = int(time.time() * 1000)
    publish(settings, RAW, [(f"k{n}".encode(), article(n), now - 90_000) for n in range(20)])
    with LagReader(settings) as reader:
        waiting = [row for row in reader.read([TOKENISE]) if row.lag_messages]
        assert sum(row.lag_messages for row in waiting) == 20
        assert all(80 < row.lag_seconds < 200 for row in waiting)
        assert all(row.topic == topic_name(settings, RAW) for row in waiting)
        start_worker("tokenise")
        wait_for(lambda: sum(row.lag_messages for row in reader.read([TOKENISE])) == 0)
        assert all(row.lag_seconds == 0 for row in reader.read([TOKENISE]))
    assert len(read_lag(settings)) == len(STAGES) * settings.kafka_partitions


def test_ages_of_all_partitions_are_read_at_once_and_again(settings):
    """Eight partitions, and more in each than one fetch takes: looked at every few seconds while a stage lags."""
    wide = settings.model_copy(
        update={"kafka_topic_prefix": f"wide-{settings.kafka_topic_prefix}", "kafka_partitions": 8}
    )
    ensure_topics(wide)
    then = int(time.time() * 1000) - 90_000
    publish(wide, RAW, [(f"k{n}".encode(), article(n, body=f"{n} " + "كلمة " * 2_000), then) for n in range(400)])
    with LagReader(wide) as reader:
        for _ in range(4):
            started = time.monotonic()
            rows = reader.read([TOKENISE])
            assert time.monotonic() - started < READ_SECONDS
            assert len([row for row in rows if 80 < row.lag_seconds < 400]) == 8


def test_a_redrive_sends_back_once_what_was_published(settings, start_worker):
    worker = start_worker("tokenise")
    published = int(time.time() * 1000) - 5_000
    publish(settings, RAW, [(b"k1", article(1, body=FAILS), published), (b"k2", b"{nope")], headers=[("trace", b"7")])
    letters = read(settings, DEAD_LETTER, lambda found: len(found) == 2)
    assert worker.stop() == 0

    mine = next(letter for letter in read_letters(settings) if letter.key == b"k1")
    assert mine.reason("class") == "ProcessingError"
    assert not mine.redriven
    assert show_letter(settings, mine.position) == mine
    first = redrive(settings, [mine.position])
    assert first.published == [mine.position]
    again = redrive(settings)
    assert mine.position in again.already
    assert len(again.published) == 1
    assert redrive(settings).published == []

    records = read(settings, RAW, lambda found: len(found) == 4)
    assert len(records) == 4
    back = max((record for record in records if record.key() == b"k1"), key=lambda record: record.offset())
    assert back.value() == next(record for record in letters if record.key() == b"k1").value()
    assert back.timestamp()[1] == published
    assert headers_of(back) == {"trace": "7", "khabar.redriven": "/".join(map(str, mine.position))}


def test_a_letter_that_was_repaired_passes_and_leaves_no_second_letter(settings, start_worker):
    bad = start_worker("tokenise")
    publish_articles(settings, RAW, [article(1, body=FAILS)])
    assert len(read(settings, DEAD_LETTER, bool)) == 1
    bad.stop()
    start_worker("tokenise", FAKE_BAD_STAGE="none")
    redrive(settings)
    (done,) = read(settings, TOKENISED, bool)
    assert done.key() == b"a1"
    assert [letter.redriven for letter in read_letters(settings)] == [True]


def test_no_letter_there(settings):
    assert read_letters(settings) == []
    with pytest.raises(ConfigurationError, match="dead-letter list"):
        show_letter(settings, (0, 5))


def test_any_producer_will_do(settings, start_worker):
    """One that sets nothing but the broker, without key or id, as a console producer does."""
    start_worker("tokenise")
    producer = Producer(librdkafka_config(settings))
    for n in range(6):
        line = json.dumps({"source": "س", "title": f"ع {n}", "body": "نص الخبر"}, ensure_ascii=False)
        producer.produce(topic_name(settings, RAW), value=line.encode())
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        packed = Producer(librdkafka_config(settings) | {"compression.type": codec})
        packed.produce(topic_name(settings, RAW), value=json.dumps(article(codec)).encode() * 1)
        assert packed.flush(10) == 0
    assert producer.flush(10) == 0
    records = read(settings, TOKENISED, lambda found: len(found) == 10)
    documents = [decode(record.value(), Document, limit=10**7) for record in records]
    assert all(record.key().decode() == document.id for record, document in zip(records, documents, strict=True))
    assert {"agzip", "asnappy", "alz4", "azstd"} < {document.id for document in documents}
    assert all(document.published_at_defaulted for document in documents)


def test_metrics_and_health(settings, start_worker, unused_port):
    worker = start_worker("tokenise", KHABAR_WORKER_METRICS_PORT=str(unused_port))
    publish_articles(settings, RAW, [article(n, body=FAILS if n == 3 else "نص") for n in range(10)])
    read(settings, TOKENISED, lambda found: len(found) == 9)
    wait_for(lambda: status(unused_port, "readyz") == 200)
    assert status(unused_port, "healthz") == 200
    assert status(unused_port, "nothing") == 404
    wait_for(lambda: 'khabar_processed_total{stage="tokenise"} 10.0' in page(unused_port))
    text = page(unused_port)
    assert 'khabar_dead_lettered_total{error="ProcessingError",stage="tokenise"} 1.0' in text
    assert 'khabar_failed_total{error="ValueError",stage="tokenise"}' in text
    assert "khabar_stage_seconds_bucket" in text
    wait_for(lambda: "khabar_consumer_lag_messages{" in page(unused_port))
    other = start_worker("tokenise", KHABAR_WORKER_SLOT="1", KHABAR_WORKER_METRICS_PORT=str(unused_port))
    assert other.process.wait(90) == 1
    assert "KHABAR_WORKER_METRICS_PORT" in other.text()
    assert worker.running
