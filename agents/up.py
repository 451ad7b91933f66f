"""``khabar up``: the whole pipeline on this machine, until Ctrl-C."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agents.embedded import ports
from agents.station import Station, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from agents.settings import Settings


def up(settings: Settings, on_ready: Callable[[Station], None] | None = None) -> int:
    """Run everything until SIGINT or SIGTERM; return the exit status.

    ``on_ready`` is called once, when all stages have their partitions.

    Raises:
        KhabarError: something does not start, or cannot run on; the message says what to do.
    """
    with Station(settings) as station:
        say_where(settings)
        if on_ready is not None:
            on_ready(station)
        while not station.interrupts:
            station.sleep(1)
    tell(f"stopped; `{command()} up` resumes from {settings.data_dir}")
    return 0


def command() -> str:
    """How to call ``khabar`` from this shell: by name where it is found so, else by its path."""
    program = Path(sys.argv[0])
    if shutil.which("khabar") or program.name != "khabar":
        return "khabar"
    return os.path.relpath(program) if program.is_relative_to(Path.cwd()) else str(program)


def say_where(settings: Settings) -> None:
    """Print the addresses and what to type next."""
    host = ports.reachable(settings.bind)
    tell(f"Kafka      {settings.kafka_bootstrap or f'{host}:{settings.kafka_port}'}")
    tell(f"ClickHouse {settings.clickhouse_url or f'http://{host}:{settings.clickhouse_port}'} (read-only user: "
         f"{settings.clickhouse_analyst_user})")  # fmt: skip
    tell(f"logs       {settings.data_dir.resolve() / 'logs'}")
    tell("Ctrl-C stops. In another terminal:")
    khabar = command()
    tell(f"  {khabar} publish articles.jsonl")
    tell(f'  {khabar} sql "SELECT event_type, actors, targets, source FROM current_events LIMIT 20"')  # nosec B608 # noqa: S608 - shown, not run
