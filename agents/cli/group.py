"""The `khabar` group: commands that load late, and every setting as a flag anywhere in the line."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

import click

from agents.cli.state import State

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "demo": ("Start here", "agents.cli.local", "Run the whole pipeline on sample articles and show the rows."),
    "up": ("Start here", "agents.cli.local", "Run everything on this machine until Ctrl-C."),
    "doctor": ("Start here", "agents.cli.local", "Check this machine and say what is wrong."),
    "publish": ("Articles in", "agents.cli.publish", "Publish articles (JSON Lines) to Kafka."),
    "analyse": ("Articles in", "agents.cli.analyse", "Annotate articles here, without Kafka."),
    "sql": ("Rows out", "agents.cli.sql", "Ask ClickHouse."),
    "web": ("Rows out", "agents.cli.web", "Serve the web page: charts, events, quotes, lag."),
    "lag": ("Operations", "agents.cli.lag", "Show how far each stage is behind."),
    "dead-letter": ("Operations", "agents.cli.dead_letter", "List, show and redrive what could not be processed."),
    "replay": ("Operations", "agents.cli.replay", "Process past articles again (dry run by default)."),
    "worker": ("Deployment", "agents.cli.worker", "Run one stage against any cluster."),
    "topics": ("Deployment", "agents.cli.topics", "Create and list the Kafka topics."),
    "migrate": ("Deployment", "agents.cli.migrate", "Create and update the ClickHouse tables and views."),
    "config": ("Deployment", "agents.cli.config", "Show every setting, its value and where that comes from."),
}
"""Command to its section in the help, its module and its line in the help; the module is imported when it runs."""


class KhabarGroup(click.Group):
    """Takes the flags of settings out of the line, wherever they stand, and imports one command only."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the help."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and take the function named like it."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[cmd_name][1]), cmd_name.replace("-", "_"))
        return command if isinstance(command, click.Command) else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the settings' flags aside, then parse what is left."""
        state = ctx.ensure_object(State)
        return super().parse_args(ctx, take_setting_flags(args, state.flags))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a reader of our output that has gone (``| head``) is no error, though click says so."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Python must not complain at exit about what it could not flush.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by section without importing them."""
        del ctx
        for section in dict.fromkeys(section for section, _, _ in COMMANDS.values()):
            with formatter.section(section):
                formatter.write_dl([(name, line) for name, (place, _, line) in COMMANDS.items() if place == section])


def take_setting_flags(args: list[str], flags: dict[str, str]) -> list[str]:
    """Move ``--some-setting value`` and ``--some-setting=value`` from ``args`` to ``flags``; return the rest."""
    rest: list[str] = []
    queue = list(args)
    while queue:
        arg = queue.pop(0)
        if arg == "--":
            return [*rest, arg, *queue]
        option, equals, value = arg.partition("=")
        name = option[2:].replace("-", "_")
        if not option.startswith("--") or not _is_setting(name):
            rest.append(arg)
        elif equals:
            flags[name] = value
        elif queue:
            flags[name] = queue.pop(0)
        else:
            raise click.BadOptionUsage(option, f"Option {option!r} requires an argument.")
    return rest


def _is_setting(name: str) -> bool:
    if "_" not in name and name not in {"bind", "bidi"}:
        return False  # spares the import of pydantic for --help, --format and the like
    from agents.settings import Settings

    return name in Settings.model_fields
