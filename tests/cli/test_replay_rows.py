"""A replay after a change of a model replaces rows: the counts before and after reconcile."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, datetime

import orjson
import pytest
from confluent_kafka import Consumer, TopicPartition

from agents.clickhouse.client import connect
from agents.json_lines import Line
from agents.kafka import librdkafka_config, topic_name
from agents.publish import publish
from agents.replay import TimeRange, find_stage, replay
from agents.sink.rows import TABLES, rows_of
from schemas.annotations import Event, Span
from schemas.ids import stable_id
from schemas.intake import open_document
from schemas.topics import RAW

pytestmark = pytest.mark.kafka
ARTICLES = 12
STATE = (
    "SELECT count(), uniqExact(article_id), groupUniqArray(versions['events']), "
    "(SELECT (count(), uniqExact(event_id)) FROM current_events), (SELECT count() FROM articles FINAL) FROM current_articles"
)


def records(settings, since):
    """Raw records by partition and offset, from an offset a partition on."""
    consumer = Consumer(librdkafka_config(settings) | {"group.id": "test", "enable.partition.eof": True})
    name = topic_name(settings, RAW)
    partitions = consumer.list_topics(name, timeout=10).topics[name].partitions
    consumer.assign([TopicPartition(name, number, since.get(number, 0)) for number in partitions])
    ended, deadline = set(), time.monotonic() + 30
    while len(ended) < len(partitions) and time.monotonic() < deadline:
        record = consumer.poll(1)
        if record is not None and record.error():
            ended.add(record.partition())
        elif record is not None:
            since[record.partition()] = record.offset() + 1
            yield record
    consumer.close()


def process(settings, client, since, version, events=lambda _number: 1):
    """What the stages and the sink do, with a model of our own that finds so many events in each article."""
    for record in records(settings, since):
        document = open_document(record.value(), record.timestamp()[1])
        document.events = [
            Event(
                event_id=stable_id(document.id, document.revision, at),
                kind="meeting",
                phase="realised",
                trigger=Span(start=at, end=at + 3, text=document.text[at : at + 3]),
            )
            for at in range(events(int(document.id[1:])))
        ]
        document.versions = {"events": version}
        for table in TABLES:
            rows = rows_of(document, datetime.now(UTC))[table]
            if rows:
                client.insert(table, [list(row.values()) for row in rows], column_names=list(rows[0]))


def test_rows_are_replaced_and_counts_reconcile(stored_settings):
    lines = [
        Line("f", number, orjson.dumps({"id": f"a{number}", "source": "س", "title": "عنوان", "body": "نص الخبر"}))
        for number in range(ARTICLES)
    ]
    started = int(time.time() * 1000)
    assert publish(stored_settings, RAW, lines).published == ARTICLES
    times, since = TimeRange(started, int(time.time() * 1000) + 1), {}
    with closing(connect(stored_settings)) as client:
        process(stored_settings, client, since, "old")
        before = client.query(STATE).result_rows[0]
        assert tuple(before) == (ARTICLES, ARTICLES, ["old"], (ARTICLES, ARTICLES), ARTICLES)
        assert replay(stored_settings, find_stage("tokenise"), times).records == ARTICLES
        process(stored_settings, client, since, "old")
        assert client.query(STATE).result_rows[0] == before  # the dry run did nothing
        assert replay(stored_settings, find_stage("tokenise"), times, execute=True).published == ARTICLES
        process(stored_settings, client, since, "new")
        after = client.query(STATE).result_rows[0]
        assert tuple(after) == (ARTICLES, ARTICLES, ["new"], (ARTICLES, ARTICLES), 2 * ARTICLES)
        # a model that finds nothing in some articles and more in others: what it does not find is gone
        assert replay(stored_settings, find_stage("tokenise"), times, execute=True).published == ARTICLES
        process(stored_settings, client, since, "newest", lambda number: number % 3)
        found = sum(number % 3 for number in range(ARTICLES))
        last = client.query(STATE).result_rows[0]
        assert tuple(last) == (ARTICLES, ARTICLES, ["newest"], (found, found), 3 * ARTICLES)
        assert {row[0] for row in client.query("SELECT DISTINCT article_id FROM current_events").result_rows} == {
            f"a{number}" for number in range(ARTICLES) if number % 3
        }
