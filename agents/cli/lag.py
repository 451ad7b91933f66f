"""``khabar lag``."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from agents.cli.command import Command
from agents.cli.errors import PARTLY, complain
from agents.cli.state import State, pass_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.cli.tables import Screen
    from agents.lag import PartitionLag

CLEAR = "\x1b[H\x1b[2J"


@click.command(cls=Command)
@click.option("--partitions", is_flag=True, help="One line a partition instead of one a stage.")
@click.option("--watch", type=click.FloatRange(min=0.2), metavar="SECONDS", help="Again every so many seconds.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one object a partition.")
@click.option("--max-messages", type=click.IntRange(min=0), help="Exit with 1 when a stage is further behind.")
@click.option("--max-seconds", type=click.FloatRange(min=0), help="Exit with 1 when a stage's oldest record is older.")
@pass_state
def lag(  # noqa: PLR0913 - one parameter an option
    state: State,
    watch: float | None,
    max_messages: int | None,
    max_seconds: float | None,
    *,
    partitions: bool,
    as_json: bool,
) -> int:
    """Show how far each stage is behind: records not yet processed, and the age of the oldest of them.

    Read from the brokers, so it needs no running worker.

    Examples:
      khabar lag
      khabar lag --watch 2
      khabar lag --max-seconds 300 || page-somebody

    Exit code: 1 when a limit was given and is exceeded; with --watch, by the last look.
    """
    from agents.cli.tables import Screen
    from agents.lag import LagReader

    settings = state.settings
    code = 0
    with LagReader(settings) as reader:
        while True:
            rows = reader.read()
            _show(rows, Screen.of(settings.bidi), partitions=partitions, as_json=as_json, clear=watch is not None)
            code = _judge(rows, max_messages, max_seconds)
            if watch is None:
                return code
            try:
                time.sleep(watch)
            except KeyboardInterrupt:
                return code


def _show(rows: Sequence[PartitionLag], screen: Screen, *, partitions: bool, as_json: bool, clear: bool) -> None:
    if as_json:
        import msgspec
        import orjson

        for row in rows:
            sys.stdout.write(orjson.dumps(msgspec.to_builtins(row)).decode() + "\n")
        sys.stdout.flush()
        return
    from agents.cli.tables import print_table

    if clear and screen.stream.isatty():
        screen.stream.write(CLEAR)
    if partitions:
        headers = ("stage", "topic", "partition", "committed", "end", "lag", "oldest")
        print_table(
            headers,
            [
                (r.stage, r.topic, r.partition, r.committed, r.end, r.lag_messages, duration(r.lag_seconds))
                for r in rows
            ],
            screen,
        )
    else:
        print_table(("stage", "topic", "partitions", "lag", "oldest"), _by_stage(rows), screen)


def _by_stage(rows: Sequence[PartitionLag]) -> list[tuple[str, str, int, int, str]]:
    stages = dict.fromkeys((row.stage, row.topic) for row in rows)
    table = []
    for stage, topic in stages:
        mine = [row for row in rows if row.stage == stage]
        oldest = max(row.lag_seconds for row in mine)
        table.append((stage, topic, len(mine), sum(row.lag_messages for row in mine), duration(oldest)))
    return table


def _judge(rows: Sequence[PartitionLag], max_messages: int | None, max_seconds: float | None) -> int:
    code = 0
    for stage in dict.fromkeys(row.stage for row in rows):
        mine = [row for row in rows if row.stage == stage]
        messages = sum(row.lag_messages for row in mine)
        seconds = max(row.lag_seconds for row in mine)
        if max_messages is not None and messages > max_messages:
            complain(f"{stage} is {messages:,} records behind, more than {max_messages:,}")
            code = PARTLY
        if max_seconds is not None and seconds > max_seconds:
            complain(f"{stage}'s oldest record waits since {duration(seconds)}, longer than {duration(max_seconds)}")
            code = PARTLY
    return code


def duration(seconds: float) -> str:
    """Seconds for people: ``0.4 s``, ``12 s``, ``3 min``, ``2.5 h``, ``4 d``."""
    if seconds < 10:  # noqa: PLR2004 - below this, tenths matter
        return f"{seconds:.1f} s" if seconds else "0 s"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}".replace(".0 ", " ")
    return f"{seconds:.0f} s"
