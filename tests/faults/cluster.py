"""One or three Apache Kafka nodes as processes, from the same code as ``khabar up``; killed, paused, asked who leads."""

from __future__ import annotations

import base64
import contextlib
import signal
import socket
import time
import uuid
from concurrent.futures import TimeoutError as FutureTimeout

from confluent_kafka import ElectionType, KafkaException
from confluent_kafka.admin import AdminClient

from agents.embedded.broker import EmbeddedBroker

HEAP_MB = 256
LEADERLESS = -1


class Cluster:
    """Combined brokers and controllers 1 to ``size``; with three each partition has three copies, two of them in sync.

    With a ``network`` each stage has a listener of its own on each node, advertised at the port of the link there.
    """

    def __init__(self, folder, size=1, network=None, stages=(), say=print):
        self.size, self.network, self.stages = size, network, stages if network else ()
        self.numbers = range(1, size + 1)
        self.kinds = ["PLAINTEXT", "CONTROLLER", *map(str.upper, self.stages)]
        ports = iter(free_ports(size * len(self.kinds)))
        self.ports = {(number, kind): next(ports) for number in self.numbers for kind in self.kinds}
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self.nodes = {
            number: EmbeddedBroker(
                folder if size == 1 else folder / f"broker-{number}",
                self.ports[number, "PLAINTEXT"],
                heap_mb=HEAP_MB,
                properties=self._properties(number),
                cluster_id=cluster_id,
                say=say,
            )
            for number in self.numbers
        }
        self.bootstrap = ",".join(node.bootstrap for node in self.nodes.values())

    def start(self):
        for stage in self.stages:
            for number in self.numbers:
                self.network.connect(stage, number, self.ports[number, stage.upper()])
        for node in self.nodes.values():
            node.start()
        self.admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})

    def wait_until_serving(self, timeout=180):
        for node in self.nodes.values():
            node.wait_until_serving(timeout)

    def stop(self):
        for node in self.nodes.values():
            # One after the other: the last ones have no quorum any more and would not end by themselves.
            node.stop(5 if self.size == 1 else 0)

    def kill(self, number):
        self.nodes[number].process.kill()
        self.nodes[number].process.wait(30)

    def restart(self, number):
        """Start a node that has ended; returns when all partitions have all their copies again."""
        self.nodes[number].start()
        self.nodes[number].wait_until_serving(180)
        self.wait_until_whole()

    def pause(self, number, seconds):
        self.nodes[number].signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.nodes[number].signal(signal.SIGCONT)

    def leader(self, topic):
        """Number of the node that leads the topic's first partition."""
        return self._answer(lambda: self._leader(topic), f"{topic} has no leader")

    def _leader(self, topic):
        leader = self.admin.list_topics(topic, timeout=15).topics[topic].partitions[0].leader
        return None if leader == LEADERLESS else leader

    def coordinator(self, group):
        """Number of the node that coordinates the group."""
        ask = self.admin.describe_consumer_groups
        return self._answer(lambda: ask([group])[group].result(30).coordinator.id, f"{group} has no coordinator")

    def wait_for_other_leader(self, topic, former):
        self._answer(lambda: self._leader(topic) not in (None, former) or None, f"{topic} has no new leader")

    def elect_preferred(self):
        """Give each partition back to the first of its replicas."""

        def elect():
            errors = self.admin.elect_leaders(ElectionType.PREFERRED, None).result(60).values()
            # "Not needed": it leads already.
            return all(error is None or error.name() == "ELECTION_NOT_NEEDED" for error in errors) or None

        self._answer(elect, "leaders are not elected")

    def wait_until_whole(self, timeout=240):
        """Return when every partition has a leader and all its copies are in sync."""
        self._answer(self._whole, "copies are missing", timeout)

    def _whole(self):
        topics = self.admin.list_topics(timeout=15).topics.values()
        partitions = [partition for topic in topics for partition in topic.partitions.values()]
        return all(len(part.isrs) == self.size and part.leader != LEADERLESS for part in partitions) or None

    @staticmethod
    def _answer(ask, otherwise, timeout=240):
        """What ``ask`` gives as soon as it is no error and not None."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with contextlib.suppress(KafkaException, KeyError, FutureTimeout):
                if (answer := ask()) is not None:
                    return answer
            time.sleep(0.2)
        msg = f"after {timeout} s {otherwise}"
        raise TimeoutError(msg)

    def _properties(self, number):
        copies, in_sync = ("3", "2") if self.size > 1 else ("1", "1")
        ports = {kind: self.ports[number, kind] for kind in self.kinds}
        advertised = {kind: port for kind, port in ports.items() if kind != "CONTROLLER"} | {
            stage.upper(): self.network.port(stage, number) for stage in self.stages
        }
        voters = [f"{node}@127.0.0.1:{self.ports[node, 'CONTROLLER']}" for node in self.numbers]
        return {
            "node.id": str(number),
            "controller.quorum.voters": ",".join(voters),
            "listeners": _listeners(ports),
            "advertised.listeners": _listeners(advertised),
            "listener.security.protocol.map": ",".join(f"{kind}:PLAINTEXT" for kind in self.kinds),
            "inter.broker.listener.name": "PLAINTEXT",
            "num.network.threads": "1",  # of each listener
            "default.replication.factor": copies,
            "min.insync.replicas": in_sync,
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": in_sync,
            "share.coordinator.state.topic.replication.factor": copies,
            "share.coordinator.state.topic.min.isr": in_sync,
            # Leaders change when the plan says so.
            "auto.leader.rebalance.enable": "false",
        }


def _listeners(ports):
    return ",".join(f"{kind}://127.0.0.1:{port}" for kind, port in ports.items())


def free_ports(count):
    """Different ports that nothing listens on right now."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
