"""The sink on real Kafka and the real engine, with a proxy between them that fails: every row there, once."""

from __future__ import annotations

import time

import pytest
from support.engine import FaultyProxy
from support.kafka import article, publish, read, wait_for
from support.stages import FakeStage

from agents.clickhouse.client import connect
from agents.stage.journal import LONELY_DEATHS
from schemas.document import Document
from schemas.topics import DEAD_LETTER, EVENTS
from schemas.wire import encode

pytestmark = pytest.mark.kafka


@pytest.fixture
def proxy(stored_settings):
    proxy = FaultyProxy(stored_settings.clickhouse_url)
    yield proxy
    proxy.close()


@pytest.fixture
def through_proxy(proxy):
    return {"KHABAR_CLICKHOUSE_URL": proxy.url, "KHABAR_CLICKHOUSE_TIMEOUT": "2"}


@pytest.fixture
def sink(stored_settings, start_worker, through_proxy):
    return start_worker("sink", KHABAR_CLICKHOUSE_DATABASE=stored_settings.clickhouse_database, **through_proxy)


def documents(numbers, **fields):
    made = []
    for number in numbers:
        values = article(number) | {"revision": 1, "published_at": "2024-08-19T07:00:00Z"} | fields
        document = Document(**values)
        for stage in ("tokenise", "ner", "quotes", "events"):
            FakeStage(stage)([document])
        made.append((document.id.encode(), encode(document)))
    return made


class Reader:
    """An analyst: the default views."""

    def __init__(self, settings):
        self.client = connect(settings)

    def counts(self):
        """Articles, distinct articles, events that a reader sees."""
        sql = "SELECT count(), uniqExact(article_id), (SELECT count() FROM current_events) FROM current_articles"
        return self.client.query(sql).result_rows[0]

    def wait_for_rows(self, number, timeout=150):
        wait_for(lambda: self.counts()[1] >= number, timeout, pause=0.2)
        assert self.counts() == (number, number, number)

    def bodies(self):
        return {row[0] for row in self.client.query("SELECT DISTINCT body FROM current_articles").result_rows}


@pytest.fixture
def reader(stored_settings):
    return Reader(stored_settings)


def test_while_clickhouse_fails_the_sink_waits_and_afterwards_every_row_is_there_once(
    stored_settings, reader, proxy, sink
):
    total = 0
    for fault in ("pass", "500", "overloaded", "readonly", "full", "cut", "lost", "hang"):
        proxy.mode, before = fault, proxy.inserts
        proxy.released.clear()
        publish(stored_settings, EVENTS, documents(range(total, total + 20)))
        total += 20
        if fault != "pass":
            wait_for(lambda before=before: proxy.inserts >= before + 2)
            assert reader.counts()[0] < total or fault == "lost"
        proxy.mode = "pass"
        proxy.released.set()
        reader.wait_for_rows(total)
    assert sink.running
    assert "trying again" in sink.text()
    assert reader.client.query("SELECT count() FROM articles FINAL").result_rows[0][0] == total
    assert read(stored_settings, DEAD_LETTER, bool, timeout=0.5) == []


def test_sigterm_while_clickhouse_is_away_stops_at_once_and_loses_nothing(stored_settings, reader, proxy, sink):
    proxy.mode = "500"
    publish(stored_settings, EVENTS, documents(range(30)))
    wait_for(lambda: proxy.inserts or "trying again" in sink.text())
    started = time.monotonic()
    assert sink.stop() == 0
    assert time.monotonic() - started < 20
    proxy.mode = "pass"
    sink.start()
    reader.wait_for_rows(30)


def test_killed_between_two_inserts_the_rows_are_the_same_again(stored_settings, reader, proxy, sink):
    for part in range(3):
        publish(stored_settings, EVENTS, documents(range(part * 50, part * 50 + 50)))
        for _ in range(LONELY_DEATHS - 1):  # one more could hit the same record alone again: a dead letter, rightly
            before = proxy.inserts
            wait_for(lambda before=before: proxy.inserts > before)
            sink.kill()
            sink.start()
        reader.wait_for_rows(part * 50 + 50)
    assert read(stored_settings, DEAD_LETTER, bool, timeout=0.5) == []


def test_a_row_that_clickhouse_refuses_is_a_dead_letter_and_the_others_are_stored(stored_settings, reader, sink):
    good = documents(range(10))
    number, (key, value) = 4, good[4]
    broken = (key, value.replace(b'"start":', b'"start":99999999999,"was":', 1))
    publish(stored_settings, EVENTS, [*good[:number], broken, *good[number + 1 :]])
    reader.wait_for_rows(9)
    (letter,) = read(stored_settings, DEAD_LETTER, bool)
    assert (letter.key(), letter.value()) == broken
    assert sink.running


def test_a_newer_revision_and_a_newer_analysis_replace_the_older(stored_settings, reader, sink):
    publish(stored_settings, EVENTS, documents(range(5)))
    reader.wait_for_rows(5)
    publish(stored_settings, EVENTS, documents(range(5), revision=2, body="نص جديد للخبر"))
    wait_for(lambda: reader.bodies() == {"نص جديد للخبر"})
    assert reader.counts() == (5, 5, 5)
    publish(stored_settings, EVENTS, documents(range(5)))
    publish(stored_settings, EVENTS, documents(range(5, 6), body="نص جديد للخبر"))
    reader.wait_for_rows(6)
    assert reader.bodies() == {"نص جديد للخبر"}
    assert sink.running
