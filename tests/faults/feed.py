"""A producer that numbers its articles and remembers which ones the broker has acknowledged."""

from __future__ import annotations

import json
import random
import threading
import time

from confluent_kafka import Producer
from support.kafka import BODY, article
from support.stages import FAILS, KILLS

from agents.kafka import producer_config, topic_name
from schemas.topics import RAW

TWICE, REVISED = 0.05, 0.03
"""How many articles are published twice, or once more as a newer revision."""
KEPT = 200
"""So many articles can be published again."""
LETTERS = "ابتجحدذرزسصضطظعغفكلمنهوي "
"""Without one letter of each word that makes a fast stage misbehave."""


class Feed:
    """Publishes ``rate`` articles a second until told to stop, to hold or to flow."""

    def __init__(self, settings, rate, seed):
        # It waits out a broker that is away, as a careful producer does.
        self.producer = Producer(producer_config(settings) | {"message.timeout.ms": 600_000, "log_level": 0})
        self.topic = topic_name(settings, RAW)
        self.rate, self.random = rate, random.Random(seed)
        self.acknowledged, self.doomed, self.repeats = set(), set(), 0
        self.sent, self.newest = {}, {}
        """The last version sent, by number; the highest revision acknowledged, by id."""
        self.number, self.running = 0, True
        self.flowing, self.lock = threading.Event(), threading.RLock()
        self.flowing.set()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.thread.start()

    def flow(self):
        self.flowing.set()

    def hold(self):
        """Publish nothing more, for now; returns when all is acknowledged."""
        self.flowing.clear()
        with self.lock:
            assert self.producer.flush(300) == 0, "the broker does not take what was published"

    def stop(self):
        self.running = False
        self.flowing.set()
        self.thread.join(60)
        assert self.producer.flush(120) == 0, "the broker does not take what was published"

    def _run(self):
        while self.running:
            with self.lock:
                if self.flowing.is_set():
                    self._publish_next()
            self.flowing.wait()
            time.sleep(1 / self.rate)

    def _publish_next(self):
        number = self.number
        self.publish(self.body_of(number))
        drawn = self.random.random()
        if drawn < TWICE:
            self.again(number)
        elif drawn < TWICE + REVISED:
            self.repeats += 1
            self._send(number, self.version(number, 2))

    def version(self, number, revision):
        """Body and revision; a later revision has a sentence more."""
        body = self.body_of(number)
        return {"body": body if revision == 1 else f"{body} {BODY}", "revision": revision}

    def body_of(self, number):
        del number
        return BODY

    def publish(self, body):
        with self.lock:
            number, self.number = self.number, self.number + 1
            self._send(number, {"body": body, "revision": 1})
            return f"a{number}"

    def again(self, number):
        """Publish the article as it is once more."""
        self.repeats += 1
        self._send(number, self.sent[number])

    def latest(self, most=40):
        """Ids of the last articles that should pass: of all partitions, with the broker's acknowledgement or not."""
        recent = (f"a{number}" for number in range(max(self.number - most, 0), self.number))
        return [name for name in recent if name not in self.doomed]

    def poison(self):
        """An article that kills the process of the first stage each time."""
        with self.lock:
            self.doomed.add(self.publish(f"{KILLS} {BODY}"))

    def failing(self):
        """An article that the first stage cannot do."""
        with self.lock:
            self.doomed.add(self.publish(f"{FAILS} {BODY}"))

    def duplicates(self, count=50, times=3):
        """The last articles all over again, as a producer does that has lost its place."""
        with self.lock:
            for number in list(range(max(self.number - count, 0), self.number)) * times:
                if f"a{number}" not in self.doomed:
                    self.again(number)

    def large(self, count=60, characters=12_000):
        """Articles that hardly compress, so that their rows make a large insert."""
        for _ in range(count):
            self.publish("".join(self.random.choices(LETTERS, k=characters)))

    def item(self, number, version):
        return article(number, **version, published_at="2024-08-19T07:00:00Z")

    def _send(self, number, version):
        self.sent[number] = version
        self.sent.pop(number - KEPT, None)
        item = self.item(number, version)

        def delivered(error, _message, key=item["id"], revision=version["revision"]):
            if error is None:
                self.acknowledged.add(key)
                self.newest[key] = max(revision, self.newest.get(key, 0))

        value = json.dumps(item, ensure_ascii=False).encode()
        self.producer.produce(self.topic, value, item["id"], on_delivery=delivered)
        self.producer.poll(0)
