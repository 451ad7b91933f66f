"""``khabar migrate``."""

from __future__ import annotations

import click

from agents.cli.command import Command
from agents.cli.state import State, pass_state


@click.command(cls=Command)
@pass_state
def migrate(state: State) -> None:
    """Create or update the database: tables, views, and the gazetteer.

    What was applied is recorded in the table schema_migrations; running it again does nothing. With
    --clickhouse-cluster NAME the tables are created on every node of the cluster, replicated.

    Examples:
      khabar migrate
      khabar migrate --clickhouse-url https://clickhouse:8443 --clickhouse-user admin
    """
    from agents.clickhouse.migrate import migrate as apply

    done = apply(state.settings)
    for name in done:
        click.echo(f"applied {name}")
    if not done:
        click.echo(f"database {state.settings.clickhouse_database} is up to date")
