"""Log lines: one event a line, whatever an article holds; repeated noise is held back."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from agents.logs import MAX_VALUE_CHARACTERS, RATE_SECONDS, RateLimit

EVIL = 'عنوان\n{"level": "error", "event": "forged"}\r\x1b[2J\x9b1m\u2028\u202e\u200f\u061c\ufeffabc'
UNSAFE = set("\r\x1b\x9b\u2028\u202e\u200f\u061c\ufeff")
SECRETS = {"kafka_sasl_password": "pass'word\\1", "clickhouse_password": 'الس"ر'}
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
PYTHONS_OWN = """
import threading, warnings
from agents.logs import configure
from agents.settings import Settings
configure(Settings(log_format="{form}"), stage="tokenise")
evil = {evil!r}
warnings.warn(evil)
def fail():
    raise ValueError(evil)
thread = threading.Thread(target=fail)
thread.start()
thread.join()
class Fails:
    def __del__(self):
        raise ValueError(evil)
Fails()
fail()
"""
TELLING = """
import logging
from agents.logs import configure
from agents.settings import Settings
secrets = {evil!r}
configure(Settings(log_format="{form}", log_level="DEBUG", **secrets))
for secret in secrets.values():
    logging.getLogger("aiokafka.conn").debug("Request to %s: SaslAuthenticate(%r)", "host", b"user" + secret.encode())
    logging.getLogger("x").warning("text %s, repr %r", secret, secret)
    logging.getLogger("x").warning({{"password": secret}})
    try:
        raise ValueError(secret)
    except ValueError:
        logging.getLogger("x").exception("failed", stack_info=True)
"""


def lines_of(form, program=PROGRAM, evil=EVIL):
    code = program.format(form=form, evil=evil)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120, check=program is PROGRAM)
    return done.stderr.decode().split("\n")[:-1]


def test_json_lines_hold_one_event_each():
    events = [json.loads(line) for line in lines_of("json")]
    assert [event["event"].partition(":")[0] for event in events] == ["dead letter", "from a library", "failed", "long"]
    assert all(event["stage"] == "tokenise" for event in events)
    assert events[0]["offset"] == 7
    assert events[0]["article"].startswith("عنوان\\u000a")
    assert not UNSAFE & set("".join(f"{event['event']}{event.get('key')}{event.get('article')}" for event in events))
    assert "ValueError" in events[2]["exception"]
    assert len(events[3]["text"]) < MAX_VALUE_CHARACTERS + 50


def test_a_console_line_cannot_be_forged_and_moves_no_cursor():
    lines = lines_of("console")
    assert not any(line.startswith(("{", '"')) for line in lines)
    assert not any(character in line for line in lines for character in (*UNSAFE - {"\x1b"}, "\x1b[2J"))


@pytest.mark.parametrize("form", ["json", "console"])
def test_what_python_itself_would_print_is_no_way_round(form):
    lines = lines_of(form, PYTHONS_OWN)
    assert not any(line.startswith(('{"level": "error"', "Traceback", "Exception")) for line in lines)
    assert not any(character in line for line in lines for character in (*UNSAFE - {"\x1b"}, "\x1b[2J"))
    text = "\n".join(lines)
    for told in ("UserWarning", "uncaught error in thread", "Fails.__del__", "uncaught error"):
        assert told in text
    if form == "json":
        assert [json.loads(line)["stage"] for line in lines] == ["tokenise"] * 4


@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_of_the_settings_are_masked_wherever_a_library_writes_them(form):
    text = "\n".join(lines_of(form, TELLING, SECRETS))
    assert text.count("********") >= 8
    assert "SaslAuthenticate" not in text  # a whole request, the password of SASL/PLAIN in it
    for secret in SECRETS.values():
        assert secret not in text
        assert repr(secret)[1:-1] not in text
        assert json.dumps(secret, ensure_ascii=False)[1:-1] not in text


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
