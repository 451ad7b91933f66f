"""``khabar demo``: sample articles through the whole pipeline, and what came out of them, by SQL."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import orjson

from agents.station import Station, tell
from agents.up import command, say_where
from schemas.errors import KhabarError

if TYPE_CHECKING:
    from agents.lag import LagReader
    from agents.publish import Report
    from agents.settings import Settings

SAMPLES: Final = "articles.jsonl"
WAIT_SECONDS: Final = 600.0
ROWS_SHOWN: Final = 25
EVENTS: Final = """
SELECT event_date AS date, event_type AS event, actors, targets, attributed_to AS `said by`, trigger
FROM current_events WHERE article_id IN {ids:Array(String)} ORDER BY article_id, trigger_start
"""
QUOTES: Final = """
SELECT speaker_name AS speaker, kind, cue, if(lengthUTF8(content) > 90, substringUTF8(content, 1, 88) || ' …', content)
    AS quote
FROM current_quotes WHERE article_id IN {ids:Array(String)} ORDER BY article_id, content_start
"""
ARRIVED: Final = """
SELECT article_id, analysed_at - received_at AS seconds
FROM current_articles WHERE article_id IN {ids:Array(String)} AND received_at >= {since:DateTime64(3, 'UTC')}
"""


@dataclass(slots=True)
class Progress:
    """Where the sample articles are."""

    ids: list[str]
    since: datetime
    """Just before they were published."""
    published: int = 0
    waiting: dict[str, int] | None = None
    """Articles that each stage has yet to process; None: not known yet."""
    arrived: int = 0
    dead: int = 0

    @property
    def done(self) -> bool:
        """Is every article accounted for, with nothing left to process?"""
        accounted = self.arrived + self.dead >= len(self.ids)
        return accounted and self.waiting is not None and not any(self.waiting.values())

    def line(self) -> str:
        """How far each stage is."""
        behind, parts = 0, [f"published {self.published}"]
        for stage, lag in (self.waiting or {}).items():
            behind += lag
            # offsets are committed a moment after the work: what has arrived has passed every stage
            parts.append(f"{stage} {max(self.published - behind, self.arrived)}")
        dead = f" · dead letters {self.dead}" if self.dead else ""
        return " · ".join(parts) + f" · in ClickHouse {self.arrived}{dead}"


def demo(settings: Settings, *, keep_running: bool = False) -> int:
    """Run the demo; 0 when each sample article is accounted for and has rows, 1 when something is missing.

    Raises:
        KhabarError: something does not start, or cannot run on.
    """
    began = time.monotonic()
    settings = settings if keep_running else settings.model_copy(update={"web_port": 0})
    with Station(settings) as station:
        started = time.monotonic()
        progress = _publish(station)
        _follow(station, progress)
        good = _report(station.settings, progress, started - began, time.monotonic() - started)
        if keep_running and not station.interrupts:
            say_where(settings)
            while not station.interrupts:
                station.sleep(1)
    _say_next(settings)
    return 0 if good else 1


def _publish(station: Station) -> Progress:
    from agents.json_lines import Line
    from agents.publish import publish
    from schemas.topics import RAW

    raw = resources.files("agents.samples").joinpath(SAMPLES).read_bytes().splitlines()
    lines = [Line(SAMPLES, number, line) for number, line in enumerate(raw, 1)]
    progress = Progress([str(orjson.loads(line)["id"]) for line in raw], datetime.now(UTC))
    report: Report = publish(station.settings, RAW, lines)
    if not report.good:
        raise KhabarError("not all sample articles could be published:\n" + "\n".join(report.complaints))
    progress.published = report.published
    return progress


def _follow(station: Station, progress: Progress) -> None:
    """Show where the articles are until all are accounted for, Ctrl-C, or too long."""
    from agents.lag import LagReader

    deadline, shown = time.monotonic() + WAIT_SECONDS, ""
    with LagReader(station.settings) as reader:
        while not progress.done and not station.interrupts and time.monotonic() < deadline:
            station.sleep(0.3)
            _look(station.settings, reader, progress)
            shown = _show(progress.line(), shown)
    if sys.stderr.isatty():
        sys.stderr.write("\n")


def _look(settings: Settings, reader: LagReader, progress: Progress) -> None:
    from agents.dead_letters import read_letters

    waiting: dict[str, int] = {}
    for lag in reader.read():
        waiting[lag.stage] = waiting.get(lag.stage, 0) + lag.lag_messages
    progress.arrived = len(_arrived(settings, progress))
    if not any(waiting.values()) and progress.arrived < len(progress.ids):
        wanted = {article.encode() for article in progress.ids}
        letters = read_letters(settings, lambda letter: letter.key in wanted)
        progress.dead = sum(letter.reason("time") >= progress.since.isoformat()[:19] for letter in letters)
    progress.waiting = waiting


def _arrived(settings: Settings, progress: Progress) -> dict[str, float]:
    """Seconds from Kafka to ClickHouse, by article."""
    rows = _ask(settings, ARRIVED, {"ids": progress.ids, "since": progress.since.replace(tzinfo=None)})[1]
    return {str(article): float(seconds) for article, seconds in rows}


def _ask(settings: Settings, query: str, parameters: dict[str, object]) -> tuple[list[str], list[tuple[Any, ...]]]:
    from agents.clickhouse.client import connect, store_errors

    with closing(connect(settings, "analyst")) as client, store_errors("ClickHouse refuses the demo's query"):
        result = client.query(query, parameters=parameters)
        return list(result.column_names), [tuple(row) for row in result.result_rows]


def _show(line: str, shown: str) -> str:
    """Write the progress: over the last line on a terminal, as a new line elsewhere."""
    if line != shown:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[2K{line}")
            sys.stderr.flush()
        else:
            tell(line)
    return line


def _report(settings: Settings, progress: Progress, start: float, work: float) -> bool:
    from agents.cli.tables import Screen, print_table

    screen, total = Screen.of(settings.bidi), {}
    for title, query in (("events", EVENTS), ("quotes", QUOTES)):
        names, rows = _ask(settings, query, {"ids": progress.ids})
        total[title] = len(rows)
        more = f", the first {ROWS_SHOWN}" if len(rows) > ROWS_SHOWN else ""
        print_table(names, rows[:ROWS_SHOWN], screen, title=f"{len(rows)} {title}{more}")
    seconds = sorted(_arrived(settings, progress).values()) or [0.0]
    tell(
        f"{progress.arrived} of {len(progress.ids)} articles in ClickHouse, {progress.dead} dead letters, "
        f"{total['events']} events, {total['quotes']} quotes; start {start:.1f} s, articles {work:.1f} s "
        f"(from Kafka to ClickHouse {seconds[len(seconds) // 2]:.1f} s in the median)"
    )
    good = progress.done and progress.arrived == len(progress.ids) and all(total.values())
    if not good:
        tell(f"not everything arrived: see the logs in {settings.data_dir / 'logs'}, and `khabar dead-letter list`")
    return good


def _say_next(settings: Settings) -> None:
    tell(f"everything is kept in {settings.data_dir}; next:")
    khabar = command()
    tell(f"  {khabar} up")
    tell("and while that runs, with a web page, in another terminal:")
    tell(f"  {khabar} publish my-articles.jsonl")
    tell(f'  {khabar} sql "SELECT * FROM stories WHERE sources > 1" --format Vertical')  # nosec B608 # noqa: S608 - shown, not run
