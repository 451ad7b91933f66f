"""Publish to and read from Khabar's topics, as a producer and an analyst of the wire would."""

from __future__ import annotations

import json
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition

from agents.kafka import librdkafka_config, producer_config, topic_name

BODY = "قال الوزير إن المحادثات تبدأ غدا في العاصمة."


def article(number, **fields):
    return {"id": f"a{number}", "source": "صحيفة الاختبار", "title": f"خبر {number}", "body": BODY} | fields


def publish(settings, topic, records, *, headers=None):
    """Publish (key, value[, timestamp_ms]) records with acks=all; dicts become JSON."""
    producer = Producer(producer_config(settings))
    failures = []
    for key, value, *timestamp in records:
        data = json.dumps(value, ensure_ascii=False).encode() if isinstance(value, dict) else value
        producer.produce(
            topic_name(settings, topic),
            key=key,
            value=data,
            headers=headers,
            timestamp=timestamp[0] if timestamp else 0,
            on_delivery=lambda error, _: failures.append(error) if error else None,
        )
        producer.poll(0)
    assert producer.flush(30) == 0
    assert not failures, failures


def publish_articles(settings, topic, articles):
    publish(settings, topic, [(item["id"], item) for item in articles])


def read(settings, topic, enough, timeout=120.0):
    """Read a topic from its beginning until ``enough(records)`` or the time is up; returns what there was."""
    consumer = Consumer(librdkafka_config(settings) | {"group.id": "reader", "enable.auto.commit": False})
    name = topic_name(settings, topic)
    consumer.assign([TopicPartition(name, p, OFFSET_BEGINNING) for p in range(settings.kafka_partitions)])
    records, deadline = [], time.monotonic() + timeout
    try:
        while not enough(records) and time.monotonic() < deadline:
            for record in consumer.consume(500, 0.1):
                assert record.error() is None
                records.append(record)
        return records
    finally:
        consumer.close()


def read_all(settings, topic):
    """Every record that lies in the topic now, of all its partitions."""
    consumer = Consumer(librdkafka_config(settings) | {"group.id": "reader"})
    try:
        partitions = [TopicPartition(topic_name(settings, topic), p) for p in range(settings.kafka_partitions)]
        ends = [consumer.get_watermark_offsets(partition, timeout=30) for partition in partitions]
    finally:
        consumer.close()
    held = sum(high - low for low, high in ends)
    records = read(settings, topic, lambda found: len(found) >= held)
    assert len(records) >= held
    return records


def headers_of(record):
    return {name: value.decode() for name, value in record.headers() or ()}


def wait_for(condition, timeout=120.0, pause=0.05):
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(pause)
