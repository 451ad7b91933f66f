"""``khabar publish``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from agents.cli.command import Command
from agents.cli.errors import PARTLY, complain
from agents.cli.progress import progress_bar
from agents.cli.state import State, pass_state

if TYPE_CHECKING:
    from agents.publish import Report
    from schemas.topics import Topic

FILES = click.Path(exists=True, dir_okay=False, allow_dash=True)
MAX_SHOWN = 20
"""Complaints printed; the counts tell the rest."""


@click.command(cls=Command)
@click.argument("files", nargs=-1, required=True, type=FILES, metavar="FILE...|-")
@click.option("--topic", default="articles.raw", show_default=True, help="Topic of Khabar, without its prefix.")
@click.option("--rate", type=click.FloatRange(min=0), default=0.0, help="Most articles a second; 0: no limit.")
@click.option("--validate/--no-validate", default=True, help="Check each article first; --no-validate sends any bytes.")
@pass_state
def publish(state: State, files: tuple[str, ...], topic: str, rate: float, *, validate: bool) -> int:
    """Publish articles, one JSON object a line (.gz too; - is standard input).

    Each article is checked as the first stage will check it; wrong ones are named on stderr and left out. The others
    are sent with acks=all, keyed by article id, and counted when the brokers have stored them. Publishing the same
    file twice is safe: readers see each article once.

    Examples:
      khabar publish articles.jsonl.gz
      zcat feed.gz | khabar publish - --rate 20
      khabar publish hostile.jsonl --no-validate     (ends in the dead letters, see `khabar dead-letter list`)

    Exit code: 0 when every line was published, 1 when some were wrong or refused.
    """
    from agents.json_lines import read_lines
    from agents.publish import Options
    from agents.publish import publish as send

    chosen = find_topic(topic)
    started = time.monotonic()
    with progress_bar(files, "published") as (advance, describe):
        options = Options(validate=validate, rate=rate)
        lines = read_lines(files, advance)
        report = send(state.settings, chosen, lines, options, lambda so_far: describe(so_far.published))
    _tell(report, time.monotonic() - started)
    return 0 if report.good else PARTLY


def find_topic(name: str) -> Topic:
    """The topic of that name; raises click's usage error for another one."""
    from schemas.topics import TOPICS

    for topic in TOPICS:
        if topic.name == name:
            return topic
    names = ", ".join(topic.name for topic in TOPICS)
    msg = f"{name!r} is none of {names}"
    raise click.BadParameter(msg, param_hint="--topic")


def _tell(report: Report, seconds: float) -> None:
    for complaint in report.complaints[:MAX_SHOWN]:
        complain(complaint)
    if len(report.complaints) > MAX_SHOWN:
        complain(f"... and {report.invalid + report.failed - MAX_SHOWN:,} more")
    rate = report.published / seconds if seconds else 0
    click.echo(
        f"{report.published:,} published, {report.invalid:,} invalid, {report.failed:,} failed "
        f"({report.size / 1e6:,.1f} MB in {seconds:,.1f} s, {rate:,.0f} articles/s)"
    )
