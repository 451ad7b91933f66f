"""``khabar up``, ``khabar demo`` and ``khabar doctor``: everything on this machine."""

from __future__ import annotations

import click

from agents.cli.command import Command
from agents.cli.state import State, pass_state


@click.command(cls=Command)
@pass_state
def up(state: State) -> int:
    """Run everything on this machine: broker, ClickHouse, the five stages and the web page, until Ctrl-C.

    Apache Kafka is fetched once (some 45 MB from Maven Central); everything is kept in --data-dir, and the next start
    resumes where the last one ended. With --kafka-bootstrap or --clickhouse-url your own broker or ClickHouse is used.

    Examples:
      khabar up
      khabar up --data-dir /var/lib/khabar --kafka-port 19092 --clickhouse-port 18123
      khabar up --kafka-bootstrap broker:9092
    """
    from agents.up import up as run

    return run(state.settings)


@click.command(cls=Command)
@click.option("--keep-running", is_flag=True, help="Go on as `khabar up` does, with the web page, until Ctrl-C.")
@pass_state
def demo(state: State, *, keep_running: bool) -> int:
    """Start everything, publish the sample articles through Kafka, and print their events and quotes from ClickHouse.

    The second run takes seconds and prints the same rows: what was published twice is shown once.

    Examples:
      khabar demo
      khabar demo --data-dir /tmp/khabar-demo
      khabar demo --keep-running

    Exit code: 0 when every sample article arrived and has rows, 1 when something is missing.
    """
    from agents.demo import demo as run

    return run(state.settings, keep_running=keep_running)


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="One JSON list in place of lines.")
@pass_state
def doctor(state: State, *, as_json: bool) -> int:
    """Check Python, ports, Java, broker, ClickHouse and models, and say what is wrong and what to do.

    Examples:
      khabar doctor
      khabar doctor --kafka-bootstrap broker:9092 --clickhouse-url http://clickhouse:8123

    Exit code: 0 when all is well, 1 when something will not work.
    """
    from agents.doctor import doctor as run

    return run(state.settings, as_json=as_json)
