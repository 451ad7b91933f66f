"""Inject faults while articles flow, and reconcile: ``python tests/faults/run.py [short|full] [--seed N]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from feed import Feed  # noqa: E402 - after the path
from plan import PLANS  # noqa: E402 - after the path
from reconcile import reconcile  # noqa: E402 - after the path
from world import World  # noqa: E402 - after the path


def run(plan, seed, folder, *, rate=10.0, calm=1.0, timeout=300.0, say=print):  # noqa: PLR0913 - knobs of a run
    """Run a plan; returns the balance and the recovery times by kind of fault."""
    started = time.monotonic()
    recoveries = defaultdict(list)
    with World(folder, say) as world:
        feed = Feed(world.settings, rate, seed)
        feed.start()
        time.sleep(calm)
        for number, fault in enumerate(PLANS[plan](seed), 1):
            fault.inject(world, feed)
            time.sleep(calm)  # articles behind the fault, so that recovery can be seen
            seconds = world.wait_until_stored(feed.latest(), timeout)
            recoveries[fault.kind].append(seconds)
            say(f"{number:3}  {fault.kind:28} {fault.target:12} {seconds:6.1f} s  {feed.number} articles")
        feed.stop()
        world.wait_for_no_lag(timeout)
        balance = reconcile(world, feed)
        say(table(balance, recoveries, world.deaths, time.monotonic() - started))
    return balance, recoveries


def table(balance, recoveries, deaths, seconds):
    lines = [f"{'fault':30}{'times':>6}{'recovery, s: median':>21}{'longest':>9}"]
    for kind, times in sorted(recoveries.items()):
        ordered = sorted(times)
        lines.append(f"{kind:30}{len(times):6}{ordered[len(ordered) // 2]:21.1f}{ordered[-1]:9.1f}")
    lines += [
        "",
        f"articles acknowledged {balance.articles}, stored {balance.stored}, dead letters {balance.dead_letters}",
        f"lost {len(balance.lost)}, unexpected {len(balance.unexpected)}",
        f"visible duplicates {balance.visible_duplicates}, hidden duplicates {balance.hidden_duplicates}",
        f"restarts {deaths}, {seconds:.0f} s",
    ]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", nargs="?", choices=sorted(PLANS), default="short")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=10.0, help="articles a second")
    parser.add_argument("--folder", type=Path, help="keep state and logs here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="khabar-faults-") as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        balance, _ = run(arguments.plan, arguments.seed, folder, rate=arguments.rate)
        for name in ("lost", "unexpected"):
            if ids := getattr(balance, name):
                print(name, sorted(ids)[:50], flush=True)  # noqa: T201 - a command prints its result
    return 0 if balance.holds else 1


if __name__ == "__main__":
    sys.exit(main())
