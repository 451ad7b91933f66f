"""``khabar up`` and ``khabar demo`` as a person runs them, with fast stages in place of the models."""

from __future__ import annotations

import ipaddress
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import clickhouse_connect
import psutil
import pytest

from agents import data_dir
from agents.data_dir import check_disk
from agents.embedded import ports
from agents.settings import Settings
from agents.station import Station, child_environment
from schemas.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
SECRETS = {
    "KHABAR_CLICKHOUSE_PASSWORD": "writers-geheim",
    "KHABAR_CLICKHOUSE_ANALYST_PASSWORD": "readers-geheim",
    "KHABAR_KAFKA_SASL_PASSWORD": "brokers-geheim",
}


class Khabar:
    """One ``khabar`` command in a process of its own."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder, self.settings = folder, settings

    def command(self, *arguments: str) -> dict:
        flags = [part for name, value in self.settings.items() for part in (f"--{name}", value)]
        return {
            "args": [sys.executable, "-m", "agents.cli", *arguments, *flags],
            "cwd": ROOT,
            "env": {
                **os.environ,
                "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
                "KHABAR_STAGE_FACTORY": "support.stages:make",
                **SECRETS,
            },
        }

    def run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(**self.command(*arguments), input=stdin, capture_output=True, timeout=120, check=False)

    def start(self, *arguments: str, ready: str) -> subprocess.Popen[bytes]:
        log = self.folder / f"{arguments[0]}.out"
        with log.open("wb") as out:
            process = subprocess.Popen(**self.command(*arguments), stdout=out, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 240
        while ready not in log.read_text("utf-8"):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.1)
        return process

    def publish(self, *ids: str) -> None:
        articles = [{"id": id_, "source": "s", "title": "عنوان", "body": "التقى الوزير نظيره."} for id_ in ids]
        done = self.run("publish", "-", stdin="\n".join(map(json.dumps, articles)).encode())
        assert done.returncode == 0, done.stderr

    def wait_for(self, *ids: str) -> None:
        port = int(self.settings["clickhouse-port"])
        with clickhouse_connect.get_client(
            host="127.0.0.1",
            port=port,
            database="khabar",
            username="analyst",
            password=SECRETS["KHABAR_CLICKHOUSE_ANALYST_PASSWORD"],
        ) as client:
            deadline = time.monotonic() + 90
            while True:
                query = "SELECT article_id FROM current_articles WHERE article_id IN {ids:Array(String)}"
                found = [row[0] for row in client.query(query, parameters={"ids": list(ids)}).result_rows]
                if sorted(found) == sorted(ids):
                    return
                assert time.monotonic() < deadline, f"only {found} arrived"
                time.sleep(0.2)


def children(pid: int) -> dict[int, str]:
    """Direct children and their command lines."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1]) if folder.name.isdecimal() else 0
            if parent == pid:
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return found


def check_exposure(up: int, running: dict[int, str], folder: Path) -> None:
    """Everything listens on loopback, and neither lists of processes nor files tell a secret or are open to others."""
    listening = [
        connection.laddr
        for pid in (up, *running)
        for connection in psutil.Process(pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 9  # broker twice, ClickHouse, five metrics, web page
    addresses = {address.ip.removeprefix("::ffff:") for address in listening}  # so Java writes an IPv4 address
    assert [ip for ip in addresses if not ipaddress.ip_address(ip).is_loopback] == []
    assert not [line for line in running.values() if "geheim" in line or "jmxremote" in line or "jdwp" in line]
    assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 50
    assert not [path for path in files if b"geheim" in path.read_bytes()]


def until_gone(pids) -> None:
    deadline = time.monotonic() + 20
    while left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < deadline, f"{left} are still there"
        time.sleep(0.1)


@pytest.fixture
def free():
    return {
        "kafka-port": str(ports.free_port()),
        "clickhouse-port": str(ports.free_port()),
        "web-port": str(ports.free_port()),
    }


def free_row(count: int) -> int:
    """The first of ``count`` free ports in a row."""
    first = ports.free_port()
    while any(ports.in_use("127.0.0.1", port) for port in range(first, first + count)):
        first = ports.free_port()
    return first


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_up_survives_a_dead_stage_refuses_a_second_instance_stops_and_resumes_in_the_demo(tmp_path, free):
    metrics = {"worker-metrics-port": str(free_row(5))}
    khabar = Khabar(tmp_path, {"data-dir": str(tmp_path / "data"), "kafka-partitions": "2", **metrics, **free})
    up = khabar.start("up", ready="Ctrl-C stops")
    try:
        khabar.publish("one", "two")
        khabar.wait_for("one", "two")
        second = khabar.run("up")
        assert second.returncode == 3
        assert f"another Khabar (process {up.pid}) runs on" in second.stderr.decode()
        worker = next(pid for pid, line in children(up.pid).items() if "worker ner" in line)
        os.kill(worker, signal.SIGKILL)
        khabar.publish("three")
        khabar.wait_for("one", "two", "three")
        assert "ner ended (SIGKILL)" in (tmp_path / "up.out").read_text()
        running = children(up.pid)
        assert len(running) == 8  # broker, ClickHouse, five stages, web page
        check_exposure(up.pid, running, tmp_path)
    finally:
        up.send_signal(signal.SIGINT)
        assert up.wait(120) == 0
    until_gone(running)

    demo = khabar.start("demo", "--keep-running", ready="Ctrl-C stops")
    try:
        said = (tmp_path / "demo.out").read_text()
        assert "16 of 16 articles in ClickHouse, 0 dead letters" in said
        assert "│ date " in said
        assert "│ speaker " in said
        khabar.wait_for("one", "two", "three", *[f"sample-{number:02}" for number in range(1, 17)])
        running = children(demo.pid)
        assert len(running) == 8
    finally:
        demo.kill()
        demo.wait()
    until_gone(running)


@pytest.mark.parametrize("name", ["kafka-port", "clickhouse-port", "web-port"])
def test_a_port_in_use_is_named_before_anything_starts(tmp_path, free, name):
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = {**free, name: str(server.getsockname()[1])}
        settings = Settings(data_dir=tmp_path, **{key.replace("-", "_"): value for key, value in taken.items()})
        with (
            pytest.raises(ConfigurationError, match=rf"port {taken[name]} on 127.0.0.1 is in use: set --{name}"),
            Station(settings),
        ):
            pass
    assert not (tmp_path / "kafka").exists()


def test_a_full_disk_is_named_with_what_is_needed(tmp_path, monkeypatch):
    monkeypatch.setattr(data_dir.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 200_000_000}))
    with pytest.raises(ConfigurationError, match=r"only 200 MB are free .* need 1000 MB to start"):
        check_disk(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path, free):
    (tmp_path / "file").write_text("")
    settings = Settings(data_dir=tmp_path / "file" / "data", **{k.replace("-", "_"): v for k, v in free.items()})
    with pytest.raises(ConfigurationError, match=r"cannot be written .* set --data-dir"), Station(settings):
        pass


def test_children_get_every_setting_defaults_and_secrets_too(tmp_path):
    secret = {"clickhouse_password": "it's secret"}
    env = child_environment(Settings(data_dir=tmp_path, clickhouse_verify=False, **secret))
    assert env["KHABAR_CLICKHOUSE_PASSWORD"] == secret["clickhouse_password"]
    assert env["KHABAR_CLICKHOUSE_VERIFY"] == "false"
    assert env["KHABAR_KAFKA_PORT"] == "9092"
    assert "KHABAR_KAFKA_HOME" not in env
