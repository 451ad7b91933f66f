"""Settings: where values come from, what is said about wrong ones, and that secrets stay secret."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from agents.setting_sources import MASK, explain, load, to_environment, to_markdown
from schemas.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]


def setting(name, flags=None):
    return next(found for found in explain(flags) if found.name == name)


def test_the_page_of_settings_is_current():
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert page == to_markdown(), "run `khabar config --markdown > docs/settings.md`"


def test_a_flag_wins_over_the_environment_over_the_file_over_the_default(monkeypatch):
    assert (setting("kafka_partitions").value, setting("kafka_partitions").source) == ("8", "default")
    Path("khabar.toml").write_text("kafka_partitions = 3\n", "utf-8")
    assert (setting("kafka_partitions").value, setting("kafka_partitions").source) == ("3", "file")
    monkeypatch.setenv("KHABAR_KAFKA_PARTITIONS", "4")
    assert (setting("kafka_partitions").value, setting("kafka_partitions").source) == ("4", "environment")
    flags = {"kafka_partitions": "5"}
    assert (setting("kafka_partitions", flags).value, setting("kafka_partitions", flags).source) == ("5", "flag")


@pytest.mark.parametrize(
    ("file", "flags", "said"),
    [
        ("", {"kafka_partitions": "many"}, r"kafka_partitions \(flag\): .*integer.*got 'many'"),
        ("kafka_partitions = 0", {}, r"kafka_partitions \(file\): .*greater than or equal to 1, got 0"),
        ("kafka_bootstrp = 'x'", {}, "kafka_bootstrp is no setting; did you mean kafka_bootstrap"),
        ("kafka_partitions =", {}, "cannot be read"),
        ("log_level = 'LOUD'", {}, "log_level .*'DEBUG', 'INFO'"),
    ],
)
def test_a_wrong_value_is_named_with_its_source(file, flags, said):
    Path("khabar.toml").write_text(file, "utf-8")
    with pytest.raises(ConfigurationError, match=said):
        load(flags)


def test_a_file_that_was_named_must_exist(khabar, monkeypatch):
    result = khabar("--config", "nowhere.toml", "config")
    assert result.code == 2
    assert "nowhere.toml" in result.err
    monkeypatch.setenv("KHABAR_CONFIG", "elsewhere.toml")
    assert "KHABAR_CONFIG names elsewhere.toml, which does not exist" in khabar("config").err


def test_secrets_are_masked_and_never_in_errors(khabar, monkeypatch):
    monkeypatch.setenv("KHABAR_KAFKA_SASL_PASSWORD", "geheim1")
    for arguments in (["config"], ["config", "--json"]):
        result = khabar(*arguments)
        assert "geheim" not in result.out + result.err
        assert MASK in result.out
    Path("khabar.toml").write_text("clickhouse_password = ['geheim3']", "utf-8")
    result = khabar("config")
    assert result.code == 3
    assert "clickhouse_password" in result.err
    assert "geheim" not in result.err


@pytest.mark.parametrize(
    "url",
    [
        "http://someone:geheim2@host:8123",
        "someone:geheim2@host:8123",
        "http://geheim2@host",
        "https://host/?user=someone&password=geheim2",
        "http://some:one:gehe@im:geheim2@host",
    ],
)
def test_a_url_with_a_password_in_it_is_refused_without_telling_it(khabar, monkeypatch, url):
    monkeypatch.setenv("KHABAR_CLICKHOUSE_URL", url)
    for arguments in (["config"], ["sql", "SELECT 1"], ["doctor"], ["migrate"]):
        result = khabar(*arguments)
        assert result.code == 3
        assert "KHABAR_CLICKHOUSE_USER" in result.err
        assert "geheim" not in result.out + result.err
        assert "gehe@im" not in result.out + result.err


def test_children_get_the_same_settings(monkeypatch):
    settings = load(
        {"kafka_partitions": "4", "clickhouse_password": "geheim", "clickhouse_verify": "false", "bidi": "off"}
    )
    environment = to_environment(settings)
    assert environment["KHABAR_CLICKHOUSE_PASSWORD"] == "geheim"  # noqa: S105 - made up
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert load() == settings
    assert to_environment(load({})) == environment


def test_config_shows_all_or_what_changed(khabar):
    everything = [orjson.loads(line) for line in khabar("config", "--json").out.splitlines()]
    assert {row["name"] for row in everything} >= {"kafka_bootstrap", "data_dir", "bidi"}
    assert all(row["doc"] for row in everything)
    (changed,) = khabar("config", "--json", "--changed", "--kafka-port", "19092").out.splitlines()
    assert orjson.loads(changed) | {"doc": ""} == {
        "name": "kafka_port",
        "value": "19092",
        "source": "flag",
        "default": "9092",
        "type": "integer",
        "doc": "",
    }


def test_a_misspelt_variable_is_pointed_out(khabar, monkeypatch):
    monkeypatch.setenv("KHABAR_KAFKA_BOOTSTRP", "x")
    assert "KHABAR_KAFKA_BOOTSTRP is set" in khabar("config").err


def test_the_file_can_be_named_on_the_command_line(khabar, tmp_path, monkeypatch):
    monkeypatch.setenv("KHABAR_CONFIG", "")  # restored after the test
    (tmp_path / "other.toml").write_text("kafka_port = 19093\n", "utf-8")
    assert "19093" in khabar("--config", "other.toml", "config", "--changed").out
