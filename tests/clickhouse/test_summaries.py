"""Stories, days, pairs and speakers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from schemas.annotations import Actor

EGYPT = Actor(start=0, end=3, text="مصر", name="مصر", country="EGY", entity_id="Q79")
TURKEY = Actor(start=0, end=5, text="تركيا", name="تركيا", country="TUR", entity_id="Q43")
ARMED = Actor(start=0, end=6, text="مسلحون", name="مسلحون")
OTHER_SOURCE = "صحيفة الثانية"


def test_a_story_told_by_two_sources_is_one_with_its_counts(store, article, rows):
    store(article("a1", hour=9))
    store(article("a2", hour=8, outlet=OTHER_SOURCE))
    store(article("a3", hour=10, outlet=OTHER_SOURCE))
    ((kind, mentions, articles, sources, names, first_seen, first_source, first_article, actors),) = rows(
        "SELECT kind, mentions, articles, sources, source_names, first_seen, first_source, first_article_id, actors FROM stories"
    )
    assert (kind, mentions, articles, sources) == ("meeting", 3, 3, 2)
    assert names == [OTHER_SOURCE, "وكالة الأولى"]
    assert first_seen.replace(tzinfo=UTC) == datetime(2025, 3, 4, 8, tzinfo=UTC)
    assert (first_source, first_article, actors) == (OTHER_SOURCE, "a2", ["مصر"])


def test_publishing_twice_changes_no_count(store, article, rows):
    store(article("a1", revision=1))
    store(article("a1", revision=2), minutes=1)
    assert rows("SELECT mentions, articles, sources FROM stories") == [(1, 1, 1)]
    assert rows("SELECT events, stories, articles, sources FROM daily_events") == [(1, 1, 1, 1)]
    assert rows("SELECT quotes, articles FROM speakers") == [(1, 1)]


@pytest.mark.parametrize(
    ("kind", "pair", "stories"),
    [
        pytest.param("meeting", ({}, {"source": [TURKEY], "target": [EGYPT]}), 1, id="mutual kinds have no direction"),
        pytest.param("meeting", ({}, {"source": [EGYPT, TURKEY], "target": []}), 1, id="nor sides"),
        pytest.param("threat", ({}, {"source": [TURKEY], "target": [EGYPT]}), 2, id="others have"),
        pytest.param("threat", ({}, {}), 1, id="the same threat"),
        pytest.param("meeting", ({}, {"phase": "proposed"}), 2, id="another phase"),
        pytest.param("meeting", ({}, {"date": "2025-03-05"}), 2, id="another day"),
        pytest.param("meeting", ({}, {"negated": True}), 2, id="it did not happen"),
        pytest.param("meeting", ({}, {"target": [ARMED]}), 2, id="another actor"),
        pytest.param("attack", ({"source": [], "target": []}, {"source": [], "target": []}), 2, id="nobody is named"),
    ],
)
def test_what_makes_two_events_one_story(store, article, rows, kind, pair, stories):  # noqa: PLR0913, PLR0917 - fixtures and a table
    store(article("a1", events=(kind,), **pair[0]))
    store(article("a2", events=(kind,), **pair[1]))
    assert rows("SELECT count() FROM stories") == [(stories,)]


MINISTER = Actor(start=0, end=4, text="وزير", name="فلان الفلاني", country="EGY", role="minister", entity_id="Q1")
CAPITAL = Actor(start=0, end=4, text="القاهرة", name="مصر", country="EGY", role="capital")
GROUP = Actor(start=0, end=4, text="الحركة", name="الحركة", country="EGY", role="armed_group", entity_id="Q2")
GROUP_RENAMED = Actor(start=0, end=4, text="حركة", name="حركة كذا", country="EGY", role="armed_group", entity_id="Q2")
BODY = Actor(start=0, end=4, text="مجلس الأمن", name="مجلس الأمن", country="IGO", role="igo", entity_id="Q3")
OTHER_BODY = Actor(start=0, end=4, text="حلف", name="حلف شمال الأطلسي", country="IGO", role="igo", entity_id="Q4")


@pytest.mark.parametrize(
    ("one", "other", "stories"),
    [
        pytest.param(MINISTER, CAPITAL, 1, id="minister and capital act for their state"),
        pytest.param(MINISTER, EGYPT, 1, id="and so does the state's name"),
        pytest.param(MINISTER, GROUP, 2, id="an armed group does not"),
        pytest.param(GROUP, GROUP_RENAMED, 1, id="an entity is itself by any name"),
        pytest.param(BODY, OTHER_BODY, 2, id="international bodies are no state"),
        pytest.param(ARMED, ARMED, 1, id="unknown people are their description"),
    ],
)
def test_what_makes_two_actors_the_same(store, article, rows, one, other, stories):  # noqa: PLR0913, PLR0917
    store(article("a1", events=("threat",), source=[one]))
    store(article("a2", events=("threat",), source=[other]))
    assert rows("SELECT count() FROM stories") == [(stories,)]


def test_daily_events_leave_out_what_did_not_happen(store, article, rows):
    store(article("a1", events=("meeting", "attack")))
    store(article("a2", events=("meeting",), negated=True))
    assert rows("SELECT event_date, event_type, events FROM daily_events ORDER BY event_type") == [
        (date(2025, 3, 4), "attack_realised", 1),
        (date(2025, 3, 4), "meeting_realised", 1),
    ]


def test_an_event_without_a_date_counts_on_the_day_of_publication(store, article, rows):
    store(article(date="", date_resolution="none"))
    assert rows("SELECT event_date FROM daily_events") == [(date(2025, 3, 4),)]


def test_pairs_are_every_actor_with_every_target(store, article, rows):
    store(article("a1", events=("threat",), source=[EGYPT, ARMED], target=[TURKEY]))
    store(article("a2", events=("threat",), source=[EGYPT], target=[TURKEY]))
    assert rows("SELECT actor, actor_country, target, target_country, events FROM actor_pairs ORDER BY events") == [
        ("مسلحون", "", "تركيا", "TUR", 1),
        ("مصر", "EGY", "تركيا", "TUR", 2),
    ]


def test_speakers_count_quotes(store, article, rows):
    store(article("a1"))
    store(article("a2", outlet=OTHER_SOURCE))
    assert rows("SELECT speaker_name, speaker_country, quotes, direct_quotes, articles, sources FROM speakers") == [
        ("بدر عبد العاطي", "EGY", 2, 0, 2, 2)
    ]
