"""``khabar dead-letter``."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import click

from agents.cli.command import Command
from agents.cli.errors import PARTLY, complain
from agents.cli.state import State, pass_state
from agents.cli.worker import STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.dead_letters import DeadLetter, Position

SHOWN_CHARACTERS = 2_000
"""Of a value that `show` prints for people; --raw gives all bytes."""


class PositionType(click.ParamType):
    """``partition/offset``, as ``khabar dead-letter list`` prints it."""

    name = "partition/offset"

    def convert(
        self, value: str | Position, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Read the two numbers."""
        if isinstance(value, tuple):
            return value
        partition, _, offset = value.partition("/")
        if not (partition.isdecimal() and offset.isdecimal()):
            self.fail(f"{value!r} is not like 3/120; `khabar dead-letter list` shows them", param, ctx)
        return int(partition), int(offset)


def filters(command: click.Command) -> click.Command:
    """Options that choose letters, for several commands."""
    stage = click.Option(["--stage"], type=click.Choice(STAGES), help="Only those of this stage.")
    kind = click.Option(
        ["--class", "kind"], metavar="ERROR", help="Only those of this error class, such as TooLargeError."
    )
    command.params += [stage, kind]
    return command


@click.group(name="dead-letter")
def dead_letter() -> None:
    """List, show and redrive what could not be processed.

    A message that a stage cannot process goes to articles.dead-letter with its bytes unchanged and the reason in its
    headers; the stream goes on. Repair the cause, then redrive.
    """


@filters
@dead_letter.command(name="list", cls=Command)
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Most letters shown: the newest."
)
@click.option("--redriven", is_flag=True, help="Those that were sent back, too.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one object a letter.")
@pass_state
def list_(  # noqa: PLR0913 - one parameter an option
    state: State, *, limit: int, redriven: bool, as_json: bool, stage: str | None, kind: str | None
) -> None:
    """List dead letters, oldest first, with their reasons.

    Examples:
      khabar dead-letter list
      khabar dead-letter list --stage ner --class ProcessingError
      khabar dead-letter list --json | jq .class | sort | uniq -c
    """
    from agents.dead_letters import read_letters

    letters = [letter for letter in read_letters(state.settings) if (redriven or not letter.redriven)]
    letters = sorted((at for at in letters if _wanted(at, stage, kind)), key=lambda at: at.reason("time"))
    if as_json:
        _print_json(letters)
        return
    _print_table(letters[-limit:], state.settings.bidi)
    counts = Counter(letter.reason("class") or "unknown" for letter in letters)
    told = ", ".join(f"{count:,} {name}" for name, count in counts.most_common())
    click.echo(f"{len(letters):,} dead letters{': ' if told else ''}{told}")


@dead_letter.command(cls=Command)
@click.argument("position", type=PositionType())
@click.option("--raw", is_flag=True, help="The original bytes and nothing else.")
@pass_state
def show(state: State, position: Position, *, raw: bool) -> None:
    """Show one dead letter: its reason, where it came from, and its bytes.

    Examples:
      khabar dead-letter show 3/120
      khabar dead-letter show 3/120 --raw > letter.json
    """
    from agents.dead_letters import show_letter

    letter = show_letter(state.settings, position)
    if raw:
        sys.stdout.buffer.write(letter.value or b"")
        sys.stdout.buffer.flush()
        return
    for name, value in _described(letter).items():
        click.echo(f"{name:10} {printable(str(value))}")
    click.echo()
    click.echo(printable((letter.value or b"").decode("utf-8", "backslashreplace")[:SHOWN_CHARACTERS]))


@filters
@dead_letter.command(cls=Command)
@click.argument("positions", type=PositionType(), nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All letters that were not sent back yet, or all chosen ones.")
@pass_state
def redrive(
    state: State, positions: tuple[Position, ...], *, everything: bool, stage: str | None, kind: str | None
) -> int:
    """Send dead letters back to the topics they came from.

    A letter is sent back once: what was redriven before is left out. It keeps its key, bytes and timestamp, so that its
    rows are those that it would have had.

    Examples:
      khabar dead-letter redrive 3/120 3/121
      khabar dead-letter redrive --all
      khabar dead-letter redrive --all --stage ner --class ModelMissingError

    Exit code: 1 when a letter cannot be sent back.
    """
    from agents import dead_letters

    if bool(positions) == everything or ((stage or kind) and positions):
        raise click.UsageError("give positions, or --all (which --stage and --class narrow down)")
    chosen: Sequence[Position] = positions or [
        letter.position for letter in dead_letters.read_letters(state.settings) if _wanted(letter, stage, kind)
    ]
    report = dead_letters.redrive(state.settings, set(chosen))
    click.echo(f"{len(report.published):,} sent back, {len(report.already):,} were before")
    for partition, offset in report.impossible:
        complain(f"{partition}/{offset} cannot be sent back: its bytes or its topic are not in the letter")
    missing = set(chosen) - {*report.published, *report.already, *report.impossible}
    for partition, offset in sorted(missing):
        complain(f"{partition}/{offset} is no dead letter")
    return PARTLY if report.impossible or missing else 0


def _wanted(letter: DeadLetter, stage: str | None, kind: str | None) -> bool:
    return (not stage or letter.reason("stage") == stage) and (not kind or letter.reason("class") == kind)


def _described(letter: DeadLetter) -> dict[str, object]:
    origin = f"{letter.reason('topic')} {letter.reason('partition')}/{letter.reason('offset')}"
    return {
        "at": f"{letter.partition}/{letter.offset}",
        "time": letter.reason("time"),
        "stage": letter.reason("stage"),
        "class": letter.reason("class"),
        "message": letter.reason("message"),
        "origin": origin,
        "key": (letter.key or b"").decode("utf-8", "backslashreplace"),
        "bytes": len(letter.value or b""),
        "redriven": letter.redriven,
    }


def _print_json(letters: Sequence[DeadLetter]) -> None:
    import orjson

    from agents.logs import UNSAFE

    for letter in letters:
        line = orjson.dumps(_described(letter)).decode()
        # JSON has its own escape for what could steer a terminal
        sys.stdout.write(UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n")
    sys.stdout.flush()


def _print_table(letters: Sequence[DeadLetter], bidi: str) -> None:
    from agents.cli.tables import Screen, print_table

    columns = ("at", "time", "stage", "class", "message", "key", "bytes")
    rows = [[_described(letter)[column] for column in columns] for letter in letters]
    print_table(columns, rows, Screen.of(bidi))


def printable(text: str) -> str:
    """The text with everything that could steer a terminal escaped."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)
