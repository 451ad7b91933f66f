"""One slow stage, a feed of whole articles that keeps exactly to its rate, and the capacity that comes of it."""

from __future__ import annotations

import contextlib
import json
import time
from functools import cache

from feed import Feed
from support.workers import ROOT

from agents.clickhouse.client import connect

SLOW = "ner"
"""The stage that sets the capacity: articles wait in front of it, while the stages around it have time to spare."""
STORED = "SELECT count() FROM articles"


class SteadyFeed(Feed):
    """Publishes ``rate`` articles a second by the clock, however long a single one takes; none twice."""

    def __init__(self, settings, rate, seed, body_bytes):
        super().__init__(settings, rate, seed)
        self.body_bytes = body_bytes

    def _run(self):
        started, before = time.monotonic(), self.number
        while self.running:
            due = before + int((time.monotonic() - started) * self.rate)
            while self.number < due and self.running:
                self.publish(self.body())
            time.sleep(min(1 / self.rate, 0.1))

    def backlog(self, count):
        """Publish ``count`` articles at once."""
        for _ in range(count):
            self.publish(self.body())
        assert self.producer.flush(120) == 0

    def body(self):
        """Words of the sample articles in random order, about ``body_bytes`` of UTF-8, a full stop now and then."""
        text, size = [], 0
        while size < self.body_bytes:
            sentence = " ".join(self.random.choices(words(), k=self.random.randint(8, 30))) + "."
            text.append(sentence)
            size += len(sentence.encode()) + 1
        return " ".join(text)


@cache
def words():
    lines = (ROOT / "agents" / "samples" / "articles.jsonl").read_text("utf-8").splitlines()
    return sorted({word.strip(".،«»؟!:") for line in lines for word in json.loads(line)["body"].split()} - {""})


def measure_capacity(world, feed, articles):
    """Articles a second with a full queue: a backlog is published, the time of its draining taken.

    From the first rows in the store, when every worker has joined and is warm, to the last.
    """
    with contextlib.closing(connect(world.settings)) as client:

        def stored():
            return int(client.query(STORED).result_rows[0][0])

        world.wait_for(lambda: world.lag() == 0, 120)
        feed.backlog(articles)
        world.wait_for(lambda: stored() > articles // 10, 300)
        first, started = stored(), time.monotonic()
        world.wait_for(lambda: stored() >= articles, 600)
    return (articles - first) / (time.monotonic() - started)
