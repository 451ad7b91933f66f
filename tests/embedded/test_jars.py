"""Kafka's jars: fetched once, checked by hash, and a clear word when they cannot be had."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from agents.embedded import jars
from schemas.errors import BrokerError

CONTENT = b"not really a jar"


@contextmanager
def repository(content: bytes | None):
    """A Maven repository on this machine that holds one file; yields its address and the paths asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200 if content is not None and self.path.endswith(".jar") else 404)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def one_jar(monkeypatch):
    jar = jars.Jar("org.example:thing:1.0", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(jars, "locked", lambda: [jar])
    return jar


@pytest.fixture
def central(monkeypatch, tmp_path):
    """Point jgo at another Maven Central."""
    import jgo.constants

    monkeypatch.setenv("JGO_CONFIG_FILE", str(tmp_path / "none.conf"))
    return lambda url: monkeypatch.setattr(jgo.constants, "MAVEN_CENTRAL_URL", url)


def test_the_lock_pins_everything_by_hash():
    locked = jars.locked()
    assert len({jar.coordinate for jar in locked}) == len(locked) > 30
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in locked)
    assert f"org.apache.kafka:kafka_2.13:{jars.KAFKA_VERSION}" in {jar.coordinate for jar in locked}
    assert {f"org.apache.kafka:kafka-clients:{jars.KAFKA_VERSION}"} == {
        jar.coordinate for jar in locked if ":kafka-clients:" in jar.coordinate
    }


@pytest.mark.usefixtures("one_jar")
def test_a_jar_is_fetched_once_and_said_before(central, tmp_path):
    said = []
    with repository(CONTENT) as (url, asked):
        central(url)
        paths = jars.class_path(said.append, tmp_path)
        jars.class_path(said.append, tmp_path)
    assert [path.read_bytes() for path in paths] == [CONTENT]
    assert len([path for path in asked if path.endswith(".jar")]) == 1
    assert len(said) == 1
    assert "Maven Central" in said[0]


def test_a_fetch_that_was_cut_off_is_done_again(one_jar, central, tmp_path):
    path = one_jar.path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT[:5])
    with repository(CONTENT) as (url, _):
        central(url)
        jars.class_path(lambda _: None, tmp_path)
    assert path.read_bytes() == CONTENT


def test_another_file_than_the_locked_one_is_refused_and_not_kept(one_jar, central, tmp_path):
    with repository(b"something else 1") as (url, _):
        central(url)
        with pytest.raises(BrokerError, match="wrong SHA-256"):
            jars.class_path(lambda _: None, tmp_path)
    assert not one_jar.path(tmp_path).exists()


@pytest.mark.usefixtures("one_jar")
@pytest.mark.parametrize("content", [None, b""])
def test_a_repository_without_it_says_what_to_set(central, tmp_path, content):
    with repository(content) as (url, _):
        central(url)
        with pytest.raises(BrokerError, match=r"KHABAR_KAFKA_HOME.*KHABAR_KAFKA_BOOTSTRAP"):
            jars.class_path(lambda _: None, tmp_path)


def test_no_network_says_what_is_fetched_and_what_to_set(central, tmp_path):
    central("http://127.0.0.1:1")
    with pytest.raises(BrokerError) as refused:
        jars.class_path(lambda _: None, tmp_path)
    for words in ("45 jars, 45 MB", "Connection refused", "HTTPS_PROXY", "KHABAR_KAFKA_HOME", "KHABAR_KAFKA_BOOTSTRAP"):
        assert words in str(refused.value)


def test_damage_is_found(one_jar, tmp_path):
    path = one_jar.path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    assert jars.damaged([one_jar], tmp_path) == []
    path.write_bytes(CONTENT[::-1])
    assert jars.damaged([one_jar], tmp_path) == [one_jar]
