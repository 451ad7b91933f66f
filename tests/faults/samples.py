"""A feed for the real models: the shipped sample articles over and over, each under a number of its own."""

from __future__ import annotations

import json
import time
from collections import defaultdict

from feed import Feed
from support.workers import ROOT

from pipeline.analyse import analyse, load_stages
from schemas.intake import open_document

SAMPLES = [json.loads(line) for line in (ROOT / "agents/samples/articles.jsonl").read_text("utf-8").splitlines()]


class SampleFeed(Feed):
    """Articles by number, from the samples in turn."""

    def body_of(self, number):
        return SAMPLES[number % len(SAMPLES)]["body"]

    def item(self, number, version):
        return SAMPLES[number % len(SAMPLES)] | {"id": f"a{number}"} | version


def differing(world, feed):
    """Ids of articles whose events or quotes in the store are not those that one process finds without any fault."""
    events, quotes = defaultdict(set), defaultdict(set)
    for name, *event in world.rows("SELECT article_id, kind, phase, trigger_start, trigger_end FROM current_events"):
        events[name].add(tuple(event))
    for name, *quote in world.rows("SELECT article_id, content_start, content_end FROM current_quotes"):
        quotes[name].add(tuple(quote))
    wanted = expected(feed)
    return {name for name in feed.newest if (events[name], quotes[name]) != wanted[name]}


def expected(feed):
    """Events and quotes by article, each text analysed once."""
    first = {}
    for name, revision in feed.newest.items():
        first.setdefault((int(name[1:]) % len(SAMPLES), revision), name)
    items = [feed.item(int(name[1:]), feed.version(int(name[1:]), revision)) for (_, revision), name in first.items()]
    documents = [open_document(json.dumps(item).encode(), int(time.time() * 1000)) for item in items]
    found = dict(zip(first, map(_layers, analyse(documents, load_stages())), strict=True))
    return {name: found[int(name[1:]) % len(SAMPLES), revision] for name, revision in feed.newest.items()}


def _layers(document):
    events = {(event.kind, event.phase, event.trigger.start, event.trigger.end) for event in document.events}
    return events, {(quote.content.start, quote.content.end) for quote in document.quotes}
