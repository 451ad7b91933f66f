"""The page over a real engine and broker: every panel's query answers, filters filter, hostile text stays text."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest
from aiohttp.test_utils import TestClient, TestServer

from agents.clickhouse.client import connect
from agents.clickhouse.migrate import migrate
from agents.settings import Settings
from agents.sink.rows import rows_of
from agents.topics import ensure_topics
from agents.web.app import QUERIES, make_app
from schemas.annotations import Actor, Event, Quote, Sentence, Span
from schemas.document import Document

pytestmark = pytest.mark.kafka
TITLE = "قمة في القاهرة"
BODY = "التقى <script>alert(1)</script> وزير تركيا. وقال الوزير إن اللقاء مثمر."
TEXT = f"{TITLE}\n\n{BODY}"


def span(text):
    start = TEXT.index(text)
    return {"start": start, "end": start + len(text), "text": text}


def document():
    body = len(TITLE) + 2
    meeting = Event(
        event_id="e1",
        kind="meeting",
        phase="realised",
        event_type="meeting_held",
        trigger=Span(**span("التقى")),
        source=[Actor(**span("الوزير"), name="وزير", country="EGY")],
        target=[Actor(**span("وزير تركيا"), name="وزير تركيا", country="TUR")],
        date="2025-03-04",
        date_resolution="published",
    )
    said = Quote(
        quote_id="q1", kind="indirect", content=Span(**span("اللقاء مثمر")), speaker_name="وزير", speaker_country="EGY"
    )
    return Document(
        id="w1",
        revision=1,
        source="مثال",
        title=TITLE,
        body=BODY,
        published_at="2025-03-04T00:00:00Z",
        sentences=[Sentence(start=0, end=len(TITLE)), Sentence(start=body, end=len(TEXT))],
        quotes=[said],
        events=[meeting],
        versions={"events": "1"},
    )


@pytest.fixture(scope="module")
def filled(bootstrap, engine):
    """Settings of a Khabar of the module's own, with one document stored."""
    made = Settings(
        kafka_bootstrap=bootstrap,
        kafka_topic_prefix="web.",
        kafka_partitions=1,
        clickhouse_url=engine,
        clickhouse_database="web",
    )
    ensure_topics(made)
    migrate(made)
    with closing(connect(made)) as writer:
        for table, rows in rows_of(document(), datetime.now(UTC)).items():
            if rows:
                writer.insert(table, [list(row.values()) for row in rows], column_names=list(rows[0]))
    return made


@pytest.fixture
async def page(filled):
    async with TestClient(TestServer(make_app(filled))) as client:
        yield client


async def data(page, path):
    response = await page.get(path)
    assert response.status == 200, await response.text()
    return (await response.json())["data"]


async def test_every_panel_has_its_rows(page):
    for query in QUERIES:
        assert len(await data(page, f"/api/{query}")) == 1, query


@pytest.mark.parametrize(
    ("filters", "events"),
    [
        ("kind=meeting", 1),
        ("kind=attack", 0),
        ("phase=realised&country=TUR", 1),
        ("country=FRA", 0),
        ("since=2025-03-04&until=2025-03-04", 1),
        ("since=2025-03-05", 0),
        ("words=التقى", 1),
        ("words=' OR 1=1 --", 0),
        ("kind=' OR ''='", 0),
    ],
)
async def test_filters(page, filters, events):
    assert len(await data(page, f"/api/events?{filters}")) == events


@pytest.mark.parametrize("filters", ["since=gestern", "until=2025-13-01", "words=" + "ق" * 201])
async def test_a_wrong_filter_is_named(page, filters):
    response = await page.get(f"/api/events?{filters}")
    assert response.status == 400
    assert filters.split("=")[0] in (await response.json())["error"]


async def test_article_text_is_data_and_the_page_lets_no_foreign_script_run(page):
    (event,) = await data(page, "/api/events")
    assert "<script>" in event["sentence_text"]
    response = await page.get("/")
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert "script-src" not in response.headers["Content-Security-Policy"]
    script = await (await page.get("/static/khabar.js")).text()
    assert "innerHTML" not in script


async def test_the_page_and_what_it_loads_are_there(page):
    html = await (await page.get("/")).text()
    for name in ("khabar.css", "khabar.js", "chart.umd.min.js"):
        assert name in html
        assert (await page.get(f"/static/{name}")).status == 200
    assert "//" not in html.replace("</", ""), "nothing is loaded from elsewhere"


async def test_lag_lists_the_five_stages(page):
    assert [row["stage"] for row in await data(page, "/api/lag")] == ["tokenise", "ner", "quotes", "events", "sink"]


async def test_an_unknown_panel_is_not_found(page):
    assert (await page.get("/api/secrets")).status == 404
