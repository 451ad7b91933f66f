"""``khabar sql``."""

from __future__ import annotations

import re
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from agents.cli.command import Command
from agents.cli.state import State, pass_state

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from agents.clickhouse.client import Role

TABLE = "table"
PIPED_FORMAT = "TabSeparatedWithNames"
"""As clickhouse-client does where its output is no terminal, but with a header."""

_OWN_FORMAT = re.compile(r"\sFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
"""The clause as people write it at the end; the client appends one of its own."""


@click.command(cls=Command)
@click.argument("query", required=False)
@click.option("-f", "--file", "source", type=click.File(encoding="utf-8"), help="Read the query from a file; -: stdin.")
@click.option(
    "--format",
    "format_",
    metavar="FORMAT",
    help="table, or any format of ClickHouse: JSONEachRow, CSVWithNames, Vertical.",
)
@click.option(
    "--user",
    type=click.Choice(["analyst", "writer"]),
    default="analyst",
    show_default=True,
    help="Whose rights to use.",
)
@click.option(
    "-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="Value for {NAME:Type} in the query."
)
@pass_state
def sql(  # noqa: PLR0913 - one parameter an option
    state: State,
    query: str | None,
    source: click.utils.LazyFile | None,
    format_: str | None,
    user: str,
    *,
    params: tuple[str, ...],
) -> None:
    """Ask ClickHouse, as the read-only analyst unless told otherwise.

    Prints a table on a terminal, tab-separated values into a file or pipe. docs/analysts.md explains the tables and
    views and answers many questions.

    Examples:
      khabar sql "SELECT event_date, event_type, actors, targets FROM current_events ORDER BY event_date DESC LIMIT 20"
      khabar sql "SELECT * FROM stories WHERE sources > 1" --format Vertical
      khabar sql -f question.sql --format CSVWithNames > answer.csv
      khabar sql "SELECT sentence_text FROM current_events WHERE kind = {kind:String}" -p kind=ceasefire
    """
    from agents.clickhouse.client import connect, store_errors

    text = source.read() if source else query
    if not text or not text.strip():
        raise click.UsageError("give a query, or a file with --file")
    values = dict(_parameter(item) for item in params)
    text, own = _split_format(text)
    chosen = format_ or own or (TABLE if sys.stdout.isatty() else PIPED_FORMAT)
    role: Role = "analyst" if user == "analyst" else "writer"
    with closing(connect(state.settings, role)) as client, store_errors("ClickHouse refuses the query"):
        asked = client.create_query_context(text, parameters=values)
        if asked.is_command or asked.is_insert:
            client.command(text, parameters=values)
        elif chosen.lower() == TABLE:
            _print_rows(client, text, values, state.settings.bidi)
        else:
            _print_formatted(client, text, values, chosen)


def _split_format(query: str) -> tuple[str, str]:
    """A query without its FORMAT clause, and the format; an INSERT keeps it, for it tells how to read the data."""
    found = _OWN_FORMAT.search(query)
    if found is None or query.lstrip()[:6].upper() == "INSERT":
        return query, ""
    return query[: found.start()], found[1]


def _parameter(item: str) -> tuple[str, str]:
    name, equals, value = item.partition("=")
    if not equals:
        msg = f"{item!r} has no =; write NAME=VALUE"
        raise click.BadParameter(msg, param_hint="--param")
    return name, value


def _print_rows(client: Client, query: str, values: dict[str, str], bidi: str) -> None:
    from agents.cli.tables import Screen, print_table

    result = client.query(query, parameters=values)
    rows = result.result_rows
    print_table(result.column_names, rows, Screen.of(bidi))
    if sys.stderr.isatty():
        click.echo(f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'}", err=True)


def _print_formatted(client: Client, query: str, values: dict[str, str], format_: str) -> None:
    with client.raw_stream(query, parameters=values, fmt=format_) as stream:
        while chunk := stream.read(1 << 16):
            sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()
