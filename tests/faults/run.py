"""Inject faults while articles flow, and reconcile: ``python tests/faults/run.py PLAN [--nodes 3] [--seed N]``."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from feed import Feed  # noqa: E402 - after the path
from plan import PLANS  # noqa: E402 - after the path
from reconcile import reconcile  # noqa: E402 - after the path
from samples import SampleFeed, differing  # noqa: E402 - after the path
from table import table  # noqa: E402 - after the path
from world import World  # noqa: E402 - after the path

RATE, REAL_RATE = 10.0, 0.5
"""Articles a second, with fast stages and with the real models."""
CALM, REAL_CALM = 1.0, 8.0
"""Seconds of articles behind a fault; before it they are drawn, so that it strikes at random points."""


@dataclass(frozen=True)
class Recovery:
    """How one fault was got over."""

    kind: str
    stored: float
    """Seconds from its end until all is stored that was published up to ``CALM`` behind it."""
    no_lag: float
    """Seconds from its beginning until no stage has anything left to do, the fault itself included."""


def run(plan, seed, folder, *, nodes=1, rate=None, timeout=300.0, say=print):  # noqa: PLR0913 - knobs of a run
    """Run a plan; returns the balance and the recovery of each fault."""
    started, drawn = time.monotonic(), random.Random(seed)
    faults, recoveries = PLANS[plan](seed, nodes), []
    with World(folder, say, nodes=nodes, network=True, real=plan == "real") as world:
        feed = make_feed(world, rate, seed)
        feed.start()
        say(f"{nodes} broker(s) and {len(world.workers)} workers after {time.monotonic() - started:.0f} s")
        world.wait_until_stored(feed.latest(), timeout)
        for number, fault in enumerate(faults, 1):
            calm = REAL_CALM if world.real else CALM
            time.sleep(drawn.uniform(0.3, 1.5) * calm)
            recoveries.append(endure(world, feed, fault, calm, timeout))
            seconds = f"{recoveries[-1].stored:6.1f} s stored {recoveries[-1].no_lag:6.1f} s no lag"
            say(f"{number:3}  {fault.kind:29} {fault.target:19} {seconds}  {feed.number} articles")
        feed.stop()
        world.wait_for_no_lag(timeout)
        balance = reconcile(world, feed)
        if world.real:
            balance.unexpected |= differing(world, feed)
        say(table(balance, recoveries, world.deaths, time.monotonic() - started))
    return balance, recoveries


def make_feed(world, rate, seed):
    if world.real:
        return SampleFeed(world.settings, rate or REAL_RATE, seed)
    return Feed(world.settings, rate or RATE, seed)


def endure(world, feed, fault, calm, timeout):
    """One fault while articles flow; then they are held until nothing waits any more."""
    began = time.monotonic()
    fault.inject(world, feed)
    ended = time.monotonic()
    time.sleep(calm)
    world.wait_until_stored(feed.latest(), timeout)
    stored = time.monotonic() - ended
    feed.hold()
    world.wait_for_no_lag(timeout)
    feed.flow()
    return Recovery(fault.kind, stored, time.monotonic() - began)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", nargs="?", choices=sorted(PLANS), default="short")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--nodes", type=int, choices=(1, 3), default=1, help="brokers")
    parser.add_argument("--rate", type=float, help=f"articles a second ({RATE:g}; real {REAL_RATE:g})")
    parser.add_argument("--folder", type=Path, help="keep state and logs here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="khabar-faults-") as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        balance, _ = run(arguments.plan, arguments.seed, folder, nodes=arguments.nodes, rate=arguments.rate, say=say)
        for name in ("lost", "unexpected"):
            if ids := getattr(balance, name):
                say(f"{name} {sorted(ids)[:50]}")
    return 0 if balance.holds else 1


def say(line):
    """Seen at once, in a file, too."""
    print(line, flush=True)  # noqa: T201 - a command prints its result


if __name__ == "__main__":
    sys.exit(main())
