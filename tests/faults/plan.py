"""Which faults, in which order: drawn by a seed, so that a run can be repeated."""

from __future__ import annotations

import random
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from world import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from feed import Feed
    from world import World

STORE_FAULTS = ("500", "overloaded", "readonly", "full", "hang", "lost", "cut")
SECONDS_AWAY = 3.0
LONGER_THAN_THE_SESSION = 8.0


@dataclass(frozen=True)
class Fault:
    """One fault; ``kind`` is its row in the table."""

    kind: str
    target: str
    inject: Callable[[World, Feed], None]


def kill(stage):
    return Fault("kill -9", stage, lambda world, _: world.signal(stage, signal.SIGKILL))


def term(stage):
    return Fault("SIGTERM", stage, lambda world, _: world.signal(stage, signal.SIGTERM))


def pause(stage):
    return Fault("SIGSTOP past the session", stage, lambda world, _: world.pause(stage, LONGER_THAN_THE_SESSION))


def join_and_leave(stage):
    def inject(world, _):
        world.start(stage, slot=1)
        time.sleep(6)
        world.leave(stage, slot=1)

    return Fault("join and leave", stage, inject)


def broker():
    return Fault("broker kill -9", "broker", lambda world, _: world.kill_broker())


def engine():
    return Fault("engine kill -9", "ClickHouse", lambda world, _: world.kill_engine())


def store(mode):
    def inject(world, _):
        world.proxy.released.clear()
        world.proxy.mode = mode
        time.sleep(SECONDS_AWAY)
        world.proxy.mode = "pass"
        world.proxy.released.set()

    return Fault(f"ClickHouse: {mode}", "ClickHouse", inject)


def poison():
    return Fault("poison article", "tokenise", lambda _, feed: feed.poison())


def failing():
    return Fault("article that fails", "tokenise", lambda _, feed: feed.failing())


def short(seed):
    """Each kind at least once; under four minutes on two cores."""
    faults = [kill(stage) for stage in NAMES] + [term("ner"), term("sink"), pause("quotes"), broker(), engine()]
    faults += [store(mode) for mode in ("500", "lost", "hang")] + [poison(), failing(), join_and_leave("ner")]
    return shuffled(faults, seed)


def full(seed):
    """More than 100 faults."""
    faults = [make(stage) for make in (kill, term) for stage in NAMES for _ in range(5)]
    faults += [make(stage) for make in (pause, join_and_leave) for stage in NAMES for _ in range(2)]
    faults += [store(mode) for mode in STORE_FAULTS for _ in range(3)]
    faults += [broker()] * 5 + [engine()] * 5 + [poison()] * 3 + [failing()] * 5
    return shuffled(faults, seed)


def shuffled(faults, seed):
    random.Random(seed).shuffle(faults)
    return faults


PLANS = {"short": short, "full": full}
