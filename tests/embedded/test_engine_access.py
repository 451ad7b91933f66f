"""What the read-only user may and may not ask; nothing hostile may leave a trace on this machine."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING

import pytest

from agents.embedded.rules import load_rules

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "this is a secret of the machine"  # noqa: S105 - a marker, no password
ENGINE_REFUSALS = {"164", "497", "62"}

HOSTILE = [
    # files, by every door
    "SELECT * FROM file('{secret}', 'LineAsString')",
    "SELECT * FROM FILE('{secret}', 'LineAsString')",
    "SELECT * FROM `file`('{secret}', 'LineAsString')",
    "SELECT * FROM/**/file/**/('{secret}', 'LineAsString')",
    "SELECT file('{secret}')",
    "SELECT `file`('{secret}')",
    "SELECT * APPLY(x -> file(x)) FROM (SELECT '{secret}' AS a)",
    "WITH (x -> file(x)) AS g SELECT g('{secret}')",
    "SELECT 1 FROM numbers(1) GROUP BY file('{secret}')",
    "SELECT a FROM t ORDER BY a LIMIT 1 BY file('{secret}')",
    "SELECT sum(a) OVER (ORDER BY file('{secret}')) FROM t",
    "SELECT 1 FROM t AS x JOIN t AS y ON file('{secret}') = y.s",
    "SELECT * FROM t ARRAY JOIN [file('{secret}')] AS z",
    "SELECT a FROM t PREWHERE file('{secret}') != ''",
    "SELECT a FROM t ORDER BY a WITH FILL INTERPOLATE (s AS file('{secret}'))",
    "SELECT * FROM values('a String', file('{secret}'))",
    "SELECT * APPLY(file) FROM (SELECT '{secret}' AS a)",
    "SELECT COLUMNS('a') APPLY(file) FROM (SELECT '{secret}' AS a)",
    "SELECT arrayMap(x -> file(x), ['{secret}'])",
    "WITH file('{secret}') AS y SELECT y",
    "SELECT 1 WHERE file('{secret}') != ''",
    "SELECT number FROM numbers(2) ORDER BY file('{secret}')",
    "SELECT 1 LIMIT length(file('{secret}'))",
    "SELECT sum(number) FILTER (WHERE file('{secret}') != '') FROM numbers(2)",
    "SELECT * REPLACE (file('{secret}') AS a) FROM (SELECT 'x' AS a)",
    "SELECT (SELECT * FROM file('{secret}', 'LineAsString') LIMIT 1)",
    "SELECT 1 WHERE EXISTS (SELECT * FROM file('{secret}', 'LineAsString'))",
    "SELECT 'x' IN (SELECT * FROM file('{secret}', 'LineAsString'))",
    "SELECT 1 UNION ALL SELECT length(file('{secret}'))",
    "SELECT * FROM view(SELECT * FROM file('{secret}', 'LineAsString'))",
    "SELECT * FROM (EXPLAIN SELECT * FROM file('{secret}', 'LineAsString'))",
    "EXPLAIN SELECT * FROM file('{secret}', 'LineAsString')",
    "EXPLAIN AST SELECT file('{secret}')",
    "DESCRIBE file('{secret}')",
    "DESCRIBE TABLE (SELECT * FROM file('{secret}', 'LineAsString'))",
    "DESCRIBE t INTO OUTFILE '{out}'",
    "SHOW TABLES INTO OUTFILE '{out}'",
    "SELECT 1 INTO OUTFILE '{out}'",
    "SELECT 1 INTO OUTFILE '{out}' TRUNCATE FORMAT CSV",
    "EXPLAIN SELECT 1 INTO OUTFILE '{out}'",
    "EXISTS TABLE t INTO OUTFILE '{out}'",
    "SELECT * FROM '{secret}'",
    "SELECT * FROM default.`{secret}`",
    "SELECT 'x' IN default.`{secret}`",
    "DESCRIBE default.`{secret}`",
    "SHOW CREATE TABLE default.`{secret}`",
    "SELECT hasColumnInTable('default', '{secret}', 'c1')",
    "SELECT joinGet('default.`{secret}`', 'c1', 1)",
    "SELECT * FROM filesystem('{folder}')",
    "SELECT * FROM fileCluster('default', '{secret}', 'LineAsString')",
    "SELECT * FROM merge('default', '.*')",
    "SELECT * FROM sqlite('{secret}', 'x')",
    "SELECT * FROM icebergLocal('{folder}')",
    "SELECT * FROM deltaLakeLocal('{folder}')",
    "SELECT * FROM loop(file('{secret}', 'LineAsString'))",
    "SELECT * FROM eval('SELECT 1')",
    "SELECT * FROM {{name:Identifier}}",
    # expressions in texts that the engine reads as declarations or statements
    "SELECT a FROM values('x Int32, a String ALIAS file(''{secret}'')', 1)",
    "SELECT a FROM VALUES('x Int32, a ALIAS file(''{secret}'')', 1)",
    "SELECT a FROM values('x Int32, a String ALIAS file(''{secret}'') --', 1)",
    "SELECT a FROM values(('x Int32, a String ALIAS file(''{secret}'')'), 1)",
    "SELECT a FROM values('x Int32, a String DEFAULT file(''{secret}'')', 1)",
    "SELECT a FROM values('x Int32, a String MATERIALIZED file(''{secret}'')', (1, 'b'))",
    "SELECT a FROM values('x Int32, a String EPHEMERAL file(''{secret}'')', (1, 'b'))",
    "SELECT * FROM values('x Int32 TTL file(''{secret}'')', 1)",
    "SELECT * FROM values('x Int32, CONSTRAINT c CHECK file(''{secret}'') = 1', 1)",
    "WITH 'x Int32, a String ALIAS file(''{secret}'')' AS s SELECT a FROM values(s, 1)",
    "SELECT a FROM values({{columns:String}}, 1)",
    "SELECT a FROM view(SELECT a FROM values('x Int32, a String ALIAS file(''{secret}'')', 1))",
    "EXPLAIN QUERY TREE SELECT a FROM null('a String ALIAS file(''{secret}'')')",
    "EXPLAIN actions = 1 SELECT a FROM null({{columns:String}})",
    "SELECT * FROM format(Values, 'a String', $$(file('{secret}'))$$)",
    "SELECT * FROM format(JSONEachRow, 'a String DEFAULT file(''{secret}'')', '{{}}')",
    "SELECT * FROM viewExplain('EXPLAIN', 'actions = 1 SELECT file(''{secret}'') --', (SELECT 1))",
    # hosts
    "SELECT * FROM url('http://127.0.0.1:{port}/ping', 'LineAsString')",
    "SELECT * FROM urlCluster('default', 'http://127.0.0.1:{port}/ping', 'LineAsString')",
    "SELECT * FROM s3('http://127.0.0.1:{port}/b/k', 'LineAsString')",
    "SELECT * FROM gcs('http://127.0.0.1:{port}/b/k', 'LineAsString')",
    "SELECT * FROM azureBlobStorage('x', 'y', 'z')",
    "SELECT * FROM hdfs('hdfs://127.0.0.1:{port}/x', 'LineAsString')",
    "SELECT * FROM remote('127.0.0.1:{port}', system.one)",
    "SELECT * FROM remoteSecure('127.0.0.1:{port}', system.one)",
    "SELECT * FROM cluster('default', system.one)",
    "SELECT * FROM clusterAllReplicas('default', system.one)",
    "SELECT * FROM mysql('127.0.0.1:{port}', 'd', 't', 'u', 'p')",
    "SELECT * FROM postgresql('127.0.0.1:{port}', 'd', 't', 'u', 'p')",
    "SELECT * FROM mongodb('127.0.0.1:{port}', 'd', 'c', 'u', 'p', 'a Int32')",
    "SELECT * FROM redis('127.0.0.1:{port}', 'k', 'k String')",
    "SELECT * FROM odbc('DSN=x', 'd', 't')",
    "SELECT * FROM jdbc('x', 'd', 't')",
    "SELECT aiGenerate('x', 'y')",
    # processes
    "SELECT * FROM executable('touch {out}', 'TSV', 'a String')",
    "SELECT * FROM executable('script.sh', TSV, 'a String', (SELECT 1))",
    "SELECT * FROM python('x')",
    # writing, also hidden behind a harmless statement
    "INSERT INTO t VALUES (9, 'x')",
    "INSERT INTO t SELECT 9, 'x'",
    "INSERT INTO t FORMAT TSV\n9\tx\n",
    "INSERT INTO FUNCTION file('{out}', 'CSV', 'a Int32') SELECT 1",
    "INSERT INTO FUNCTION url('http://127.0.0.1:{port}/', 'CSV', 'a Int32') SELECT 1",
    "SELECT 1; INSERT INTO t VALUES (9, 'x')",
    "SELECT 1;\nDROP TABLE t",
    "SELECT 1 /* ; */; DROP TABLE t -- x",
    "DESCRIBE t; DROP TABLE t",
    "SELECT 1 PARALLEL WITH DROP TABLE t",
    "CREATE TABLE u (a Int32) ENGINE = Memory",
    "CREATE TABLE u ENGINE = File(CSV, '{out}') AS SELECT 1",
    "CREATE TEMPORARY TABLE u (a Int32)",
    "CREATE TABLE u AS file('{secret}', 'LineAsString')",
    "CREATE DATABASE d",
    "CREATE DATABASE d ENGINE = Filesystem('/')",
    "CREATE VIEW v AS SELECT 1",
    "CREATE FUNCTION f AS (x) -> x",
    "CREATE DICTIONARY d (a UInt64) PRIMARY KEY a SOURCE(FILE(path '{secret}' format 'CSV')) LIFETIME(0) LAYOUT(FLAT())",
    "CREATE DICTIONARY d (a UInt64) PRIMARY KEY a SOURCE(EXECUTABLE(command 'touch {out}' format 'CSV')) LIFETIME(0) LAYOUT(FLAT())",
    "CREATE USER u",
    "CREATE NAMED COLLECTION n AS a = 1",
    "GRANT ALL ON *.* TO analyst",
    "ALTER TABLE t DELETE WHERE 1",
    "ALTER TABLE t ADD COLUMN c Int32",
    "DELETE FROM t WHERE 1",
    "UPDATE t SET s = 'y' WHERE 1",
    "TRUNCATE TABLE t",
    "DROP TABLE t",
    "DROP DATABASE khabar",
    "RENAME TABLE t TO u",
    "EXCHANGE TABLES t AND t",
    "DETACH TABLE t",
    "ATTACH TABLE t",
    "UNDROP TABLE t",
    "OPTIMIZE TABLE t FINAL",
    "CHECK TABLE t",
    "BACKUP TABLE t TO File('{out}')",
    "RESTORE TABLE t FROM File('{out}')",
    # the engine itself
    "SYSTEM SHUTDOWN",
    "SYSTEM KILL",
    "SYSTEM STOP MERGES",
    "SYSTEM FLUSH LOGS",
    "SYSTEM RELOAD CONFIG",
    "KILL QUERY WHERE 1",
    "KILL QUERY WHERE 1 SYNC",
    "KILL MUTATION WHERE 1",
    "SET readonly = 0",
    "SET max_execution_time = 0",
    "SET max_threads = 1; SELECT 1",
    "USE system",
    "EXECUTE AS default SELECT 1",
    "BEGIN TRANSACTION",
    "SHOW PROCESSLIST",
    "SELECT * FROM system.processes",
    "SELECT * FROM system.named_collections",
    "SELECT * FROM system.server_settings",
    "SELECT 1 IN system.processes",
    "DESCRIBE system.processes",
    "SELECT logTrace('forged line')",
    "SELECT sleep(3)",
    # bounds
    "SELECT 1 SETTINGS readonly = 0",
    "SELECT 1 SETTINGS max_execution_time = 0",
    "SELECT 1 SETTINGS max_memory_usage = 0, readonly = 0",
    "SELECT 1 FORMAT CSV SETTINGS readonly = 0",
    "EXPLAIN SELECT 1 SETTINGS readonly = 0",
    "EXPLAIN actions = 1 SELECT 1 SETTINGS readonly = 0",
    "SELECT 1 SETTINGS readonly = DEFAULT",
    "SELECT * FROM (SELECT 1 SETTINGS readonly = 0)",
    "SELECT (SELECT 1 SETTINGS max_execution_time = 0)",
    "SELECT 1 IN (SELECT 1 SETTINGS max_memory_usage = 0)",
    "WITH c AS (SELECT 1 SETTINGS readonly = 0) SELECT * FROM c",
    "SELECT * FROM view(SELECT 1 SETTINGS readonly = 0)",
    "SELECT a FROM (SELECT a FROM t SETTINGS additional_table_filters = {{'khabar.t': 'file(''{secret}'') = 1'}})",
    "SELECT * FROM values('a Int32', 1, SETTINGS readonly = 0)",
    "SHOW TABLES SETTINGS readonly = 0",
    "DESCRIBE t SETTINGS readonly = 0",
    "SELECT file('{secret}') SETTINGS readonly = 0",
]

ALLOWED = [
    ("SELECT count() FROM t", "2"),
    ("SELECT count() FROM khabar.t FINAL;", "2"),
    ("SELECT s FROM t WHERE a IN (SELECT a FROM khabar.t WHERE a = 1)", "one"),
    ("WITH c AS (SELECT a FROM t) SELECT sum(a) FROM c", "3"),
    ("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 4) SELECT sum(n) FROM r", "10"),
    ("SELECT sum(a) OVER (ORDER BY a) FROM t ORDER BY a", "1\n3"),
    ("SELECT x.a FROM t AS x JOIN t AS y ON x.a = y.a ORDER BY x.a LIMIT 1", "1"),
    ("SELECT arrayJoin([1, 2]) AS k FROM numbers(1)", "1\n2"),
    ("SELECT sum(number) FROM numbers(4)", "6"),
    ("SELECT * FROM values('a Int32', 7)", "7"),
    (
        "SELECT * FROM values('a Int32, b Array(Nullable(String)), c Enum8(''x'' = 1)', (7, [NULL], 'x'))",
        "7\t[NULL]\tx",
    ),
    ("SELECT * FROM values((1, 'a'), (2, 'b'))", "1\ta\n2\tb"),
    ("SELECT * FROM values(1, 2)", "1\n2"),
    ("EXPLAIN actions = 1, header = 1 SELECT 1 FORMAT TSVRaw", "Output: 1"),
    ("SELECT 'a;b -- c /* d */ INTO OUTFILE'", "a;b -- c /* d */ INTO OUTFILE"),
    ("SELECT 'file(''x'')' -- file('/etc/passwd')", "file(\\'x\\')"),
    ("SELECT file.a FROM t AS file ORDER BY a LIMIT 1", "1"),
    ("SELECT 'وزير الخارجية'", "وزير الخارجية"),
    ("SELECT name FROM system.databases WHERE name = 'khabar'", "khabar"),
    ("SHOW TABLES FROM khabar", "t"),
    ("SHOW TABLES", "t"),
    ("EXISTS TABLE t", "1"),
    ("SELECT 1 FORMAT JSONEachRow", '{"1":1}'),
    ("EXPLAIN SELECT 1", "Output: 1"),
    ("(SELECT 1) UNION ALL (SELECT 1)", "1\n1"),
    ("1 + 1", "2"),
]


def ask(engine, sql: str, **parameters: str) -> tuple[str, str]:
    """Send it as the analyst; return ClickHouse's error code, or an empty string, and the answer."""
    status, headers, body = engine.request(sql.encode(), user="analyst", **parameters)
    code = headers.get("X-ClickHouse-Exception-Code", "")
    assert bool(code) == (status != 200)
    return code, body.decode()


