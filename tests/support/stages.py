"""Fast stages in place of the models; a word in the body makes one misbehave."""

from __future__ import annotations

import os
import signal
import sys
import time

from schemas.annotations import Actor, Entity, Event, Quote, Sentence, Span, Word
from schemas.ids import stable_id
from support import controls

FAILS = "يفشل"
"""The stage raises for this document, each time."""
FAILS_ONCE = "يتعثر"
"""The stage raises the first time, having left half of its work behind."""
KILLS = "يقتل"
"""The process dies."""
SWELLS = "ينتفخ"
"""The result is larger than its topic takes."""
MIB = 1024 * 1024


def make(name, settings):
    del settings
    if seconds := float(os.environ.get("FAKE_LOADING", "0")):
        sys.stderr.write("loading\n")
        time.sleep(seconds)
    return FakeStage(name)


class FakeStage:
    version = "fake-1"

    def __init__(self, name):
        self.name = name
        self.seen = set()
        self.pause = float(os.environ.get("FAKE_PAUSE", "0"))

    def __call__(self, documents):
        done = []
        for document in documents:
            time.sleep(self.pause + controls.current.pause)
            self.misbehave(document)
            getattr(self, self.name)(document)
            document.versions = document.versions | {self.name: self.version}
            done.append(document)
        return done

    def misbehave(self, document):
        if self.name != os.environ.get("FAKE_BAD_STAGE", "tokenise"):
            return
        if FAILS in document.body:
            msg = f"cannot do {document.id}\nsecond line"
            raise ValueError(msg)
        if KILLS in document.body:
            os.kill(os.getpid(), signal.SIGKILL)
        if FAILS_ONCE in document.body and document.id not in self.seen:
            self.seen.add(document.id)
            document.title = "half done"
            raise ValueError("only this time")
        if SWELLS in document.body:
            document.url = "x" * (17 * MIB)

    def tokenise(self, document):
        first = len(document.title)
        document.sentences = [Sentence(start=0, end=first), Sentence(start=first + 2, end=len(document.text))]
        for sentence in document.sentences:
            sentence.words = [
                Word(start=sentence.start, end=sentence.end, text=document.text[sentence.start : sentence.end], token=0)
            ]

    def ner(self, document):
        start = len(document.title) + 2
        document.entities = [
            Entity(
                start=start,
                end=start + 3,
                text=document.text[start : start + 3],
                type="PER",
                mention_id=self.id(document, "m"),
            )
        ]

    def quotes(self, document):
        document.quotes = [Quote(quote_id=self.id(document, "q"), content=self.span(document), kind="indirect")]

    def events(self, document):
        span = self.span(document)
        actor = Actor(start=span.start, end=span.end, text=span.text, name="الوزير")
        document.events = [
            Event(
                event_id=self.id(document, "e"),
                kind="meeting",
                phase="arranged",
                event_type="meeting_arranged",
                trigger=span,
                source=[actor],
                target=[actor, actor],
            )
        ]

    @staticmethod
    def span(document):
        start = len(document.title) + 2
        return Span(start=start, end=start + 3, text=document.text[start : start + 3])

    @staticmethod
    def id(document, kind):
        return stable_id(document.id, document.revision, kind)
