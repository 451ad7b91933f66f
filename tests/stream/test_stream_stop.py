"""A worker that is asked to stop ends soon and with the right status, whatever it is doing."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from unittest.mock import AsyncMock

import pytest
from confluent_kafka import ConsumerGroupState, KafkaException
from confluent_kafka.admin import AdminClient
from faust.types import TP, ConsumerMessage
from support.health import status
from support.kafka import article, publish_articles, read, wait_for

from agents.kafka import group_name, librdkafka_config
from agents.lag import LagReader
from agents.settings import Settings
from agents.stage import lifeline
from agents.stage.app import make_app
from schemas.topics import RAW, STAGES, TOKENISED

TOKENISE = STAGES[0]
SOON = lifeline.STOP_SECONDS * 0.8
"""Well before the worker would give up waiting."""


def stop(worker):
    """Exit status and seconds."""
    started = time.monotonic()
    return worker.stop(), time.monotonic() - started


def is_ready(worker):
    return '"ready"' in worker.text()


def lag(settings):
    with LagReader(settings) as reader:
        return sum(row.lag_messages for row in reader.read([TOKENISE]))


@pytest.mark.kafka
def test_while_its_model_loads(start_worker):
    worker = start_worker("tokenise", FAKE_LOADING="60")
    wait_for(lambda: "loading" in worker.text())
    code, seconds = stop(worker)
    assert code == 0
    assert seconds < SOON


@pytest.mark.kafka
def test_while_its_kafka_thread_is_just_starting(start_worker):
    worker = start_worker("tokenise", command=("support.slow_start",))
    assert worker.process.wait(120) == 0
    assert "joining" in worker.text()


@pytest.mark.kafka
def test_while_another_worker_holds_up_the_rebalance(settings, start_worker):
    publish_articles(settings, RAW, [article(n) for n in range(20)])
    first = start_worker("tokenise", FAKE_PAUSE="60")
    wait_for(lambda: is_ready(first))
    second = start_worker("tokenise", KHABAR_WORKER_SLOT="1")
    admin, group = AdminClient(librdkafka_config(settings)), group_name(settings, TOKENISE)

    def second_waits():
        try:
            found = admin.describe_consumer_groups([group])[group].result()
        except KafkaException:  # the coordinator is just loading the new group
            return False
        return found.state == ConsumerGroupState.PREPARING_REBALANCING and len(found.members) == 2

    wait_for(second_waits)
    code, seconds = stop(second)
    assert code == 0
    assert seconds < SOON
    assert not is_ready(second)
    assert first.running


@pytest.mark.kafka
def test_while_it_waits_for_a_worker_that_has_left(settings, start_worker, unused_port):
    session = {"KHABAR_KAFKA_SESSION_TIMEOUT": "45"}
    first = start_worker("tokenise", KHABAR_WORKER_METRICS_PORT=str(unused_port), **session)
    wait_for(lambda: is_ready(first))
    second = start_worker("tokenise", KHABAR_WORKER_SLOT="1", **session)
    wait_for(lambda: is_ready(second))
    publish_articles(settings, RAW, [article(n) for n in range(40)])
    assert len(read(settings, TOKENISED, lambda found: len(found) == 40)) == 40
    assert stop(second)[0] == 0
    third = start_worker("tokenise", KHABAR_WORKER_SLOT="2", **session)
    wait_for(lambda: status(unused_port, "readyz") == 503)  # it has joined again and gets no answer
    for worker in (first, third):
        code, seconds = stop(worker)
        assert code == 0
        assert seconds < SOON
    assert lag(settings) == 0  # status 0 means that all of it was committed


PARTITION = TP("raw", 0)


@pytest.fixture
async def consumer(tmp_path, monkeypatch):
    """A stage's consumer with one partition; ``broker.takes`` is the answer to a commit, ``broker.asked`` all offsets."""
    app = make_app(Settings(kafka_bootstrap="127.0.0.1:1", data_dir=tmp_path), TOKENISE, tmp_path)
    made = app.consumer
    made.broker = SimpleNamespace(takes=True, asked=[])

    async def commit(offsets):
        await asyncio.sleep(0.05)
        made.broker.asked.append(offsets[PARTITION])
        return made.broker.takes

    app.topics._acking_topics.add(PARTITION.topic)
    monkeypatch.setattr(made._thread, "commit", commit)
    monkeypatch.setattr(made, "assignment", lambda: {PARTITION})
    monkeypatch.setattr(made, "_on_partitions_revoked", AsyncMock())
    monkeypatch.setattr(app.producer, "flush", AsyncMock())
    yield made
    made._thread.thread_loop.close()


def message(offset):
    return ConsumerMessage(*PARTITION, offset, 0.0, 0, {}, None, b"", None, 0, 0, PARTITION)


async def test_all_is_committed_although_a_commit_was_under_way(consumer):
    assert await consumer.commit_all()
    consumer.ack(message(0))
    earlier = asyncio.create_task(consumer.commit())
    await asyncio.sleep(0.01)
    consumer.ack(message(1))
    assert await consumer.commit_all()
    assert await earlier
    assert consumer.broker.asked == [1, 2]


async def test_a_refused_commit_is_owed_until_the_partition_goes(consumer):
    consumer.broker.takes = False
    consumer.ack(message(0))
    assert not await consumer.commit_all()
    assert not await consumer.commit_all()
    await consumer.on_partitions_revoked({PARTITION})
    assert await consumer.commit_all()