def values_for(ground: Path) -> dict[str, str]:
    """Parameters of the hostile statements that have some."""
    columns = f"x Int32, a String ALIAS file('{ground / 'secret.txt'}')"
    return {"param_name": "t", "param_columns": columns.replace("'", "\\'")}


@pytest.fixture(scope="module")
def ground(engine, tmp_path_factory):
    """A file to steal, a file not to appear, and a table not to change."""
    import clickhouse_connect

    folder = tmp_path_factory.mktemp("machine")
    (folder / "secret.txt").write_text(SECRET)
    with clickhouse_connect.get_client(host="127.0.0.1", port=engine.port, database="khabar") as writer:
        writer.command("CREATE TABLE t (a UInt64, s String) ENGINE = ReplacingMergeTree ORDER BY a")
        writer.insert("t", [(1, "one"), (2, "two")])
    return folder


@pytest.mark.parametrize("statement", HOSTILE)
def test_hostile_statement_is_refused(engine, ground: Path, statement: str):
    sql = statement.format(secret=ground / "secret.txt", out=ground / "out", folder=ground, port=engine.port)
    code, answer = ask(engine, sql, **values_for(ground))
    assert code, f"it ran and answered {answer!r}"
    assert SECRET not in answer
    assert [path.name for path in ground.iterdir()] == ["secret.txt"]
    assert ask(engine, "SELECT count(), groupArray(s) FROM khabar.t") == ("", "2\t['one','two']\n")


