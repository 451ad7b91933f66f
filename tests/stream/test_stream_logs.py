"""Log lines: one event a line, whatever an article holds; repeated noise is held back."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from agents.logs import MAX_VALUE_CHARACTERS, RATE_SECONDS, RateLimit

EVIL = 'عنوان\n{"level": "error", "event": "forged"}\r\x1b[2J\x9b1m\u2028\u202eabc'
PROGRAM = """
import logging, structlog
from agents.logs import configure
from agents.settings import Settings
configure(Settings(log_format="{form}"), stage="tokenise")
evil = {evil!r}
log = structlog.get_logger("khabar.test")
log.warning("dead letter", article=evil, key=evil.encode(), offset=7)
logging.getLogger("other").warning("from a library: %s", evil)
try:
    raise ValueError(evil)
except ValueError:
    log.exception("failed")
log.warning("long", text="x" * 100_000)
"""


def lines_of(form):
    code = PROGRAM.format(form=form, evil=EVIL)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=True)
    return done.stderr.decode().split("\n")[:-1]


def test_json_lines_hold_one_event_each():
    events = [json.loads(line) for line in lines_of("json")]
    assert [event["event"].partition(":")[0] for event in events] == ["dead letter", "from a library", "failed", "long"]
    assert all(event["stage"] == "tokenise" for event in events)
    assert events[0]["offset"] == 7
    assert events[0]["article"].startswith("عنوان\\u000a")
    assert not set("\n\r\x1b\x9b\u2028\u202e") & set("".join(event["event"] for event in events))
    assert "ValueError" in events[2]["exception"]
    assert len(events[3]["text"]) < MAX_VALUE_CHARACTERS + 50


def test_a_console_line_cannot_be_forged_and_moves_no_cursor():
    lines = lines_of("console")
    assert not any(line.startswith(("{", '"')) for line in lines)
    assert not any(character in line for line in lines for character in ("\r", "\x9b", "\u2028", "\u202e", "\x1b[2J"))


@pytest.mark.parametrize(("name", "passes"), [("aiokafka.conn", [True, False, False]), ("khabar.stage", [True] * 3)])
def test_only_noisy_libraries_are_held_back(name, passes):
    limit = RateLimit(clock=lambda: 0.0)
    assert [limit.filter(record(name)) for _ in range(3)] == passes


def test_what_was_held_back_is_counted():
    now = [0.0]
    limit = RateLimit(clock=lambda: now[0])
    for _ in range(40):
        limit.filter(record("aiokafka"))
    now[0] = RATE_SECONDS + 1
    late = record("aiokafka")
    assert limit.filter(late)
    assert late.repeated == 39


def record(name):
    return logging.LogRecord(name, logging.ERROR, "f.py", 1, "no broker %s", ("x",), None)
