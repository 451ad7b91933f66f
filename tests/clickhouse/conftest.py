"""The embedded engine over HTTP, a fresh database a test, and articles of our own to fill it."""

from __future__ import annotations

import itertools
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from agents.clickhouse.client import connect
from agents.clickhouse.migrate import apply, migrations
from agents.settings import Settings
from agents.sink.rows import TABLES, rows_of
from schemas.annotations import Actor, Entity, Event, Quote, Sentence, Span, Word
from schemas.document import Document
from schemas.ids import stable_id

NUMBERS = itertools.count()
NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
TITLE = "لقاء في القاهرة"
BODY = "اجتمع الوزير مع نظيره التركي. وقال الوزير إن اللقاء كان مثمرا."


@pytest.fixture
def settings(engine):
    """Settings with a database of their own, not made yet."""
    return Settings(clickhouse_url=engine, clickhouse_database=f"views{next(NUMBERS)}")


@pytest.fixture(scope="module")
def shared_settings(engine):
    """Settings with a migrated database for the tests of a module."""
    made = Settings(clickhouse_url=engine, clickhouse_database=f"views{next(NUMBERS)}")
    with closing(connect(made, database="")) as admin:
        admin.command(f"CREATE DATABASE {made.clickhouse_database}")
    with closing(connect(made)) as ready:
        apply(ready, migrations())
    return made


@pytest.fixture
def client(shared_settings):
    """A client of that database, its tables empty."""
    with closing(connect(shared_settings)) as ready:
        for table in TABLES:
            ready.command(f"TRUNCATE TABLE {table}")
        yield ready


@pytest.fixture
def store(client):
    """Writes a document as the sink does, ``minutes`` after noon."""

    def write(document, minutes=0):
        for table in TABLES:
            rows = rows_of(document, NOON + timedelta(minutes=minutes))[table]
            if rows:
                client.insert(table, [list(row.values()) for row in rows], column_names=list(rows[0]))

    return write


@pytest.fixture
def rows(client):
    """Rows of a query."""

    def ask(query):
        return [tuple(row) for row in client.query(query).result_rows]

    return ask


def span_of(text, words):
    start = text.index(words)
    return {"start": start, "end": start + len(words), "text": words}


def make_actor(text, words, name, country, entity_id=""):
    return Actor(**span_of(text, words), name=name, country=country, entity_id=entity_id)


@pytest.fixture
def article():
    """Make a document with one quote and any events; everything can be varied."""
    return make_article


def make_article(name="a1", *, revision=1, version="1", events=("meeting",), **event):
    outlet, hour = event.pop("outlet", "وكالة الأولى"), event.pop("hour", 9)
    text = f"{TITLE}\n\n{BODY}"
    first, second = text.index(BODY), text.index("وقال")
    return Document(
        id=name,
        revision=revision,
        source=outlet,
        title=TITLE,
        body=BODY,
        published_at=f"2025-03-04T{hour:02}:00:00Z",
        received_at=1_741_078_800_000,
        sentences=[
            Sentence(start=0, end=len(TITLE), words=[Word(start=0, end=4, text="لقاء", token=0, upos="NOUN")]),
            Sentence(start=first, end=second - 1),
            Sentence(start=second, end=len(text)),
        ],
        entities=[
            Entity(
                **span_of(text, "القاهرة"),
                mention_id=stable_id(name, revision, "m"),
                type="LOC",
                name="القاهرة",
                name_en="Cairo",
                country="EGY",
                entity_id="Q85",
            )
        ],
        quotes=[
            Quote(
                quote_id=stable_id(name, revision, "q"),
                content=Span(**span_of(text, "اللقاء كان مثمرا")),
                kind="indirect",
                cue=Span(**span_of(text, "وقال")),
                speaker=Span(**span_of(text, "الوزير")),
                speaker_name="بدر عبد العاطي",
                speaker_country="EGY",
                resolution="title",
            )
        ],
        events=[make_event(name, revision, kind, number, **event) for number, kind in enumerate(events)],
        versions={"events": version},
    )


def make_event(name, revision, kind, number=0, **fields):
    text = f"{TITLE}\n\n{BODY}"
    phase = fields.get("phase", "realised")
    default = {
        "event_id": stable_id(name, revision, kind, number),
        "kind": kind,
        "phase": phase,
        "event_type": f"{kind}_{phase}",
        "trigger": Span(**span_of(text, "اجتمع")),
        "source": [make_actor(text, "الوزير", "مصر", "EGY", "Q79")],
        "target": [make_actor(text, "نظيره التركي", "تركيا", "TUR", "Q43")],
        "date": "2025-03-04",
        "date_resolution": "relative",
    }
    return Event(**(default | fields))
