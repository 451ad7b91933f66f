"""The command line as a whole: help, flags, exit codes, start-up time."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import click
import pytest

from agents.cli import cli
from agents.cli.group import COMMANDS, take_setting_flags
from agents.settings import Settings
from schemas import errors
from schemas.topics import STAGES

ROOT = Path(__file__).resolve().parents[2]
HELP_SECONDS = 0.4
SUBCOMMANDS = [
    *[[name] for name in COMMANDS],
    ["topics", "create"],
    ["topics", "list"],
    ["dead-letter", "list"],
    ["dead-letter", "show"],
    ["dead-letter", "redrive"],
]


def command_of(path):
    command = cli
    for name in path:
        command = command.get_command(click.Context(command), name)
    return command


@pytest.mark.parametrize("path", SUBCOMMANDS, ids=" ".join)
def test_each_command_has_help_with_an_example(khabar, path):
    result = khabar(*path, "--help")
    assert result.code == 0
    command = command_of(path)
    if not isinstance(command, click.Group):
        assert f"khabar {' '.join(path)}" in result.out
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_the_help_lists_every_command_with_the_first_line_of_its_own(khabar):
    out = khabar("--help").out
    for name, (_, _, line) in COMMANDS.items():
        assert f"  {name} " in out
        assert line in out


@pytest.mark.parametrize("path", SUBCOMMANDS, ids=" ".join)
def test_no_option_of_a_command_is_also_a_setting(path):
    options = {name.lstrip("-").replace("-", "_") for option in command_of(path).params for name in option.opts}
    assert not options & set(Settings.model_fields)


def test_the_stages_of_the_worker_command_are_those_of_the_contract():
    (argument,) = command_of(["worker"]).params
    assert list(argument.type.choices) == [stage.name for stage in STAGES]


@pytest.mark.parametrize(
    ("line", "flags", "rest"),
    [
        ("worker ner --kafka-port 1", {"kafka_port": "1"}, "worker ner"),
        ("--kafka-port=1 worker ner", {"kafka_port": "1"}, "worker ner"),
        ("--debug worker --data-dir d ner --bidi off", {"data_dir": "d", "bidi": "off"}, "--debug worker ner"),
        ("--data-dir a config --data-dir b", {"data_dir": "b"}, "config"),
        ("sql -- --data-dir", {}, "sql -- --data-dir"),
        ("publish f --no-validate --rate 3", {}, "publish f --no-validate --rate 3"),
        ("config --no-such-setting 1", {}, "config --no-such-setting 1"),
    ],
)
def test_settings_are_flags_wherever_they_stand(line, flags, rest):
    found = {}
    assert take_setting_flags(line.split(), found) == rest.split()
    assert found == flags


def test_a_setting_flag_needs_a_value(khabar):
    result = khabar("config", "--kafka-port")
    assert result.code == 2
    assert "--kafka-port" in result.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ConfigurationError("x"), 3),
        (errors.InvalidFieldError("$.title", "y"), 4),
        (errors.ModelMissingError("x"), 5),
        (errors.BrokerError("x"), 6),
        (errors.StoreError("x"), 7),
        (errors.ProcessingError("x"), 8),
        (errors.KhabarError("x"), 9),
        (ZeroDivisionError("x"), 70),
    ],
)
def test_an_error_is_one_line_and_its_own_exit_code(khabar, monkeypatch, error, code):
    def fail(*_):
        raise error

    monkeypatch.setattr("agents.setting_sources.explain", fail)
    result = khabar("config")
    assert result.code == code
    assert result.err.startswith("khabar: ")
    assert result.err.count("\n") == 1
    assert result.out == ""
    assert "Traceback" in khabar("--debug", "config").err


def test_ctrl_c_says_so_and_exits_as_shells_expect(khabar, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("agents.setting_sources.explain", interrupt)
    result = khabar("config")
    assert (result.code, result.err.strip()) == (130, "khabar: interrupted")


def test_the_version_is_shown(khabar):
    result = khabar("--version")
    assert result.code == 0
    assert result.out.startswith("khabar ")


@pytest.mark.parametrize("line", ["nonsense", "worker nonsense", "sql --format", "lag --max-messages -1"])
def test_a_wrong_line_exits_with_2(khabar, line):
    assert khabar(*line.split()).code == 2


def test_an_error_cannot_steer_the_terminal(khabar):
    assert "\x1b" not in khabar("config", "--kafka-port", "\x1b[2J").err


def test_help_is_quick():
    def seconds():
        # Of the processor: a machine that is busy with something else must not fail this.
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "agents.cli", "--help"], check=True, capture_output=True, cwd=ROOT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(5)) < HELP_SECONDS


def test_help_imports_nothing_heavy():
    code = "import sys, agents.cli; agents.cli.run(['--help'], agents.cli.State()); print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=ROOT, text=True).stdout
    for heavy in ("pydantic", "rich", "confluent_kafka", "clickhouse_connect", "faust", "onnxruntime", "torch"):
        assert f"'{heavy}'" not in loaded


def test_a_reader_that_goes_away_is_no_error():
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    line = f"{sys.executable} -m agents.cli config --json | head -1; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", line], check=False, capture_output=True, env=environment, cwd=ROOT)
    assert result.returncode == 0
    assert result.stderr == b""
