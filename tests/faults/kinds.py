"""The kinds of faults: what each does to the world while articles flow."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.kafka import group_name, topic_name
from schemas.topics import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from feed import Feed
    from world import World

SECONDS_AWAY = 3.0
LONGER_THAN_THE_SESSION = 8.0
LONGER_THAN_A_BROKERS_SESSION = 14.0
HOUR = 3600
JUMPS = (3 * HOUR, -3 * HOUR, 30 * HOUR, 0)
SPECS = {stage.name: stage for stage in STAGES}


@dataclass(frozen=True)
class Fault:
    """One fault; ``kind`` is its row in the table."""

    kind: str
    target: str
    inject: Callable[[World, Feed], None]


def kill(stage):
    return Fault("worker kill -9", stage, lambda world, _: world.signal(stage, signal.SIGKILL))


def term(stage):
    return Fault("worker SIGTERM", stage, lambda world, _: world.signal(stage, signal.SIGTERM))


def pause(stage):
    return Fault("worker SIGSTOP past session", stage, lambda world, _: world.pause(stage, LONGER_THAN_THE_SESSION))


def join_and_leave(stage):
    def inject(world, _):
        world.start(stage, slot=1)
        time.sleep(6)
        world.leave(stage, slot=1)

    return Fault("worker joins and leaves", stage, inject)


def slow(stage):
    """Two seconds an article, for a while; the sink is slowed by its store."""

    def inject(world, _):
        world.control(stage, pause=2.0)
        world.proxy.mode = "slow" if stage == "sink" else "pass"
        time.sleep(LONGER_THAN_THE_SESSION)
        world.control(stage, pause=0.0)
        world.proxy.mode = "pass"

    return Fault("slow consumer", stage, inject)


def clock(stage):
    """The wall clock of a stage's workers jumps 3 h forward, 6 h back, 33 h forward, and home."""

    def inject(world, _):
        for ahead in JUMPS:
            world.control(stage, clock=ahead)
            time.sleep(2)

    return Fault("clock jumps", stage, inject)


def cut(stage):
    def inject(world, _):
        world.network.cut(stage)
        time.sleep(SECONDS_AWAY)
        world.network.heal()

    return Fault("network cut (reset)", stage, inject)


def silence(stage):
    def inject(world, _):
        world.network.silence(stage)
        time.sleep(LONGER_THAN_THE_SESSION)
        world.network.heal()

    return Fault("network silent past session", stage, inject)


def zombie(stage):
    """In the silence a second worker takes the partitions over; then all that the first had sent arrives late."""

    def inject(world, _):
        world.start(stage, slot=1)
        time.sleep(4)
        world.network.silence(stage)
        time.sleep(2 * LONGER_THAN_THE_SESSION)
        world.network.heal()
        time.sleep(2)
        world.leave(stage, slot=1)

    return Fault("network zombie", stage, inject)


def broker_cut_off(number):
    """The workers cannot reach one broker, which its neighbours still see: leaders stay where they are."""

    def inject(world, _):
        world.network.silence(node=number)
        time.sleep(LONGER_THAN_THE_SESSION)
        world.network.heal()

    return Fault("one broker cut off", f"broker {number}", inject)


def broker():
    return Fault("broker kill -9", "broker 1", lambda world, _: world.kill_broker())


def leader_killed(stage):
    """Kill the leader of a partition that the stage reads, restart it when another leads."""

    def inject(world, _):
        topic = topic_name(world.settings, SPECS[stage].reads)
        leader = world.cluster.leader(topic)
        world.cluster.kill(leader)
        world.cluster.wait_for_other_leader(topic, leader)
        time.sleep(2)
        world.cluster.restart(leader)

    return Fault("leader kill -9", SPECS[stage].reads.name, inject)


def coordinator_killed(stage):
    def inject(world, _):
        number = world.cluster.coordinator(group_name(world.settings, SPECS[stage]))
        world.cluster.kill(number)
        time.sleep(LONGER_THAN_A_BROKERS_SESSION)
        world.cluster.restart(number)

    return Fault("group coordinator kill -9", stage, inject)


def leader_moves(stage):
    """The leader hands over and ends; when it is back, every partition goes to its preferred leader again."""

    def inject(world, _):
        topic = topic_name(world.settings, SPECS[stage].reads)
        leader = world.cluster.leader(topic)
        world.cluster.nodes[leader].stop(60)
        world.cluster.wait_for_other_leader(topic, leader)
        world.cluster.restart(leader)
        world.cluster.elect_preferred()

    return Fault("leader SIGTERM, then back", SPECS[stage].reads.name, inject)


def leader_paused(stage):
    """A leader that sleeps past its session, wakes up and believes that it leads."""

    def inject(world, _):
        topic = topic_name(world.settings, SPECS[stage].reads)
        world.cluster.pause(world.cluster.leader(topic), LONGER_THAN_A_BROKERS_SESSION)
        world.cluster.wait_until_whole()

    return Fault("leader SIGSTOP past session", SPECS[stage].reads.name, inject)


def engine():
    return Fault("ClickHouse kill -9", "ClickHouse", lambda world, _: world.kill_engine())


def engine_midway(share):
    """Killed when this share of a large insert has arrived; with all of it, while the block is being stored."""

    def inject(world, feed):
        world.kill_engine_midway(feed, share)

    return Fault("ClickHouse killed in an insert", f"at {share:.0%}", inject)


def store(mode):
    def inject(world, _):
        world.proxy.released.clear()
        world.proxy.mode = mode
        time.sleep(SECONDS_AWAY)
        world.proxy.mode = "pass"
        world.proxy.released.set()

    return Fault(f"ClickHouse: {mode}", "ClickHouse", inject)


def refused():
    def inject(world, _):
        world.proxy.refuse()
        time.sleep(SECONDS_AWAY)
        world.proxy.listen()
        world.proxy.mode = "pass"

    return Fault("ClickHouse: refused", "ClickHouse", inject)


def poison():
    return Fault("poison article", "tokenise", lambda _, feed: feed.poison())


def failing():
    return Fault("article that fails", "tokenise", lambda _, feed: feed.failing())


def duplicates():
    return Fault("articles published again", "50, three times", lambda _, feed: feed.duplicates())
