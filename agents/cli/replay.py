"""``khabar replay``."""

from __future__ import annotations

import click

from agents.cli.command import Command
from agents.cli.state import State, pass_state
from agents.cli.worker import STAGES


@click.command(cls=Command)
@click.option("--from", "start", required=True, metavar="TIME", help="Oldest record: 2024-08-19, an RFC 3339 time, 7d.")
@click.option("--to", "end", default="0s", metavar="TIME", help="Up to this time, itself not included; default: now.")
@click.option(
    "--stage", type=click.Choice(STAGES), default="tokenise", show_default=True, help="First stage to run again."
)
@click.option("--execute", is_flag=True, help="Do it. Without this, only say what would be done.")
@pass_state
def replay(state: State, start: str, end: str, stage: str, *, execute: bool) -> None:
    """Process past articles again, such as after a change of a model.

    Publishes the records of a time range (their Kafka timestamps) once more into the topic that the stage reads. Their
    rows replace the old ones: the same revision, by a newer analysis. Consumer groups are left alone. articles.raw is
    kept for 30 days by default, the topics of later stages for a day; see `khabar topics list`.

    Examples:
      khabar replay --from 7d                                    what would be done
      khabar replay --from 2024-08-19 --to 2024-08-20 --execute
      khabar replay --from 12h --stage events --execute          new triggers: neither tokens nor entities anew
    """
    from datetime import UTC, datetime

    from agents.replay import Report, TimeRange, find_stage, parse_time
    from agents.replay import replay as run

    now = datetime.now(UTC)
    times = TimeRange(*(int(parse_time(text, now).timestamp() * 1000) for text in (start, end)))
    if times.start >= times.end:
        raise click.UsageError("--from must be before --to")
    report: Report = run(state.settings, find_stage(stage), times, execute=execute)
    copies = f", {report.copies:,} {'copy' if report.copies == 1 else 'copies'} left out" if report.copies else ""
    click.echo(
        f"{report.topic}: {report.records:,} records of {report.articles:,} articles, "
        f"{report.size / 1e6:,.1f} MB, {_span(report.first_ms, report.last_ms)}{copies}"
    )
    if execute:
        click.echo(f"{report.published:,} published again; `khabar lag` shows when they are done")
    elif report.records:
        click.echo("nothing was done; add --execute to publish them again")


def _span(first_ms: int, last_ms: int) -> str:
    from datetime import UTC, datetime

    if not last_ms:
        return "none in this range"
    first, last = (datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S") for ms in (first_ms, last_ms))
    return f"{first} to {last} UTC"
