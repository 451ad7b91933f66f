"""Ways to end a process that should not go on, tried on processes."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

HANGS = """
import time
from agents.stage import lifeline
lifeline.HANG_SECONDS = 1.0
with lifeline.hang_exit():
    {work}
print("went on")
"""
IDLE = """
import time
from agents.stage import lifeline
lifeline.STOP_SECONDS = 0.5
timer = lifeline.IdleExit()
timer.start(lifeline.EXIT_UNFINISHED)
with timer.busy():
    time.sleep(2)
print("work done", flush=True)
time.sleep(30)
"""


def run(code):
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    return done, time.monotonic() - started


@pytest.mark.parametrize(
    "work", ["time.sleep(20)", "pow(7, 10**9)"], ids=["sleeping", "with the interpreter's lock held"]
)
def test_work_that_hangs_ends_the_process_and_shows_where(work):
    done, seconds = run(HANGS.format(work=work))
    assert done.returncode != 0
    assert "went on" not in done.stdout
    assert "Timeout" in done.stderr
    assert seconds < 15


def test_work_in_time_goes_on():
    done, _ = run(HANGS.format(work="pass"))
    assert (done.returncode, done.stdout) == (0, "went on\n")


def test_a_stop_waits_for_work_and_not_for_an_absent_broker():
    done, seconds = run(IDLE)
    assert done.returncode == 75
    assert done.stdout == "work done\n"
    assert 2 < seconds < 15
