"""Load: ``python tests/faults/load.py overload|soak [--minutes N] [--out FOLDER]``.

``overload`` feeds twice the capacity for 10 minutes, waits until the lag is gone, and reconciles by id; ``soak``
feeds 80 % of it for 60 minutes. The capacity is measured first. Writes ``<kind>.csv`` and ``<kind>.png`` and prints
what held; the exit code is 1 when something did not. What counts as steady memory: see ``load_verdict``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from load_feed import SLOW, SteadyFeed, measure_capacity  # noqa: E402 - after the path
from load_plot import plot  # noqa: E402 - after the path
from load_samples import Sampler, write_csv  # noqa: E402 - after the path
from load_verdict import FED, fed, memory_lines, summary, verdicts  # noqa: E402 - after the path
from reconcile import reconcile  # noqa: E402 - after the path
from world import World  # noqa: E402 - after the path

LEAST_SAMPLES = 10
"""A short run on a busy machine goes on until there is so much to judge."""


@dataclass(frozen=True)
class Kind:
    """A kind of run."""

    name: str
    factor: float
    """Of the capacity."""
    minutes: float


OVERLOAD, SOAK = Kind("overload", 2.0, 10.0), Kind("soak", 0.8, 60.0)
KINDS = {kind.name: kind for kind in (OVERLOAD, SOAK)}


@dataclass(frozen=True)
class Shape:
    """The size of a run's parts."""

    pause: float = 0.1
    """Seconds that the slow stage takes an article: about ten a second, with most of a processor idle."""
    body_bytes: int = 2500
    every: float = 5.0
    """Seconds between samples."""
    backlog: int = 400
    """Articles by which the capacity is measured."""
    rate: float | None = None
    """Articles a second; default: the kind's part of the measured capacity."""


@dataclass(frozen=True)
class Result:
    """A finished run: samples, capacity in articles/s, and (demand, held) pairs."""

    rows: list
    capacity: float
    verdicts: list

    @property
    def holds(self):
        return all(held for _, held in self.verdicts)


def run(kind, minutes, out, folder, *, shape=Shape(), say=print):  # noqa: PLR0913 - knobs of a run
    """One run in ``folder``; its CSV and PNG go to ``out``."""
    with World(folder, say) as world:
        world.control(SLOW, pause=shape.pause)
        feed = SteadyFeed(world.settings, 1.0, 1, shape.body_bytes)
        capacity = measure_capacity(world, feed, shape.backlog)
        feed.rate = shape.rate or kind.factor * capacity
        say(f"capacity {capacity:.2f} articles/s; now {feed.rate:.2f} a second for {minutes:g} minutes")
        with Sampler(world, feed, shape.every) as sampler:
            _feed(world, feed, sampler, minutes * 60)
        balance = reconcile(world, feed)
    rows = sampler.rows
    write_csv(rows, out / f"{kind.name}.csv")
    title = f"{kind.name}: {kind.factor:g} times the capacity of {capacity:.1f} articles/s for {minutes:g} min"
    plot(rows, capacity, title, out / f"{kind.name}.png")
    result = Result(rows, capacity, list(verdicts(rows, kind.name, capacity, balance)))
    say("\n".join(report(result, balance, sampler.missed, world.deaths)))
    return result


def _feed(world, feed, sampler, seconds):
    """Feed, then wait until nothing waits any more, with time for three samples of the quiet before and after."""
    time.sleep(3 * sampler.every)
    sampler.phase = FED
    feed.start()
    time.sleep(seconds)
    world.wait_for(lambda: len(fed(sampler.rows)) >= LEAST_SAMPLES, 600)
    feed.stop()
    sampler.phase = "drain"
    world.wait_for_no_lag(3 * seconds + 600)
    world.wait_for(lambda: not any(sampler.lags.values()), 120)
    time.sleep(3 * sampler.every)


def report(result, balance, missed, deaths):
    yield from summary(result.rows, result.capacity)
    yield from memory_lines(fed(result.rows))
    yield f"articles {balance.articles}, stored {balance.stored}, hidden duplicates {balance.hidden_duplicates}"
    yield f"samples {len(result.rows)}, missed {missed}; restarts {deaths}"
    yield from (f"{'ok  ' if held else 'FAIL'}  {demand}" for demand, held in result.verdicts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("--minutes", type=float, help="how long to feed")
    parser.add_argument("--out", type=Path, default=Path("load-results"), help="folder for CSV and PNG")
    arguments = parser.parse_args()
    kind = KINDS[arguments.kind]
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="khabar-load-") as folder:
        result = run(kind, arguments.minutes or kind.minutes, arguments.out, Path(folder))
    return 0 if result.holds else 1


if __name__ == "__main__":
    sys.exit(main())
