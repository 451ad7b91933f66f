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


class Feed:
    """Publishes ``rate`` articles a second until told to stop; some twice, some with a newer revision."""

    def __init__(self, settings, rate, seed):
        # It waits out a broker that is away, as a careful producer does.
        self.producer = Producer(producer_config(settings) | {"message.timeout.ms": 300_000, "log_level": 0})
        self.topic = topic_name(settings, RAW)
        self.rate, self.random = rate, random.Random(seed)
        self.acknowledged, self.doomed, self.repeats = set(), set(), 0
        self.number, self.running = 0, True
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        self.running = False
        self.thread.join(60)
        assert self.producer.flush(120) == 0, "the broker does not take what was published"

    def _run(self):
        while self.running:
            self.publish(BODY)
            if self.random.random() < 0.05:
                self._send(self.number - 1, BODY, revision=1)
                self.repeats += 1
            time.sleep(1 / self.rate)

    def publish(self, body):
        number, self.number = self.number, self.number + 1
        self._send(number, body, revision=1)
        return f"a{number}"

    def latest(self, most=40):
        """Ids of the last articles that should pass: of all partitions, with the broker's acknowledgement or not."""
        recent = (f"a{number}" for number in range(max(self.number - most, 0), self.number))
        return [name for name in recent if name not in self.doomed]

    def poison(self):
        """An article that kills the process of the first stage each time."""
        self.doomed.add(self.publish(f"{KILLS} {BODY}"))

    def failing(self):
        """An article that the first stage cannot do."""
        self.doomed.add(self.publish(f"{FAILS} {BODY}"))

    def _send(self, number, body, revision):
        item = article(number, body=body, revision=revision, published_at="2024-08-19T07:00:00Z")

        def delivered(error, _message, key=item["id"]):
            if error is None:
                self.acknowledged.add(key)

        value = json.dumps(item, ensure_ascii=False).encode()
        self.producer.produce(self.topic, value, item["id"], on_delivery=delivered)
        self.producer.poll(0)
