"""Documents to rows: every column of the tables, nothing else, and offsets that hold."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from support.stages import FakeStage

from agents.sink.rows import TABLES, analysis_of, rows_of
from schemas.annotations import Actor, Event, Span
from schemas.document import Document

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def document(**fields):
    made = Document(
        **{
            "id": "a1",
            "revision": 5,
            "source": "وكالة",
            "title": "عنوان",
            "body": "قال الوزير شيئا",
            "published_at": "2024-08-19T07:00:00Z",
            "received_at": 1_724_050_800_123,
        }
        | fields
    )
    for stage in ("tokenise", "ner", "quotes", "events"):
        FakeStage(stage)([made])
    return made


def test_rows_have_exactly_the_columns_of_their_table(migrated):
    for table, rows in rows_of(document(), NOW).items():
        assert rows, table
        assert set(rows[0]) == migrated[table], table


def test_the_article_is_inserted_last():
    assert TABLES[-1] == "articles"
    assert set(TABLES) == set(rows_of(document(), NOW))


def test_the_same_document_gives_the_same_rows():
    assert rows_of(document(), NOW) == rows_of(document(), NOW)


def test_a_span_in_a_row_is_the_text_at_its_offsets():
    made = document()
    rows = rows_of(made, NOW)
    for row in [*rows["sentences"], *rows["entity_mentions"]]:
        assert made.text[row["start_offset"] : row["end_offset"]] == row["text"]
    (event,) = rows["events"]
    assert made.text[event["trigger_start"] : event["trigger_end"]] == event["trigger"]
    assert event["sentence"] == 1
    assert event["sentence_text"] == made.body
    assert rows["quotes"][0]["sentence_text"] == made.body


def test_analysis_depends_on_versions_and_text_only():
    first = analysis_of(document())
    assert first == analysis_of(document(url="http://x", revision=6))
    assert len(first) == 24
    assert first != analysis_of(document(body="نص آخر"))
    other = document()
    other.versions["ner"] = "fake-2"
    assert first != analysis_of(other)


def test_counts_are_those_of_the_rows():
    rows = rows_of(document(), NOW)
    (article,) = rows["articles"]
    assert (article["sentence_count"], article["mention_count"]) == (
        len(rows["sentences"]),
        len(rows["entity_mentions"]),
    )
    assert (article["quote_count"], article["event_count"]) == (len(rows["quotes"]), len(rows["events"]))
    assert article["received_at"] == datetime(2024, 8, 19, 7, 0, 0, 123_000, tzinfo=UTC)


def test_an_actor_is_one_element_of_each_array():
    (event,) = rows_of(document(), NOW)["events"]
    for side, count in (("actor", 1), ("target", 2)):
        arrays = [values for name, values in event.items() if name.startswith(side)]
        assert len(arrays) == 7
        assert {len(values) for values in arrays} == {count}


@pytest.mark.parametrize(("written", "stored"), [("", date(2024, 8, 19)), ("2024-08-20", date(2024, 8, 20))])
def test_an_event_without_date_has_the_day_of_publication(written, stored):
    made = document()
    made.events[0].date = written
    assert rows_of(made, NOW)["events"][0]["event_date"] == stored


def test_an_article_from_before_1970_is_kept():
    assert rows_of(document(published_at="1956-07-26T19:00:00Z"), NOW)["articles"][0]["published_at"].year == 1970


def test_a_document_without_annotations_is_an_article_and_nothing_else():
    bare = Document(id="a", revision=0, source="s", title="t", body="b", published_at="2024-08-19T07:00:00Z")
    bare.events = [
        Event(
            kind="visit",
            phase="realised",
            trigger=Span(start=0, end=1, text="t"),
            source=[Actor(start=0, end=1, text="t")],
        )
    ]
    rows = rows_of(bare, NOW)
    assert {table: len(found) for table, found in rows.items() if found} == {"events": 1, "articles": 1}
    assert rows["events"][0]["sentence_text"] == ""
