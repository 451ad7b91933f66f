"""The kernel's wall round the engine holds even for the user that writes, whom no rule of ours restrains."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from engine_process import EngineProcess

from agents.embedded import sandbox

SECRET = "this is a secret of the machine"  # noqa: S105 - a marker, no password
PASSWORDS = {"KHABAR_KAFKA_SASL_PASSWORD": "kafka's own", "KHABAR_CLICKHOUSE_ANALYST_PASSWORD": "reader's own"}


def has_landlock() -> bool:
    return sys.platform == "linux" and sandbox._call(sandbox._CREATE_RULESET, None, 0, sandbox._ASK_VERSION) > 0


pytestmark = pytest.mark.skipif(not has_landlock(), reason="this kernel has no Landlock")


@pytest.fixture(scope="module")
def enclosed(tmp_path_factory):
    running = EngineProcess(tmp_path_factory.mktemp("enclosed"), environment=PASSWORDS).start()
    yield running
    running.stop()


@pytest.fixture
def machine(tmp_path):
    (tmp_path / "secret.txt").write_text(SECRET)
    return tmp_path


@pytest.mark.parametrize(
    "query",
    [
        "SELECT file('{folder}/secret.txt')",
        "SELECT * FROM file('{folder}/secret.txt', 'LineAsString')",
        "SELECT * FROM format(Values, 'a String', $$(file('{folder}/secret.txt'))$$)",
        "SELECT a FROM values('x Int32, a String ALIAS file(''{folder}/secret.txt'')', 1)",
        "INSERT INTO FUNCTION file('{folder}/out.csv', 'CSV', 'a Int32') SELECT 1",
        "CREATE TABLE stolen (a String) ENGINE = File(LineAsString, '{folder}/secret.txt')",
        "BACKUP TABLE system.one TO File('{folder}/out')",
        "SELECT * FROM executable('touch {folder}/out', 'TSV', 'a String')",
        "SELECT content FROM filesystem('{folder}')",
    ],
)
def test_files_and_programs_of_the_machine_are_out_of_reach(enclosed, machine, query):
    status, _, answer = enclosed.request(query.format(folder=machine).encode())
    rows = enclosed.request(b"SELECT * FROM stolen")[2] if status == 200 and query.startswith("CREATE") else b""
    assert status != 200 or answer in {b"", b"\\N\n"}, answer
    assert SECRET.encode() not in answer + rows
    assert [path.name for path in machine.iterdir()] == ["secret.txt"]


@pytest.mark.parametrize("query", ["url('http://127.0.0.1:{}/', 'LineAsString')", "remote('127.0.0.1:{}', system.one)"])
def test_no_host_is_connected_to(enclosed, query):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(1.0)
        asked = f"SELECT * FROM {query.format(server.getsockname()[1])}"
        assert enclosed.request(asked.encode(), http_max_tries="1")[0] != 200
        with pytest.raises(TimeoutError):
            server.accept()


def test_its_environment_tells_no_password(enclosed):
    inside = enclosed.request(b"SELECT file('/proc/self/environ')")[2].decode()
    assert "KHABAR_KAFKA_SASL_PASSWORD=***********" in inside
    seen = inside + Path(f"/proc/{enclosed.process.pid}/environ").read_text("utf-8")
    assert not [password for password in PASSWORDS.values() if password in seen]
    assert enclosed.request(b"SELECT 1", user="analyst", password="reader's own")[2] == b"1\n"  # noqa: S106
    parent = f"/proc/{os.getpid()}/environ"
    assert enclosed.request(f"SELECT file('{parent}')".encode())[0] != 200


def test_it_still_does_all_its_own_work(enclosed):
    for statement in (
        "CREATE TABLE khabar.own (a UInt64, s String) ENGINE = MergeTree ORDER BY a",
        "INSERT INTO khabar.own SELECT number, toString(number) FROM numbers(100000)",
        "INSERT INTO khabar.own VALUES (7, 'نص')",
        "OPTIMIZE TABLE khabar.own FINAL",
        "SELECT a FROM khabar.own ORDER BY s SETTINGS max_bytes_before_external_sort = 1000, max_bytes_ratio_before_external_sort = 0 FORMAT Null",
        "SELECT toTimeZone(now(), 'Asia/Riyadh')",
    ):
        status, _, answer = enclosed.request(statement.encode())
        assert status == 200, answer
    assert enclosed.request(b"SELECT count() FROM khabar.own")[2] == b"100001\n"
