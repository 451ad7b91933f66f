"""Stages that fail, die and are stopped while articles flow: all there in the end, once."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from support.kafka import BODY, article, headers_of, publish_articles, read, wait_for
from support.stages import FAILS, FAILS_ONCE, KILLS, SWELLS

from agents.lag import LagReader
from schemas.topics import DEAD_LETTER, RAW, STAGES, TOKENISED

pytestmark = pytest.mark.kafka
TOKENISE = STAGES[0]


def ids(records):
    return {record.key().decode() for record in records}


def test_one_document_that_fails_is_set_apart_after_three_tries(settings, start_worker):
    bodies = {3: FAILS, 5: FAILS_ONCE, 7: SWELLS}
    articles = [article(n, body=f"{bodies.get(n, '')} {BODY}") for n in range(10)]
    publish_articles(settings, RAW, articles)
    worker = start_worker("tokenise")
    letters = read(settings, DEAD_LETTER, lambda found: len(found) == 2)
    reasons = {record.key().decode(): headers_of(record) for record in letters}
    assert {key: headers["khabar.error.class"] for key, headers in reasons.items()} == {
        "a3": "ProcessingError",
        "a7": "TooLargeError",
    }
    assert "failed 3 times" in reasons["a3"]["khabar.error.message"]
    done = read(settings, TOKENISED, lambda found: len(found) == 8)
    assert ids(done) == {f"a{n}" for n in range(10)} - {"a3", "a7"}
    assert worker.stop() == 0
    # The error's message holds a line break; each line of the log is still one event.
    assert all(line.startswith("{") for line in worker.text().splitlines())


def test_killed_while_articles_flow_nothing_is_lost_and_what_was_committed_is_not_repeated(settings, start_worker):
    worker = start_worker("tokenise", FAKE_PAUSE="0.005")
    wanted = {f"a{n}" for n in range(600)}
    for part in range(6):
        publish_articles(settings, RAW, [article(n) for n in range(part * 100, part * 100 + 100)])
        if part % 2:
            time.sleep(0.5)
            worker.kill()
            worker.start()
    records = read(settings, TOKENISED, lambda found: ids(found) >= wanted)
    assert ids(records) == wanted
    assert read(settings, DEAD_LETTER, bool, timeout=2) == []
    repeats = sum(Counter(record.key() for record in records).values()) - len(wanted)
    assert repeats < 3 * 200  # at most what was in hand or not yet committed at each of three deaths


def test_a_poison_message_that_kills_the_process_ends_in_the_dead_letters(settings, start_worker):
    articles = [article(n, body=f"{KILLS if n == 20 else ''} {BODY}") for n in range(40)]
    publish_articles(settings, RAW, articles)
    worker = start_worker("tokenise")
    deaths = 0
    deadline = time.monotonic() + 180

    def all_done():
        nonlocal deaths
        if not worker.running:
            deaths += 1
            worker.start()
        with LagReader(settings) as reader:
            return sum(row.lag_messages for row in reader.read([TOKENISE])) == 0

    while not all_done():
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert deaths == 1 + 3  # once in company, three times alone
    (letter,) = read(settings, DEAD_LETTER, bool)
    assert letter.key() == b"a20"
    assert "died" in headers_of(letter)["khabar.error.message"]
    records = read(settings, TOKENISED, lambda found: len(ids(found)) == 39)
    assert ids(records) == {f"a{n}" for n in range(40)} - {"a20"}


def test_sigterm_finishes_the_batch_in_hand_leaves_the_rest_and_is_quick(settings, start_worker):
    publish_articles(settings, RAW, [article(n) for n in range(300)])
    worker = start_worker("tokenise", FAKE_PAUSE="0.05", KHABAR_WORKER_BATCH="10")
    read(settings, TOKENISED, bool)
    started = time.monotonic()
    assert worker.stop() == 0
    assert time.monotonic() - started < 20
    done = read(settings, TOKENISED, lambda found: len(found) == 300, timeout=2)
    assert len(done) == len(ids(done)) < 300
    with LagReader(settings) as reader:
        assert sum(row.lag_messages for row in reader.read([TOKENISE])) == 300 - len(done)


def test_two_workers_share_the_work_and_one_may_leave(settings, start_worker):
    first = start_worker("tokenise", FAKE_PAUSE="0.005")
    second = start_worker("tokenise", FAKE_PAUSE="0.005", KHABAR_WORKER_SLOT="1")
    publish_articles(settings, RAW, [article(n) for n in range(200)])
    wait_for(lambda: "ready" in second.text())
    assert second.stop() == 0
    publish_articles(settings, RAW, [article(n) for n in range(200, 300)])
    wanted = {f"a{n}" for n in range(300)}
    # A static member that left keeps its partitions until the session ends (6 s here at the least).
    assert ids(read(settings, TOKENISED, lambda found: ids(found) >= wanted)) == wanted
    assert first.running


def test_a_slot_that_is_taken_is_refused_with_what_to_do(start_worker):
    first = start_worker("tokenise")
    wait_for(lambda: '"ready"' in first.text())
    second = start_worker("tokenise")
    assert second.process.wait(90) == 1
    assert "KHABAR_WORKER_SLOT" in second.text()


def test_a_worker_without_topics_says_which_command_makes_them(start_worker):
    worker = start_worker("tokenise", KHABAR_KAFKA_TOPIC_PREFIX="nowhere.")
    assert worker.process.wait(90) == 1
    assert "khabar topics create" in worker.text()
