"""``khabar config``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from agents.cli.command import Command
from agents.cli.errors import complain
from agents.cli.state import State, pass_state

if TYPE_CHECKING:
    from agents.setting_sources import Setting


@click.command(cls=Command)
@click.option("--changed", is_flag=True, help="Only settings that are not at their default.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one object a setting.")
@click.option("--markdown", is_flag=True, help="The page docs/settings.md.")
@pass_state
def config(state: State, *, changed: bool, as_json: bool, markdown: bool) -> None:
    """Show every setting, its value and where that comes from.

    The first that gives a value wins: a flag, the environment, the file (--config, KHABAR_CONFIG or khabar.toml), the
    default. Secrets are masked.

    Examples:
      khabar config
      khabar config --changed
      KHABAR_KAFKA_BOOTSTRAP=broker:9092 khabar config --kafka-partitions 16
    """
    from agents import setting_sources

    if markdown:
        click.echo(setting_sources.to_markdown(), nl=False)
        return
    settings = setting_sources.explain(state.flags)
    shown = [setting for setting in settings if not changed or setting.source != "default"]
    if as_json:
        import msgspec
        import orjson

        for setting in shown:
            click.echo(orjson.dumps(msgspec.to_builtins(setting)).decode())
    else:
        _print(shown, state.settings.bidi)
    for doubt in setting_sources.doubts():
        complain(doubt)


def _print(settings: list[Setting], bidi: str) -> None:
    from agents.cli.tables import Screen, print_table

    rows = [(setting.name, setting.value, setting.source, setting.doc) for setting in settings]
    print_table(("setting", "value", "source", "meaning"), rows, Screen.of(bidi))
