"""What the harness changes in a worker while it runs: its wall clock, and the seconds that its stage takes.

The clock is Python's: ``time.time``, ``datetime.now`` and their kin, for every library in the process (Faust,
aiokafka, clickhouse-connect, Khabar). ``time.monotonic`` goes on, as on a real host.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

FILE_VARIABLE = "FAKE_CONTROLS"
LOOK_SECONDS = 0.1


@dataclass
class Controls:
    clock: float = 0.0
    """Seconds that the wall clock is ahead."""
    pause: float = 0.0
    """Seconds that the stage takes for one article, on top."""

    def write(self, path):
        """For all workers that follow ``path``, soon."""
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self)), "utf-8")
        fresh.replace(path)


current = Controls()


def follow(path):
    """Do what ``path`` says, now and whenever it changes."""
    seen = _look(path, None)
    threading.Thread(target=_run, args=(path, seen), name="controls", daemon=True).start()


def _run(path, seen):
    while True:
        time.sleep(LOOK_SECONDS)
        seen = _look(path, seen)


def _look(path, seen):
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return seen
    if changed != seen:
        wanted = Controls(**json.loads(path.read_text("utf-8")))
        current.pause = wanted.pause
        if wanted.clock != current.clock:
            _clock().shift(timedelta(seconds=wanted.clock - current.clock))
            current.clock = wanted.clock
    return changed


@cache
def _clock():
    """Started once, and only where a test wants it."""
    import time_machine
    from aiokafka.producer.message_accumulator import BatchBuilder

    append = BatchBuilder.append

    def append_now(self, *, timestamp, **record):
        """Aiokafka asks the system for a record's time in C, where no patch of Python reaches."""
        return append(self, timestamp=timestamp or int(time.time() * 1000), **record)

    BatchBuilder.append = append_now
    return time_machine.travel(datetime.now(UTC), tick=True).start()