def test_refusals_come_from_the_rules_and_not_from_some_accident(engine, ground: Path):
    """Most codes are READONLY, ACCESS_DENIED or a syntax error; the engine's other words are counted here."""
    codes = {}
    for statement in HOSTILE:
        sql = statement.format(secret=ground / "secret.txt", out=ground / "out", folder=ground, port=engine.port)
        codes[statement] = ask(engine, sql, **values_for(ground))[0]
    others = {statement: code for statement, code in codes.items() if code not in ENGINE_REFUSALS}
    assert len(others) <= len(codes) // 20, others


def test_every_table_function_of_the_engine_is_refused_but_those_that_are_named(engine, client):
    known = dict(client.query("SELECT name, allow_readonly FROM system.table_functions").result_rows)
    rules = load_rules()
    harmless = {name for name in known if name.lower() in rules.table_functions}
    assert {name.lower() for name in harmless} == rules.table_functions
    assert len(known) > 90
    for name in known.keys() - harmless:
        for spelled in (name, name.upper(), f"`{name}`", f'"{name}"'):
            code, answer = ask(engine, f"SELECT * FROM {spelled}('x', 'y', 'z')")
            assert code in {"62", "497"}, (spelled, answer)  # 62: a few of them are keywords, too
        assert ask(engine, f"SELECT * FROM (SELECT 1) AS a, {name}() AS b")[0] in {"62", "497"}


