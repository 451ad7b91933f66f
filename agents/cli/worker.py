"""``khabar worker``."""

from __future__ import annotations

import click

from agents.cli.command import Command
from agents.cli.state import State, pass_state

STAGES = ("tokenise", "ner", "quotes", "events", "sink")


@click.command(cls=Command)
@click.argument("stage", type=click.Choice(STAGES))
@pass_state
def worker(state: State, stage: str) -> int:
    """Run one stage in this process until SIGTERM or Ctrl-C.

    A worker belongs to the consumer group of its stage, khabar-STAGE; start more of them, up to the number of
    partitions, to go faster. On one host each needs a slot of its own. It finishes the batch in hand when it is asked
    to stop. On an unexpected error it exits at once and must be started again (`khabar up`, Kubernetes and systemd do).

    Examples:
      khabar worker ner --kafka-bootstrap broker:9092
      khabar worker ner --kafka-bootstrap broker:9092 --worker-slot 1 --worker-metrics-port 9101
      KHABAR_CLICKHOUSE_URL=https://clickhouse:8443 khabar worker sink
    """
    from agents.stage.run import run_stage

    return run_stage(stage, state.settings)
