"""Which faults, in which order: drawn by a seed, so that a run can be repeated."""

from __future__ import annotations

import random

import kinds
from world import NAMES

STORE_MODES = ("500", "overloaded", "readonly", "full", "hang", "lost", "cut", "slow")


def short(seed, nodes):
    """Most kinds once; under four minutes on two cores."""
    faults = [kinds.kill(stage) for stage in NAMES] + [kinds.term("ner"), kinds.term("sink"), kinds.pause("quotes")]
    faults += [kinds.engine_midway(0.5), kinds.refused(), kinds.store("lost"), kinds.store("hang")]
    faults += [kinds.poison(), kinds.failing(), kinds.duplicates(), kinds.join_and_leave("ner")]
    faults += [kinds.cut("tokenise"), kinds.silence("events"), kinds.clock("sink"), kinds.slow("quotes")]
    faults += [kinds.broker()] if nodes == 1 else [kinds.leader_killed("quotes")]
    return shuffled(faults, seed)


def full(seed, nodes):
    """All kinds, more than 100 faults."""
    faults = [kinds.kill(stage) for stage in NAMES for _ in range(4)]
    faults += [kinds.term(stage) for stage in NAMES for _ in range(3)]
    each = (kinds.pause, kinds.join_and_leave, kinds.slow, kinds.clock, kinds.cut, kinds.silence)
    faults += [make(stage) for make in each for stage in NAMES]
    faults += [kinds.zombie(stage) for stage in ("tokenise", "events", "sink")]
    faults += [kinds.store(mode) for mode in STORE_MODES for _ in range(2)] + [kinds.refused()] * 2
    faults += [kinds.engine()] * 3 + [kinds.engine_midway(share) for share in (0.1, 0.5, 0.9, 1.0)]
    faults += [kinds.poison()] * 3 + [kinds.failing()] * 4 + [kinds.duplicates()] * 4
    faults += brokers() if nodes > 1 else [kinds.broker()] * 5
    return shuffled(faults, seed)


def leaders(seed, nodes):
    """A cluster's own faults, few: for a test of some 90 seconds."""
    if nodes == 1:
        raise SystemExit("this plan needs --nodes 3")
    return shuffled([kinds.leader_killed("tokenise"), kinds.cut("ner"), kinds.kill("sink")], seed)


def real(seed, nodes):
    """With the real models."""
    del nodes
    faults = [kinds.kill(stage) for stage in NAMES] + [kinds.term("ner"), kinds.pause("events"), kinds.cut("quotes")]
    faults += [kinds.silence("ner"), kinds.join_and_leave("ner"), kinds.broker(), kinds.engine()]
    return shuffled(faults, seed)


def brokers():
    """What only a cluster can suffer."""
    each = (kinds.leader_killed, kinds.leader_moves, kinds.leader_paused)
    faults = [make(stage) for make in each for stage in ("tokenise", "quotes", "sink")]
    faults += [kinds.coordinator_killed(stage) for stage in ("ner", "events", "sink")]
    return faults + [kinds.broker_cut_off(number) for number in (1, 2, 3)]


def shuffled(faults, seed):
    random.Random(seed).shuffle(faults)
    return faults


PLANS = {"short": short, "full": full, "leaders": leaders, "real": real}
