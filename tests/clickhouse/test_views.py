"""What an analyst reads: every id once, the newest revision's newest analysis only."""

from __future__ import annotations

import pytest

EVENTS = "SELECT article_id, event_type FROM current_events ORDER BY 1, 2"
COUNTS = (
    "SELECT (SELECT count() FROM current_articles), (SELECT count() FROM current_sentences), "
    "(SELECT count() FROM current_entities), (SELECT count() FROM current_quotes), (SELECT count() FROM current_events)"
)
ONE_ARTICLE = [(1, 3, 1, 1, 1)]


def test_a_row_of_each_layer_is_readable_in_its_sentence(store, article, rows):
    store(article())
    assert rows(COUNTS) == ONE_ARTICLE
    ((sentence, trigger, actors, targets, countries),) = rows(
        "SELECT sentence_text, trigger, actors, targets, target_countries FROM current_events"
    )
    assert sentence == "اجتمع الوزير مع نظيره التركي."
    assert (trigger, actors, targets, countries) == ("اجتمع", ["مصر"], ["تركيا"], ["TUR"])
    assert rows("SELECT speaker_name, cue, content FROM current_quotes") == [
        ("بدر عبد العاطي", "وقال", "اللقاء كان مثمرا")
    ]


def test_offsets_of_rows_index_the_article_in_code_points(store, article, rows):
    store(article())
    wrong = rows(
        "SELECT e.trigger FROM current_events AS e INNER JOIN current_articles AS a USING (article_id) "
        "WHERE substringUTF8(concat(a.title, '\\n\\n', a.body), e.trigger_start + 1, e.trigger_end - e.trigger_start) "
        "!= e.trigger"
    )
    assert wrong == []


def test_the_same_rows_inserted_again_are_shown_once(store, article, rows):
    for minutes in range(3):
        store(article(), minutes=minutes)
    assert rows(COUNTS) == ONE_ARTICLE


def test_a_later_revision_replaces_and_the_earlier_one_stays_as_history(store, article, rows):
    store(article(revision=1, events=("meeting", "call")))
    store(article(revision=2, events=("visit",)), minutes=1)
    assert rows(EVENTS) == [("a1", "visit_realised")]
    assert rows("SELECT event_type FROM events WHERE revision = 1 ORDER BY 1") == [
        ("call_realised",),
        ("meeting_realised",),
    ]


def test_an_earlier_revision_that_arrives_late_does_not_come_back(store, article, rows):
    store(article(revision=2, events=("visit",)))
    store(article(revision=1), minutes=1)
    assert rows(EVENTS) == [("a1", "visit_realised")]


def test_a_later_revision_without_events_removes_them(store, article, rows):
    store(article(revision=1))
    store(article(revision=2, events=()), minutes=1)
    assert rows(EVENTS) == []
    assert rows("SELECT count() FROM current_articles") == [(1,)]


def test_a_newer_analysis_of_a_revision_replaces(store, article, rows):
    store(article(version="1", events=("meeting", "call")))
    store(article(version="2", events=("meeting",)), minutes=1)
    assert rows(EVENTS) == [("a1", "meeting_realised")]
    assert rows(COUNTS) == ONE_ARTICLE


def test_an_older_revision_analysed_anew_does_not_come_back(store, article, rows):
    store(article(revision=1))
    store(article(revision=2, events=("visit",)), minutes=1)
    store(article(revision=1, version="2"), minutes=2)
    assert rows(EVENTS) == [("a1", "visit_realised")]


def test_rows_without_their_article_are_not_shown_yet(client, store, article, rows):
    store(article(revision=1))
    store(article(revision=2, events=("visit",)), minutes=1)
    client.command("DELETE FROM articles WHERE revision = 2 SETTINGS lightweight_deletes_sync = 2")
    assert rows(EVENTS) == [("a1", "meeting_realised")]


def test_merging_parts_changes_nothing(client, store, article, rows):
    for minutes, (revision, version) in enumerate([(1, "1"), (1, "1"), (1, "2"), (2, "2"), (1, "1")]):
        store(article(revision=revision, version=version), minutes=minutes)
    before = rows("SELECT * FROM current_events")
    for table in ("articles", "events"):
        client.command(f"OPTIMIZE TABLE {table} FINAL")
    assert rows("SELECT * FROM current_events") == before
    assert rows(COUNTS) == ONE_ARTICLE


def test_a_block_with_the_same_token_is_stored_once(client, rows):
    for _ in range(2):
        client.insert(
            "sentences",
            [("a1", 1, "x", 0, "once")],
            column_names=["article_id", "revision", "analysis", "sentence", "text"],
            settings={"insert_deduplication_token": "t1"},
        )
    assert rows("SELECT count() FROM sentences") == [(1,)]


def test_actor_arrays_of_different_length_are_refused(client):
    from clickhouse_connect.driver.exceptions import DatabaseError

    columns = ["article_id", "actors", "actor_ids", "actor_countries", "actor_roles"]
    with pytest.raises(DatabaseError, match="actor_arrays"):  # actor_texts and the offsets are missing
        client.insert("events", [("a1", ["one"], ["Q1"], ["EGY"], [""])], column_names=columns)


def test_one_row_an_event_and_actor(store, article, rows):
    store(article())
    assert rows("SELECT side, name, country, entity_id, text FROM current_event_actors ORDER BY side") == [
        ("actor", "مصر", "EGY", "Q79", "الوزير"),
        ("target", "تركيا", "TUR", "Q43", "نظيره التركي"),
    ]