def test_a_newer_engine_has_its_functions_read_through_first(client):
    """Functions are refused by name: one that nobody has looked at must not slip in with an update."""
    release = load_rules().reviewed_release
    rows = client.query("SELECT name, introduced_in FROM system.functions WHERE introduced_in != ''").result_rows
    since = {name: tuple(map(int, version.split(".")[:2])) for name, version in rows}
    assert len(since) > 1000
    reviewed = tuple(map(int, release.split(".")))
    newer = [name for name, version in since.items() if version > reviewed]
    assert not newer, f"read these through, then set reviewed_release (now {release})"
    known = {name.lower() for (name,) in client.query("SELECT name FROM system.functions").result_rows}
    assert {"file", "joinget", "aigenerate", "logtrace", "sleep"} <= known & load_rules().refused_functions


@pytest.mark.usefixtures("ground")
@pytest.mark.parametrize(("statement", "expected"), ALLOWED)
def test_ordinary_statement_runs(engine, statement: str, expected: str):
    code, answer = ask(engine, statement)
    assert (code, answer.partition("\n\n")[0].strip()) == ("", expected)


@pytest.mark.usefixtures("ground")
def test_settings_may_shape_the_result_and_lower_the_bounds(engine):
    quotes = {"output_format_json_quote_64bit_integers": "1", "max_execution_time": "5", "max_result_rows": "10"}
    assert ask(engine, "SELECT toUInt64(1) AS a FORMAT JSONEachRow", **quotes) == ("", '{"a":"1"}\n')
    assert ask(engine, "SELECT number FROM numbers(11)", **quotes)[0] == "396"


