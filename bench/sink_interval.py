"""What the embedded ClickHouse spends on inserts a second apart, and on an insert for every article.

    python bench/sink_interval.py

The shipped samples are analysed once; then their rows, each time under new ids, go through the sink's own code at
``--rate`` articles a second, first as each article comes, then once in ``KHABAR_SINK_INTERVAL``. Printed are the
engine's CPU seconds for each, waited for until its merges are done.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.engine import EngineProcess

from agents.clickhouse.client import connect
from agents.clickhouse.migrate import migrate
from agents.metrics import Health
from agents.settings import Settings
from agents.sink.work import Sink
from agents.stage.records import Record, Watch
from pipeline.analyse import analyse, load_stages
from schemas.intake import open_document
from schemas.wire import encode

if TYPE_CHECKING:
    from schemas.document import Document

SAMPLES = Path(__file__).parents[1] / "agents/samples/articles.jsonl"
MERGES = "SELECT count() FROM system.merges"


def documents() -> list[Document]:
    """The analysed samples."""
    lines = SAMPLES.read_bytes().splitlines()
    return analyse([open_document(line, int(time.time() * 1000)) for line in lines], load_stages())


def records(annotated: list[Document], first: int, count: int) -> list[Record]:
    """``count`` records of new articles."""
    made = []
    for number in range(first, first + count):
        document = msgspec.structs.replace(annotated[number % len(annotated)], id=f"b{number}")
        made.append(Record("bench", 0, number, 0, document.id.encode(), encode(document)))
    return made


@dataclass(frozen=True)
class Load:
    """What flows."""

    annotated: list[Document]
    articles: int
    rate: float
    """Articles a second."""

    def through(self, sink: Sink, interval: float) -> None:
        """Store the articles by the clock, every ``interval`` seconds what has come by then; 0: each alone."""
        size, started = max(round(self.rate * interval), 1), time.monotonic()
        for first in range(0, self.articles, size):
            time.sleep(max(started + first / self.rate - time.monotonic(), 0))
            sink(records(self.annotated, first, min(size, self.articles - first)), Watch())


def cpu_seconds(load: Load, interval: float) -> float:
    """CPU seconds that a fresh engine spends on the load, its merges included."""
    with tempfile.TemporaryDirectory(prefix="khabar-bench-") as folder:
        engine = EngineProcess(Path(folder))
        engine.start()
        try:
            engine.wait_until_serving()
            settings = Settings(clickhouse_url=engine.url, data_dir=Path(folder))
            migrate(settings)
            process = psutil.Process(engine.process.pid)
            before = sum(process.cpu_times()[:2])
            load.through(Sink(settings, Health()), interval)
            wait_for_merges(settings)
            return sum(process.cpu_times()[:2]) - before
        finally:
            engine.stop()


def wait_for_merges(settings: Settings) -> None:
    """Until the engine has nothing left to merge."""
    with contextlib.closing(connect(settings)) as client:
        while client.query(MERGES).first_row[0]:
            time.sleep(0.5)


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--rate", type=float, default=7.0, help="articles a second")
    options = parser.parse_args()
    load = Load(documents(), options.articles, options.rate)
    for interval in (0.0, Settings().sink_interval):
        spent = cpu_seconds(load, interval)
        share = spent / (options.articles / options.rate)
        print(f"interval {interval:3.1f} s: {spent:6.1f} CPU s for {options.articles} articles, {share:.2f} of a core")


if __name__ == "__main__":
    main()
