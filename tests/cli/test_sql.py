"""``khabar sql`` and ``khabar migrate`` against the embedded engine."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from agents.clickhouse.migrate import migrate
from agents.settings import Settings


@pytest.fixture(scope="module")
def shared(engine):
    """A migrated database for all tests of the module."""
    migrate(Settings(clickhouse_url=engine, clickhouse_database="cli"))
    return "cli"


@pytest.fixture
def migrated(engine, shared, monkeypatch):
    monkeypatch.setenv("KHABAR_CLICKHOUSE_URL", engine)
    monkeypatch.setenv("KHABAR_CLICKHOUSE_DATABASE", shared)


def test_migrate_says_what_it_did_and_then_that_nothing_is_left(khabar, engine):
    to = ("--clickhouse-url", engine, "--clickhouse-database", "fresh")
    first = khabar("migrate", *to).out
    assert "applied 0001_annotations.sql" in first
    assert "entities" in first
    assert khabar("migrate", *to).out == "database fresh is up to date\n"


@pytest.mark.usefixtures("migrated")
def test_into_a_pipe_goes_tab_separated_text_with_a_header(khabar):
    assert khabar("sql", "SELECT 1 AS one, 'نص' AS text").out == "one\ttext\n1\tنص\n"


@pytest.mark.usefixtures("migrated")
def test_table_and_other_formats(khabar):
    assert "│   1 │   نص │" in khabar("sql", "SELECT 1 AS one, 'نص' AS text", "--format", "table").out
    row = khabar("sql", "SELECT 1 AS one, 'نص' AS text", "--format", "JSONEachRow").out
    assert orjson.loads(row) == {"one": 1, "text": "نص"}


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("clause", ["FORMAT JSONEachRow", "format JSONEachRow;", "\nFORMAT JSONEachRow\n"])
def test_a_format_clause_in_the_query_counts(khabar, clause):
    assert orjson.loads(khabar("sql", f"SELECT 1 AS one {clause}").out) == {"one": 1}
    assert khabar("sql", f"SELECT 1 AS one {clause}", "--format", "CSV").out == "1\n", "the option is the stronger"


@pytest.mark.usefixtures("migrated")
def test_a_format_in_a_text_is_no_clause(khabar):
    assert khabar("sql", "SELECT 'a FORMAT b' AS one").out == "one\na FORMAT b\n"


@pytest.mark.usefixtures("migrated")
def test_parameters_are_values_not_text(khabar):
    result = khabar("sql", "SELECT {word:String} AS word, {n:UInt8} + 1 AS n", "-p", "word=a' OR 1", "--param", "n=2")
    assert result.out == "word\tn\na\\' OR 1\t3\n"
    assert khabar("sql", "SELECT 1", "-p", "word").code == 2


@pytest.mark.usefixtures("migrated")
def test_a_query_from_a_file(khabar):
    Path("q.sql").write_text("SELECT count() AS events\nFROM current_events", "utf-8")
    assert khabar("sql", "--file", "q.sql").out == "events\n0\n"


@pytest.mark.usefixtures("migrated")
def test_the_analyst_reads_and_the_writer_writes(khabar):
    refused = khabar("sql", "DROP TABLE events")
    assert refused.code == 7
    assert refused.err.startswith("khabar: ClickHouse refuses the query: ")
    assert khabar("sql", "SELECT count() FROM events").code == 0
    assert khabar("sql", "--user", "writer", "INSERT INTO sentences (article_id) VALUES ('x')").code == 0
    assert khabar("sql", "SELECT count() AS n FROM sentences").out == "n\n1\n"


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("format_", ["table", "CSV"])
def test_a_wrong_query_is_one_line_with_the_name_of_the_error(khabar, format_):
    result = khabar("sql", "SELECT no_such_column FROM events", "--format", format_)
    assert (result.code, result.out) == (7, "")
    assert result.err.count("\n") == 1
    assert "no_such_column" in result.err
    assert "UNKNOWN_IDENTIFIER" in result.err


def test_no_query_is_a_usage_error(khabar):
    assert khabar("sql").code == 2
    assert khabar("sql", "  ").code == 2
