"""The command line: ``khabar`` and ``python -m agents.cli``."""

from __future__ import annotations

import sys
import traceback

import click

from agents.cli.errors import INTERRUPTED, UNEXPECTED, complain, exit_code
from agents.cli.group import KhabarGroup
from agents.cli.state import State
from schemas.errors import KhabarError

HELP = """\
Khabar turns Arabic news articles into rows of diplomatic events in ClickHouse.

\b
  khabar demo                        everything on this machine, on sample articles
  khabar up                          the same, and it stays
  khabar publish articles.jsonl.gz   your articles
  khabar sql "SELECT * FROM stories ORDER BY sources DESC LIMIT 10"

Every setting is a flag too, before or after the command (--kafka-bootstrap broker:9092, --data-dir /var/lib/khabar),
an environment variable (KHABAR_KAFKA_BOOTSTRAP) and a line in khabar.toml; `khabar config` lists them all.

Exit codes: 0 good; 1 done, but not all was good; 2 wrong command line; 3 configuration; 4 contract; 5 models;
6 Kafka; 7 ClickHouse; 8 processing; 70 a bug in Khabar; 130 interrupted.
"""


def show_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    """Print the version of the installed package and stop."""
    from importlib.metadata import PackageNotFoundError, version

    if wanted:
        try:
            found = version("khabar")
        except PackageNotFoundError:
            found = "not installed; run from a checkout"
        click.echo(f"khabar {found}")
        ctx.exit()


@click.group(cls=KhabarGroup, help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(exists=True, dir_okay=False), help="Read settings from this TOML file.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version, help="Show the version."
)
@click.pass_context
def cli(ctx: click.Context, config: str | None, *, debug: bool) -> None:
    """Set up what all commands share."""
    import os
    from pathlib import Path

    state = ctx.ensure_object(State)
    state.debug = debug
    if config:
        # In the environment, so that the processes that `up` starts read the same file.
        os.environ["KHABAR_CONFIG"] = str(Path(config).resolve())


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    state = State()
    sys.exit(run(args, state))


def run(args: list[str] | None, state: State) -> int:
    """Run the command line; return the exit code and let no traceback out unless ``--debug``."""
    try:
        result = cli.main(args, prog_name="khabar", standalone_mode=False, obj=state)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        complain("interrupted")
        return INTERRUPTED
    except KhabarError as error:
        return _report(error, exit_code(error), str(error), debug=state.debug)
    except Exception as error:  # noqa: BLE001 - the last stop: people get a line, not a traceback
        said = f"{type(error).__name__}: {error}; this is a bug in Khabar, --debug shows where"
        return _report(error, UNEXPECTED, said, debug=state.debug)
    return result if isinstance(result, int) else 0


def _report(error: Exception, code: int, message: str, *, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    complain(message)
    return code
