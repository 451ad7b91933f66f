"""The embedded engine speaks ClickHouse's HTTP protocol: to clickhouse-connect, and to whoever writes raw HTTP."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import time
import zlib
from base64 import b64encode
from datetime import UTC, datetime

import lz4.frame
import pytest
import zstandard
from engine_process import EngineProcess

DECOMPRESS = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "lz4": lz4.frame.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}
COMPRESS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "lz4": lz4.frame.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@pytest.fixture
def table(client, request):
    name = request.node.name.partition("[")[0]
    client.command(f"CREATE OR REPLACE TABLE {name} (a UInt64, s String) ENGINE = MergeTree ORDER BY a")
    return name


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize("path", ["ping", "replicas_status", ""])
def test_health_paths_answer_ok(engine, path):
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{engine.port}/{path}") as answer:
        assert answer.read() == b"Ok.\n"


def test_query_in_parameter_in_body_and_in_both(engine):
    assert engine.request(query="SELECT 1")[2] == b"1\n"
    assert engine.request(b"SELECT 2;\n")[2] == b"2\n"
    assert engine.request(b"+ 2", query="SELECT 1")[2] == b"3\n"


@pytest.mark.parametrize(
    ("tail", "parameters", "expected"),
    [
        ("", {}, b"1\tx\n"),
        ("", {"default_format": "JSONEachRow"}, b'{"a":1,"s":"x"}\n'),
        (" FORMAT CSVWithNames", {}, b'"a","s"\n1,"x"\n'),
        (" format TSVWithNamesAndTypes", {"default_format": "JSON"}, b"a\ts\nUInt8\tString\n1\tx\n"),
        (" FORMAT Native", {}, b"\x02\x01\x01a\x05UInt8\x01\x01s\x06String\x01x"),
        (" LIMIT 0 FORMAT Native", {}, b"\x02\x00\x01a\x05UInt8\x01s\x06String"),
        (" FORMAT RowBinary", {}, b"\x01\x01x"),
        (" FORMAT Null", {}, b""),
    ],
)
def test_formats(engine, tail, parameters, expected):
    assert engine.request(f"SELECT 1 AS a, 'x' AS s{tail}".encode(), **parameters)[2] == expected


def test_headers_tell_format_zone_query_id_and_what_was_read(engine):
    _, headers, body = engine.request(b"SELECT number FROM numbers(3) FORMAT JSON", query_id="mine\x1b[2J")
    assert json.loads(body)["rows"] == 3
    assert headers["X-ClickHouse-Format"] == "JSON"
    assert headers["Content-Type"].startswith("application/json")
    assert headers["X-ClickHouse-Query-Id"] == "mine[2J"
    assert headers["X-ClickHouse-Timezone"]
    assert json.loads(headers["X-ClickHouse-Summary"])["read_rows"] == "3"


@pytest.mark.parametrize(
    ("sql", "status", "code", "words"),
    [
        (b"SELEC 1 FROM x", 400, "62", b"Syntax error"),
        (b"", 400, "62", b"Empty query"),
        (b"SELECT 1; SELECT 2", 400, "62", b"Multi-statements are not allowed"),
        (b"SELECT * FROM no_such_table", 404, "60", b"UNKNOWN_TABLE"),
        (b"SELECT no_such_column", 404, "47", b"UNKNOWN_IDENTIFIER"),
        (b"SELECT throwIf(1, 'boom')", 500, "395", b"boom"),
        (b"SELECT '\xff\xfe", 400, "62", b"not UTF-8"),
        (b"INSERT INTO no_such_table FORMAT CSV\n1\n", 404, "60", b"UNKNOWN_TABLE"),
    ],
)
def test_errors_carry_clickhouses_code(engine, sql, status, code, words):
    answered, headers, body = engine.request(sql)
    assert (answered, headers["X-ClickHouse-Exception-Code"]) == (status, code)
    assert body.startswith(f"Code: {code}. DB::Exception: ".encode())
    assert words in body


def test_unknown_settings_and_forms_that_are_not_served_say_so(engine):
    assert engine.request(b"SELECT 1", no_such_setting="1")[1]["X-ClickHouse-Exception-Code"] == "115"
    assert engine.request(b"SELECT 1", **{"a b": "1"})[1]["X-ClickHouse-Exception-Code"] == "115"
    assert engine.request(b"SELECT 1", compress="1")[0] == 501
    assert engine.request(b"SELECT 1", {"Content-Type": "multipart/form-data; boundary=x"})[0] == 501


def test_settings_and_parameters_hold_for_one_request_only(engine):
    assert engine.request(b"SELECT getSetting('max_threads')", max_threads="3")[2] == b"3\n"
    assert engine.request(b"SELECT getSetting('max_threads') = 3")[2] == b"0\n"
    assert engine.request(b"SELECT currentDatabase()", database="system")[2] == b"system\n"
    assert engine.request(b"SELECT currentDatabase()")[2] == b"default\n"
    answer = engine.request(b"SELECT {a:String}, {b:Array(UInt8)}", param_a="x'\\n\\\\y", param_b="[1,2]")
    assert answer[2] == b"x\\'\\n\\\\y\t[1,2]\n"


@pytest.mark.parametrize("encoding", sorted(DECOMPRESS))
def test_compression_both_ways(engine, table, encoding):
    rows = "".join(f"{number}\tنص {number}\n" for number in range(5000)).encode()
    query = f"INSERT INTO khabar.{table} FORMAT TSV"
    status, headers, _ = engine.request(COMPRESS[encoding](rows), {"Content-Encoding": encoding}, query=query)
    assert (status, json.loads(headers["X-ClickHouse-Summary"])["written_rows"]) == (200, "5000")
    asked = {"Accept-Encoding": f"br, {encoding}"}
    select = f"SELECT * FROM khabar.{table} ORDER BY a"
    _, headers, body = engine.request(select.encode(), asked, enable_http_compression="1")
    assert headers["Content-Encoding"] == encoding
    assert len(body) < len(rows) * 0.7
    assert DECOMPRESS[encoding](body) == rows
    assert engine.request(select.encode(), asked)[2] == rows


@pytest.mark.parametrize("encoding", sorted(COMPRESS))
def test_cut_or_damaged_compression_inserts_nothing(engine, client, table, encoding):
    whole = COMPRESS[encoding](b"".join(b"%d\tx\n" % number for number in range(5000)))
    for bad in (whole[:-9], whole[:20] + b"\x00\xff\x00" + whole[23:], b"no such thing"):
        query = f"INSERT INTO khabar.{table} FORMAT TSV"
        assert engine.request(bad, {"Content-Encoding": encoding}, query=query)[0] == 400
    assert client.command(f"SELECT count() FROM {table}") == 0


@pytest.mark.parametrize(
    ("statement", "data", "rows"),  # both parts are sent as one body
    [
        ("INSERT INTO {table} VALUES (1, 'a;b'), (2, 'FORMAT CSV')", b"", [(1, "a;b"), (2, "FORMAT CSV")]),
        ("insert into {table} (s, a) values", b"('x', 3);", [(3, "x")]),
        ("INSERT INTO {table} FORMAT CSV\n", b'1,"q"\n2,w\n', [(1, "q"), (2, "w")]),
        ("INSERT INTO {table} (a, s) FORMAT TabSeparated", b"\n1\tx\\ny\n", [(1, "x\ny")]),
        ("INSERT INTO {table} FORMAT JSONEachRow ", b'{"a": 1, "s": "z;"}\n{"a": 2}', [(1, "z;"), (2, "")]),
        ("INSERT INTO {table} SETTINGS async_insert = 0 FORMAT CSV\n", b"5,s\n", [(5, "s")]),
        ("/* VALUES */ INSERT -- FORMAT x\n INTO TABLE {table} (`a`) VALUES (7)", b"", [(7, "")]),
        ("INSERT INTO {table} SELECT number, 'sel' FROM numbers(2)", b"", [(0, "sel"), (1, "sel")]),
        (
            "INSERT INTO {table} FORMAT Native\n",
            b"\x02\x01\x01a\x06UInt64\x09" + bytes(7) + b"\x01s\x06String\x01n",
            [(9, "n")],
        ),
        ("INSERT INTO {table} FORMAT CSV\n", b"", []),
    ],
)
def test_insert_shapes(engine, client, statement, data, rows):
    table = "shapes"
    client.command(f"CREATE OR REPLACE TABLE {table} (a UInt64, s String) ENGINE = MergeTree ORDER BY a")
    status, _, body = engine.request(statement.format(table=table).encode() + data, database="khabar")
    assert (status, body) == (200, b"")
    assert client.query(f"SELECT * FROM {table} ORDER BY a").result_rows == rows


def test_an_insert_larger_than_the_parsers_limit_arrives_whole(engine, client, table):
    rows = b"".join(b'{"a": %d, "s": "%s"}\n' % (number, b"x" * 100) for number in range(40_000))
    assert engine.request(f"INSERT INTO khabar.{table} FORMAT JSONEachRow\n".encode() + rows)[0] == 200
    assert client.command(f"SELECT count() FROM {table}") == 40_000


def test_users(tmp_path):
    secret = {"KHABAR_CLICKHOUSE_PASSWORD": "writer's", "KHABAR_CLICKHOUSE_ANALYST_PASSWORD": "reader's"}
    engine = EngineProcess(tmp_path, environment=secret).start()
    try:
        who = b"SELECT getSetting('readonly')"
        assert engine.request(who, basic("default", "writer's"))[2] == b"0\n"
        assert engine.request(who, basic("analyst", "reader's"))[2] == b"1\n"
        keys = {"X-ClickHouse-User": "analyst", "X-ClickHouse-Key": "reader's"}
        assert engine.request(who, keys)[2] == b"1\n"
        parameters = {"user": "analyst", "password": "reader's"}
        assert engine.request(who, **parameters)[2] == b"1\n"
        for wrong in (
            {},
            basic("default", ""),
            basic("analyst", "writer's"),
            basic("nobody", ""),
            {"Authorization": "Basic ?"},
        ):
            status, headers, body = engine.request(who, wrong)
            assert (status, headers["X-ClickHouse-Exception-Code"]) == (403, "516")
            assert b"writer's" not in body
    finally:
        engine.stop()


def test_serving_other_machines_needs_passwords(tmp_path):
    with pytest.raises(AssertionError, match="the engine ended"):
        EngineProcess(tmp_path, environment={"KHABAR_BIND": "0.0.0.0"}).start()  # noqa: S104 - refused


def test_clickhouse_connect_round_trip(client):
    client.command(
        "CREATE OR REPLACE TABLE round (a UInt64, s String, d DateTime64(3, 'UTC'), l Array(String), n Nullable(Int32), "
        "c LowCardinality(String)) ENGINE = MergeTree ORDER BY a"
    )
    rows = [(n, f"نص {n}\n'", datetime(2026, 1, 2, 3, 4, 5, 6000, UTC), ["x", "ي"], None, "c") for n in range(1000)]
    assert client.insert("round", rows).written_rows == 1000
    read = client.query("SELECT * FROM round ORDER BY a").result_rows
    assert [(*row[:2], row[2].replace(tzinfo=UTC), *row[3:]) for row in read] == rows
    assert client.query("SELECT a, s FROM round WHERE 0").column_names == ("a", "s")
    asked = {"text": "نص 1\n'", "list": ["a", "b'"]}
    result = client.query("SELECT a, {list:Array(String)} FROM round WHERE s = {text:String}", parameters=asked)
    assert result.result_rows == [(1, ["a", "b'"])]
    assert client.command("SELECT count() FROM round") == 1000
    assert client.command("DROP TABLE round").summary


def test_clickhouse_connect_streams_more_than_is_held_back(client):
    with client.query_row_block_stream("SELECT number FROM numbers(1500000)") as stream:
        assert sum(len(block) for block in stream) == 1_500_000


def test_a_comment_that_ends_like_a_query_is_no_format(client):
    client.command("CREATE OR REPLACE TABLE commented (a UInt8) ENGINE = Memory COMMENT 'in FORMAT x'")
    assert client.command("SELECT comment FROM system.tables WHERE name = 'commented'") == "in FORMAT x"


def test_clients_that_leave_in_the_middle_of_a_result_harm_nobody(engine, client):
    query = b"SELECT number, toString(number) FROM numbers(20000000) FORMAT TSV"
    for _ in range(12):
        with socket.create_connection(("127.0.0.1", engine.port)) as connection:
            connection.sendall(
                b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%b" % (len(query), query)
            )
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
    deadline = time.monotonic() + 30
    while client.command("SELECT count() FROM system.processes") > 1:
        assert time.monotonic() < deadline, "the queries of those who left go on"
        time.sleep(0.1)
    assert engine.process.poll() is None


def test_insert_deduplication_token_makes_a_retry_harmless(client):
    client.command(
        "CREATE OR REPLACE TABLE dedup (a UInt64) ENGINE = MergeTree ORDER BY a "
        "SETTINGS non_replicated_deduplication_window = 100"
    )
    for token in ("one", "one", "two"):
        client.insert("dedup", [[1], [2]], column_names=["a"], settings={"insert_deduplication_token": token})
    assert client.command("SELECT count() FROM dedup") == 4


async def test_clickhouse_connect_async(engine):
    import clickhouse_connect

    client = await clickhouse_connect.get_async_client(host="127.0.0.1", port=engine.port, database="khabar")
    async with client:
        answers = await asyncio.gather(*[client.query(f"SELECT {n}, sleep(0.2)") for n in range(6)])
    assert [answer.result_rows[0][0] for answer in answers] == list(range(6))


def test_readers_go_on_while_the_sink_writes(engine, client, table):
    import clickhouse_connect

    stop = threading.Event()
    errors: list[Exception] = []

    def write() -> None:
        with clickhouse_connect.get_client(host="127.0.0.1", port=engine.port, database="khabar") as sink:
            while not stop.is_set():
                sink.insert(table, [(n, "x") for n in range(500)])

    def read() -> None:
        settings = {"host": "127.0.0.1", "port": engine.port, "database": "khabar", "username": "analyst"}
        with clickhouse_connect.get_client(**settings) as reader:
            try:
                for _ in range(20):
                    assert reader.command(f"SELECT count() % 500 FROM {table}") == 0
            except Exception as error:  # noqa: BLE001 - carried to the test's own thread
                errors.append(error)

    writer, *readers = [threading.Thread(target=work) for work in (write, read, read, read, read)]
    for thread in (writer, *readers):
        thread.start()
    for thread in readers:
        thread.join()
    stop.set()
    writer.join()
    assert not errors
    assert client.command(f"SELECT count() FROM {table}") > 500


def test_kill_loses_no_acknowledged_insert(tmp_path):
    import clickhouse_connect

    engine = EngineProcess(tmp_path).start()
    acknowledged = 0

    def feed() -> None:
        nonlocal acknowledged
        with clickhouse_connect.get_client(host="127.0.0.1", port=engine.port) as sink:
            sink.command("CREATE TABLE kept (a UInt64) ENGINE = MergeTree ORDER BY a")
            for batch in range(10_000):
                try:
                    sink.insert("kept", [[batch * 100 + n] for n in range(100)], column_names=["a"])
                except Exception:  # noqa: BLE001 - whatever a cut connection raises
                    return
                acknowledged = batch + 1

    feeder = threading.Thread(target=feed)
    feeder.start()
    deadline = time.monotonic() + 30
    while acknowledged < 30 and time.monotonic() < deadline:
        time.sleep(0.01)
    engine.stop(kill=True)
    feeder.join()
    engine.start()
    try:
        status, _, body = engine.request(b"SELECT uniqExact(a), count(), uniqExact(intDiv(a, 100)) FROM kept")
        assert status == 200
        distinct, rows, batches = map(int, body.split())
        assert distinct == rows == batches * 100
        assert acknowledged >= 30
        assert batches >= acknowledged
    finally:
        engine.stop()


def test_its_log_is_lines_of_json(tmp_path):
    with (tmp_path / "log").open("wb") as log:
        engine = EngineProcess(tmp_path, log=log).start()
        engine.request(b"SELECT 1", query_id='x\n{"level": "error"}')
        engine.stop()
    lines = [json.loads(line) for line in (tmp_path / "log").read_text("utf-8").splitlines()]
    assert {line["service"] for line in lines} == {"clickhouse"}
    assert any("serves on" in line["event"] for line in lines)


def test_a_second_engine_on_the_folder_is_refused(engine):
    with pytest.raises(AssertionError, match="the engine ended"):
        EngineProcess(engine.data_dir).start()
