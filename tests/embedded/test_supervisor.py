"""The supervisor on small programs: restarts, pauses, order of the stop, no orphans."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agents.embedded.process import Program, tail
from agents.supervisor import Supervisor, groups
from schemas.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
WAIT = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
)
POLITE = """
import signal, sys, time
def end(*_):
    print(time.monotonic(), flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def supervisor():
    lines: list[str] = []
    made = Supervisor(lines.append)
    made.lines = lines
    yield made
    made.stop(0)


def program(tmp_path, code: str, name: str = "thing") -> Program:
    return Program(name, [sys.executable, "-c", code], tmp_path / f"{name}.log")


def until(what, supervisor: Supervisor | None = None, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        if supervisor is not None:
            supervisor.tick()
        time.sleep(0.05)


def is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def test_a_killed_child_is_started_again(supervisor, tmp_path):
    child = program(tmp_path, WAIT)
    supervisor.add(child)
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    until(lambda: child.process.pid != first and child.poll() is None, supervisor)
    assert "thing ended (SIGKILL)" in supervisor.lines[0]
    assert str(child.log) in supervisor.lines[0]


def test_pauses_grow(supervisor, tmp_path):
    supervisor.add(program(tmp_path, "raise SystemExit(70)"))
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        supervisor.tick()
        time.sleep(0.02)
    assert supervisor.hopeless(1) is supervisor.services[0]
    assert supervisor.hopeless(9) is None
    # starts at 0, 0.5 and 1.5 s at the earliest
    assert 1 <= len(supervisor.lines) <= 3
    assert "exit code 70" in supervisor.lines[0]


@pytest.mark.parametrize("code", [2, 3, 5])
def test_what_no_restart_can_cure_is_raised_with_its_last_words(supervisor, tmp_path, code):
    supervisor.add(program(tmp_path, f"import sys; print('khabar: the model is not there'); sys.exit({code})"))
    with pytest.raises(ConfigurationError, match=r"thing cannot run:\nkhabar: the model is not there"):
        until(lambda: False, supervisor)


def test_workers_stop_together_then_clickhouse_then_the_broker(supervisor, tmp_path):
    names = ["broker", "clickhouse", "ner", "sink"]
    children = {name: program(tmp_path, POLITE, name) for name in names}
    for child in children.values():
        supervisor.add(child)
    until(lambda: all("ready" in tail(child.log) for child in children.values()))
    supervisor.stop(10)
    ended = {name: float(tail(child.log).split()[-1]) for name, child in children.items()}
    assert max(ended["ner"], ended["sink"]) < ended["clickhouse"] < ended["broker"]
    grouped = [[service.name for service in group] for group in groups(reversed(list(children.values())))]
    assert grouped == [["sink", "ner"], ["clickhouse"], ["broker"]]


@pytest.mark.parametrize(("grace", "hurried"), [(0.5, False), (60, True)])
def test_who_does_not_stop_is_killed_after_the_grace_or_at_the_second_signal(supervisor, tmp_path, grace, hurried):
    child = program(tmp_path, STUBBORN)
    supervisor.add(child)
    until(lambda: "ready" in tail(child.log))
    pid, began = child.process.pid, time.monotonic()
    supervisor.stop(grace, lambda: hurried)
    assert is_gone(pid)
    assert time.monotonic() - began < 10


@pytest.mark.skipif(sys.platform != "linux", reason="children are tied to their parent on Linux only")
def test_no_child_outlives_a_killed_parent(tmp_path):
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom agents.embedded.process import Program\n"
        f"child = Program('thing', [sys.executable, '-c', {STUBBORN!r}], Path({str(tmp_path / 'log')!r}))\n"
        "child.start()\nprint(child.process.pid, flush=True)\ntime.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT) as parent:
        child = int(parent.stdout.readline())
        until(lambda: "ready" in tail(tmp_path / "log"))
        parent.kill()
        until(lambda: is_gone(child))


def test_tail_is_short_and_forgiving(tmp_path):
    (tmp_path / "log").write_bytes(b"\xff\n" + b"".join(b"line %d\n" % number for number in range(5000)))
    assert tail(tmp_path / "log", 2) == "line 4998\nline 4999"
    assert tail(tmp_path / "none") == ""
