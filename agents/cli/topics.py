"""``khabar topics``."""

from __future__ import annotations

import click

from agents.cli.command import Command
from agents.cli.errors import PARTLY
from agents.cli.state import State, pass_state


@click.group()
def topics() -> None:
    """Create and list the Kafka topics of Khabar.

    Create them before anything is published: the broker's own automatic topics have one partition and take small
    messages only.
    """


@topics.command(cls=Command)
@pass_state
def create(state: State) -> int:
    """Create the topics that are missing; change nothing on those that exist.

    Examples:
      khabar topics create --kafka-bootstrap broker:9092 --kafka-partitions 16 --kafka-replication 3

    Exit code: 1 when an existing topic differs from what Khabar would create.
    """
    from agents.topics import ensure_topics

    reports = ensure_topics(state.settings)
    for report in reports:
        click.echo(f"{report.name}: {'created' if report.created else 'exists'}")
        for difference in report.differences:
            click.echo(f"  {difference}")
    return PARTLY if any(report.differences for report in reports) else 0


@topics.command(name="list", cls=Command)
@pass_state
def list_(state: State) -> None:
    """List the topics: what each carries, who reads it, and how long it is kept."""
    from agents.cli.tables import Screen, print_table
    from agents.kafka import group_name, topic_name
    from agents.topics import topic_config
    from schemas.topics import DAY_MS, STAGES, TOPICS

    settings = state.settings
    rows = []
    for topic in TOPICS:
        readers = ", ".join(group_name(settings, stage) for stage in STAGES if stage.reads is topic)
        config = topic_config(settings, topic)
        days = int(config["retention.ms"]) / DAY_MS
        rows.append(
            (topic_name(settings, topic), topic.carries, readers, f"{days:g} d", int(config["max.message.bytes"]))
        )
    print_table(("topic", "carries", "read by", "kept", "largest message"), rows, Screen.of(settings.bidi))
