"""``khabar web``: the analysts' page."""

from __future__ import annotations

import click

from agents.cli.command import Command
from agents.cli.state import State, pass_state


@click.command(cls=Command)
@pass_state
def web(state: State) -> int:
    """Serve the web page: charts, events, stories and quotes from ClickHouse, and the stages' lag.

    `khabar up` runs it, too. It reads as the analyst user and listens on --bind, port --web-port.

    Examples:
      khabar web
      khabar web --web-port 8088 --clickhouse-url http://clickhouse:8123
    """
    from agents.web.app import serve

    click.echo(f"http://{state.settings.bind}:{state.settings.web_port}", err=True)
    serve(state.settings)
    return 0