@pytest.mark.usefixtures("ground")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("readonly", "0"),
        ("max_execution_time", "0"),
        ("max_execution_time", "3600"),
        ("max_memory_usage", "0"),
        ("max_result_rows", "-1"),
        ("max_result_bytes", "1e30"),
        ("allow_introspection_functions", "1"),
        ("additional_result_filter", "file('/etc/passwd') != ''"),
        ("additional_table_filters", "{'khabar.t': 'file(''/etc/passwd'') != '''''}"),
        ("format_schema", "/etc/passwd"),
        ("output_format_schema", "khabar-schema"),
        ("dialect", "prql"),
        ("max_threads = 1, readonly", "0"),
    ],
)
def test_settings_cannot_lift_bounds_or_smuggle_expressions(engine, name: str, value: str):
    code, answer = ask(engine, "SELECT getSetting('readonly')", **{name: value})
    assert code in {"164", "115"} or answer == "1\n"


@pytest.mark.usefixtures("ground")
def test_queries_are_bounded_in_time_memory_and_result(engine):
    assert ask(engine, "SELECT count() FROM numbers(1000000000000)", max_execution_time="1")[0] == "159"
    assert ask(engine, "SELECT groupArray(number) FROM numbers(1000000000)", max_memory_usage="50000000")[0] == "241"
    assert ask(engine, "SELECT number FROM numbers(1000001) FORMAT JSON")[0] == "396"
    with pytest.raises(http.client.IncompleteRead) as cut:  # the first blocks were on their way already
        ask(engine, "SELECT number FROM numbers(1000001)")
    assert b"Code: 396. DB::Exception: Limit for result exceeded" in cut.value.partial[-1000:]


