"""``khabar doctor`` finds what is wrong and says what to do."""

from __future__ import annotations

import json
import socket

import pytest

from agents import doctor
from agents.embedded import jars, ports
from agents.locks import exclusive
from agents.settings import Settings
from schemas.errors import ModelMissingError


@pytest.fixture
def settings(tmp_path):
    free = {name: ports.free_port() for name in ("kafka_port", "clickhouse_port", "web_port")}
    return Settings(data_dir=tmp_path / "data", **free)


@pytest.fixture(autouse=True)
def _no_models(monkeypatch):
    monkeypatch.setattr(
        "pipeline.analyse.load_stage", lambda name, models: type("Stage", (), {"version": f"{name}-{models}"})
    )


def found(settings, subject: str) -> list[doctor.Finding]:
    return [finding for finding in doctor.examine(settings) if finding.subject == subject]


def test_a_machine_in_order(settings, capsys):
    assert doctor.doctor(settings) == 0
    out = capsys.readouterr().out
    for words in (
        "Python",
        "openjdk",
        "chdb",
        "is free (web_port)",
        "`khabar up` starts it",
        "models load, ner-khabar",
        "all is well",
    ):
        assert words in out


def test_json_is_one_list(settings, capsys):
    assert doctor.doctor(settings, as_json=True) == 0
    findings = json.loads(capsys.readouterr().out)
    assert {"subject", "status", "found", "remedy"} == set(findings[0])


def test_a_port_in_use_is_wrong_unless_khabar_holds_it(settings):
    with socket.create_server(("127.0.0.1", settings.kafka_port)):
        (wrong,) = [finding for finding in doctor.free_ports(settings, "") if finding.status == "wrong"]
        assert "--kafka-port" in wrong.remedy
        assert all(finding.status == "ok" for finding in doctor.free_ports(settings, "123"))


def test_a_running_khabar_is_noticed_and_its_silent_broker_is_wrong(settings, monkeypatch):
    monkeypatch.setattr("agents.kafka.TIMEOUT_SECONDS", 1.0)
    monkeypatch.setattr("agents.topics.TIMEOUT_SECONDS", 1.0)
    settings.data_dir.mkdir()
    with exclusive(settings.data_dir / "lock"):
        assert "used by process" in found(settings, "data")[0].found
        assert found(settings, "broker")[0].status == "wrong"
        assert found(settings, "ClickHouse")[0].status == "wrong"


def test_a_missing_model_is_wrong(settings, monkeypatch):
    def missing(name, _models):
        msg = f"{name}: the file is not there; reinstall khabar"
        raise ModelMissingError(msg)

    monkeypatch.setattr("pipeline.analyse.load_stage", missing)
    assert doctor.doctor(settings) == 1
    assert found(settings, "ner")[0] == doctor.Finding("ner", "wrong", "ner: the file is not there; reinstall khabar")


def test_jars_not_fetched_yet_are_a_note_damaged_ones_are_wrong(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert doctor.kafka_jars(settings).status == "note"
    jar = jars.Jar("org.example:thing:1.0", 3, "0" * 64)
    monkeypatch.setattr(jars, "locked", lambda: [jar])
    jar.path(jars.cache_dir()).parent.mkdir(parents=True)
    jar.path(jars.cache_dir()).write_bytes(b"abc")
    assert "org.example:thing" in doctor.kafka_jars(settings).found


def test_a_wrong_kafka_home_is_wrong(settings, tmp_path):
    home = settings.model_copy(update={"kafka_home": tmp_path})
    assert doctor.kafka_jars(home).status == "wrong"


def test_an_old_python_is_wrong(monkeypatch):
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 1, "final", 0))
    assert doctor.python().status == "wrong"


def test_misspelt_settings_are_noted(monkeypatch):
    monkeypatch.setenv("KHABAR_KAFKA_BOTSTRAP", "x")
    assert "KHABAR_KAFKA_BOTSTRAP" in doctor.environment().found
