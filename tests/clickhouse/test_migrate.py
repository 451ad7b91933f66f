"""Migrations: applied once, in order, the same files for one node and a cluster."""

from __future__ import annotations

from contextlib import closing

import pytest

from agents.clickhouse.client import connect
from agents.clickhouse.migrate import Migration, apply, migrate, migrations
from agents.settings import Settings
from schemas.errors import ConfigurationError, StoreError

TABLES = {"articles", "sentences", "entity_mentions", "quotes", "events", "entities", "schema_migrations"}
VIEWS = {
    "current_analyses",
    "current_articles",
    "current_sentences",
    "current_entities",
    "current_quotes",
    "current_events",
    "current_event_actors",
    "stories",
    "daily_events",
    "actor_pairs",
    "speakers",
}


def test_migrate_creates_database_tables_and_views_and_then_does_nothing(settings):
    *applied, gazetteer = migrate(settings)
    assert applied == [migration.name for migration in migrations()]
    assert gazetteer.startswith("gazetteer of ")
    assert migrate(settings) == []
    with closing(connect(settings)) as client:
        assert {name for (name,) in client.query("SHOW TABLES").result_rows} == TABLES | VIEWS
        egypt = client.query("SELECT entity_id, name FROM entities WHERE name_en = 'Egypt'").result_rows
        assert [tuple(row) for row in egypt] == [("Q79", "مصر")]


def test_versions_have_no_gap_and_no_double():
    assert [migration.version for migration in migrations()] == list(range(1, len(migrations()) + 1))


def test_a_new_migration_is_applied_to_a_database_that_has_rows(client, store, article, rows):
    store(article())
    new = Migration(99, "0099_note.sql", "-- a note; really\nALTER TABLE events ADD COLUMN note String DEFAULT 'x';\n")
    assert apply(client, [*migrations(), new]) == ["0099_note.sql"]
    assert apply(client, [*migrations(), new]) == []
    assert rows("SELECT note FROM events") == [("x",)]


def test_a_changed_file_is_refused(client):
    first, *others = migrations()
    changed = Migration(first.version, first.name, first.sql + "\n-- changed")
    with pytest.raises(ConfigurationError, match=r"0001_annotations\.sql was changed after"):
        apply(client, [changed, *others])


def test_a_migration_that_fails_is_named_and_not_recorded(client):
    broken = Migration(98, "0098_broken.sql", "SELECT nothing_of_that_name;")
    with pytest.raises(StoreError, match=r"0098_broken\.sql failed: .*UNKNOWN_IDENTIFIER"):
        apply(client, [*migrations(), broken])
    assert apply(client, [*migrations(), Migration(98, "0098_broken.sql", "SELECT 1;")]) == ["0098_broken.sql"]


@pytest.mark.parametrize("migration", migrations(), ids=lambda migration: migration.name)
def test_a_cluster_gets_on_cluster_and_replicated_engines_everywhere(migration):
    for statement in migration.statements("analytics"):
        assert "ON CLUSTER 'analytics'" in statement
        assert "$" not in statement
        if statement.startswith("CREATE TABLE"):
            assert "ENGINE = ReplicatedReplacingMergeTree" in statement
    assert not any("CLUSTER" in statement for statement in migration.statements(""))


def test_no_table_expires_rows_or_has_nullable_columns(rows):
    columns = rows(
        "SELECT table, name FROM system.columns WHERE database = currentDatabase() AND type LIKE '%Nullable%'"
    )
    assert columns == []
    assert (
        rows("SELECT name FROM system.tables WHERE database = currentDatabase() AND create_table_query LIKE '% TTL %'")
        == []
    )


def test_partitions_are_functions_of_the_key(rows):
    keys = rows(
        "SELECT name, sorting_key, partition_key FROM system.tables "
        "WHERE database = currentDatabase() AND partition_key != ''"
    )
    assert len(keys) == 5
    for _, sorting_key, partition_key in keys:
        assert sorting_key.startswith("article_id, revision, analysis")
        assert partition_key == "cityHash64(article_id) % 4"


@pytest.mark.parametrize("url", ["clickhouse:8123", "ftp://host", "http://"])
def test_a_wrong_url_is_refused_with_the_setting_to_correct(url):
    with pytest.raises(ConfigurationError, match="KHABAR_CLICKHOUSE_URL"):
        connect(Settings(clickhouse_url=url))


def test_a_server_that_is_away_is_an_error_without_the_password():
    settings = Settings(clickhouse_url="http://127.0.0.1:9", clickhouse_password="geheim")  # noqa: S106 - made up
    with pytest.raises(StoreError, match=r"cannot connect to ClickHouse at http://127\.0\.0\.1:9 as default") as caught:
        connect(settings)
    assert "geheim" not in str(caught.value)
    assert caught.value.retriable