def test_get_is_read_only_for_the_writer_too(engine):
    status, headers, _ = engine.request(query="INSERT INTO khabar.t VALUES (3, 'x')")
    assert (status, headers["X-ClickHouse-Exception-Code"]) == (403, "164")


def test_nobody_writes_a_file_through_a_query(engine, tmp_path):
    for query in ("SELECT 1 INTO OUTFILE '{}'", "DESCRIBE TABLE system.one INTO /**/ OUTFILE '{}'"):
        status, headers, _ = engine.request(query.format(tmp_path / "out").encode())
        assert (status, headers["X-ClickHouse-Exception-Code"]) == (403, "497")
        assert engine.request(query=query.format(tmp_path / "out"))[0] == 403
    assert list(tmp_path.iterdir()) == []
    assert engine.request(b"SELECT 'INTO OUTFILE'")[2] == b"INTO OUTFILE\n"


@pytest.mark.parametrize("format_", ["DataFrame", "ArrowTable", "Null INTO OUTFILE 'x'", "", "no such"])
def test_only_formats_of_the_engine_are_taken(engine, format_):
    for user in ("default", "analyst"):
        answer = engine.request(b"SELECT 1", user=user, default_format=format_)
        assert answer[1].get("X-ClickHouse-Exception-Code", "") == ("73" if format_ else "")


def test_an_analyst_cannot_send_much(engine):
    assert engine.request(b"SELECT 1 --" + b"x" * 2_000_000, user="analyst")[0] == 400


def test_a_page_of_another_site_is_refused(engine):
    assert engine.request(headers={"Sec-Fetch-Site": "cross-site"}, query="SELECT 1")[0] == 403
    assert engine.request(b"SELECT 1", {"Host": "rebound.example.org"})[0] == 403
    assert engine.request(b"SELECT 1", {"Host": f"localhost:{engine.port}"})[0] == 200
    assert engine.request(b"SELECT 1", {"Origin": "https://example.org"})[0] == 403
    assert engine.request(b"SELECT 1", {"Origin": f"http://127.0.0.1:{engine.port}"})[0] == 200
