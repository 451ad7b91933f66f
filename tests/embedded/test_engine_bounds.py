"""What an analyst's query may cost: it ends in time, holds no place for ever, and others go on meanwhile."""

from __future__ import annotations

import http.client
import socket
import sys
import threading
import time

import psutil
import pytest
from engine_process import EngineProcess

from agents.embedded import rules

ENDLESS = (
    b"SELECT max(editDistance(concat(repeat('a', 60000), toString(number)), repeat('b', 60000))) FROM numbers(2000)"
)
"""One block, made in no time, that takes hours: within a block the engine does not look at the clock."""
IMPATIENT = """
import sys
from dataclasses import replace
from agents.embedded import engine, rules
known = rules.load_rules()
rules.load_rules = lambda: replace(known, limits={**known.limits, "max_execution_time": 2})
engine.GRACE_SECONDS, engine.FETCH_SECONDS = 2.0, 3.0
engine.main()
"""


@pytest.fixture
def impatient(tmp_path):
    """An engine that grants two seconds where the shipped one grants sixty."""
    running = EngineProcess(tmp_path, command=[sys.executable, "-c", IMPATIENT]).start()
    yield running
    running.stop()


def code_of(answer) -> str:
    return answer[1].get("X-ClickHouse-Exception-Code", "")


def test_a_query_that_cannot_be_ended_is_answered_and_the_engine_starts_again(impatient):
    assert impatient.request(b"CREATE TABLE khabar.kept (a UInt8) ENGINE = MergeTree ORDER BY a")[0] == 200
    assert impatient.request(b"INSERT INTO khabar.kept VALUES (7)")[0] == 200
    began = time.monotonic()
    answer = impatient.request(ENDLESS, user="analyst")
    assert (answer[0], code_of(answer)) == (408, "159")
    assert impatient.process.wait(120) == 75
    assert time.monotonic() - began < 120
    assert impatient.start().request(b"SELECT a FROM khabar.kept", user="analyst")[2] == b"7\n"


def test_the_sink_writes_while_analysts_ask_too_much(engine):
    """Six heavy queries, each with all the threads it likes, and an insert still takes no time."""
    heavy = b"SELECT uniqExact(cityHash64(number, number)), sum(length(hex(SHA512(toString(number))))) FROM numbers_mt(1e12)"
    assert engine.request(b"CREATE OR REPLACE TABLE khabar.w (a UInt64) ENGINE = MergeTree ORDER BY a")[0] == 200
    codes = []

    def ask() -> None:
        codes.append(code_of(engine.request(heavy, user="analyst", max_execution_time="8")))

    askers = [threading.Thread(target=ask) for _ in range(6)]
    for asker in askers:
        asker.start()
    slowest, written = 0.0, 0
    while any(asker.is_alive() for asker in askers):
        began = time.monotonic()
        assert engine.request(b"INSERT INTO khabar.w VALUES (%d)" % written)[0] == 200
        slowest, written = max(slowest, time.monotonic() - began), written + 1
    assert set(codes) <= {"159", "241"}
    assert written >= 3
    assert slowest < 30
    assert engine.request(b"SELECT count() FROM khabar.w", user="analyst")[2] == b"%d\n" % written


def test_readers_that_do_not_read_lose_their_place(impatient):
    query = b"SELECT number, repeat('x', 200) FROM numbers(900000) FORMAT TSV"
    head = b"POST /?user=analyst HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(query)
    idle = []
    for _ in range(12):
        connection = socket.create_connection(("127.0.0.1", impatient.port))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(head + query)
        idle.append(connection)
    try:
        assert impatient.request(b"SELECT 1", user="analyst")[2] == b"1\n"
        deadline = time.monotonic() + 120
        while impatient.request(b"SELECT count() FROM system.processes")[2] != b"1\n":
            assert time.monotonic() < deadline, "the queries of those who do not read go on"
            time.sleep(0.2)
    finally:
        for connection in idle:
            connection.close()


def test_a_result_of_few_bytes_and_an_endless_name_does_not_fill_the_memory(engine):
    """300 MB, 20 GB and 200 GB of text; what a query may take is held, and the text of a result three times on its way."""
    limits = rules.load_rules().limits
    query = f"SELECT 1 AS `{'x' * 200_000}` FROM numbers({{}})"
    before = psutil.Process(engine.process.pid).memory_info().rss
    assert code_of(engine.request((query.format(1500) + " FORMAT JSON").encode(), user="analyst")) == "396"
    assert code_of(engine.request((query.format(100_000) + " FORMAT JSON").encode(), user="analyst")) == "241"
    with pytest.raises(http.client.IncompleteRead) as cut:
        engine.request((query.format(1_000_000) + " FORMAT JSONEachRow").encode(), user="analyst", max_block_size="100")
    assert b"Code: 396" in cut.value.partial[-1000:]
    assert len(cut.value.partial) < limits["max_result_bytes"]
    grown = psutil.Process(engine.process.pid).memory_info().rss - before
    assert grown < limits["max_memory_usage"] + 3 * limits["max_result_bytes"]


@pytest.mark.parametrize(("name", "value"), [("max_threads", "65"), ("max_threads", "0"), ("max_block_size", "1e9")])
def test_what_multiplies_the_cost_has_a_most(engine, name, value):
    assert code_of(engine.request(b"SELECT 1", user="analyst", **{name: value})) == "164"
    assert engine.request(b"SELECT getSetting('max_threads')", user="analyst", max_threads="3")[2] == b"3\n"


@pytest.mark.parametrize(
    ("query", "bounds", "code"),
    [
        ("SELECT count() FROM numbers(1e6) AS a, numbers(1e6) AS b", {"max_execution_time": "2"}, "159"),
        ("SELECT count() FROM numbers(1e6) AS a JOIN numbers(1e6) AS b ON a.number % 9 = b.number % 9", {"max_execution_time": "2"}, "159"),
        ("SELECT * FROM numbers(1e6) AS a JOIN numbers(1e6) AS b ON a.number % 9 = b.number % 9 ORDER BY cityHash64(*)", {"max_memory_usage": "100000000"}, "241"),
        ("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count() FROM r", {}, "306"),
        ("SELECT uniqExact(number) FROM numbers(1e9)", {"max_memory_usage": "100000000"}, "241"),
        ("SELECT arraySum(range(500000000))", {"max_memory_usage": "100000000"}, "241"),
        ("SELECT repeat('x', 1000000) FROM numbers(400) FORMAT JSON", {}, "396"),
        ("SELECT " + "(" * 900 + "1" + ")" * 900, {}, "306"),
        ("SELECT 1 WHERE 1 IN (" + "1," * 300_000 + "1)", {}, "62"),
    ],
    ids=["cross join", "join", "join and sort", "recursion", "memory", "one array", "result", "depth", "length"],
)  # fmt: skip
def test_each_bound_ends_a_query(engine, query, bounds, code):
    began = time.monotonic()
    assert code_of(engine.request(query.encode(), user="analyst", **bounds)) == code
    assert time.monotonic() - began < 120
    assert engine.request(b"SELECT 1", user="analyst")[2] == b"1\n"
