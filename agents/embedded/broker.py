"""Apache Kafka itself as a KRaft node on this machine: format once, serve, stop, resume."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agents.embedded import jars, ports, process
from agents.embedded.java import find_java
from schemas.document import MAX_DOCUMENT_BYTES
from schemas.errors import BrokerError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# the first compiler alone: serving in 1.5 s in place of 3.4, and one node of this pipeline never runs hot
JVM: Final = ("-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
# above the largest document, for its key, headers and record overhead
MAX_RECORD_BYTES: Final = MAX_DOCUMENT_BYTES + 1024 * 1024

LOG4J: Final = """\
status = error
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = {log}
appender.file.filePattern = {log}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{{ISO8601}} %p %m (%c)%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 3
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
"""


class EmbeddedBroker(process.Service):
    """Start, wait until it serves, stop, describe: the seam that ``khabar up`` and the tests use."""

    def __init__(  # noqa: PLR0913 - one place where a node is described
        self,
        data_dir: Path,
        port: int = 9092,
        host: str = "127.0.0.1",
        home: Path | None = None,
        *,
        heap_mb: int = 512,
        properties: Mapping[str, str] | None = None,
        cluster_id: str = "",
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Describe a broker; nothing is started.

        Args:
            data_dir: its state goes to ``kafka/``, its logs to ``logs/``.
            port: where clients connect.
            host: the address it listens on.
            home: an unpacked Apache Kafka to use in place of the fetched jars.
            heap_mb: the most that the JVM's heap takes, MiB.
            properties: server properties over the ones here (several nodes, TLS, SASL).
            cluster_id: the same 22 characters of base64 for all nodes of a cluster; default: a new one.
            say: gets a line before something slow, such as a fetch.
        """
        super().__init__("broker", data_dir.resolve() / "logs" / "broker.log")
        self.root = data_dir.resolve() / "kafka"
        self.output = data_dir.resolve() / "logs" / "broker.out.log"
        self.port, self.host, self.home, self.say = port, host, home, say
        self.heap_mb = heap_mb
        self.properties = dict(properties or {})
        self.cluster_id = cluster_id

    @property
    def bootstrap(self) -> str:
        """``host:port`` for clients on this machine."""
        return f"{ports.reachable(self.host)}:{self.port}"

    def start(self) -> None:
        """Format the storage if it is new, and start the server; it serves some seconds later.

        Raises:
            ConfigurationError: the port is taken, or Java or Kafka is not to be had.
            BrokerError: Maven Central, or the storage tool, refuses.
        """
        if ports.in_use(self.host, self.port):
            msg = (
                f"port {self.port} on {self.host} is in use, so the embedded broker cannot start: set "
                "KHABAR_KAFKA_PORT to a free port, or KHABAR_KAFKA_BOOTSTRAP to the brokers that run there"
            )
            raise ConfigurationError(msg)
        java = self._java_command()
        config = self._write_config()
        if not (self.root / "data" / "meta.properties").exists():
            self._format(java, config)
        self.output.unlink(missing_ok=True)
        self.process = process.spawn([*java, "kafka.Kafka", str(config)], self.output)

    def wait_until_serving(self, timeout: float = 60.0, client: Mapping[str, str] | None = None) -> None:
        """Return once the broker answers a metadata request; ``client`` holds librdkafka's security settings.

        Raises:
            BrokerError: it died or did not answer in ``timeout`` seconds; the message ends with its log's tail.
        """
        deadline = time.monotonic() + timeout
        while not ports.answers(self.host, self.port):
            if self.process is None or self.process.poll() is not None:
                msg = f"the embedded broker ended while it started:\n{self._tail()}"
                raise BrokerError(msg)
            if time.monotonic() > deadline:
                msg = f"the embedded broker does not serve after {timeout:.0f} s:\n{self._tail()}"
                raise BrokerError(msg)
            time.sleep(0.05)
        self._ask_metadata(max(1.0, deadline - time.monotonic()), client or {})

    def describe(self) -> dict[str, str | int | None]:
        """Address, process, version and paths, for people and for ``khabar doctor``."""
        return {
            "bootstrap": self.bootstrap,
            "pid": self.process.pid if self.process else None,
            "kafka": str(self.home) if self.home else jars.KAFKA_VERSION,
            "data": str(self.root / "data"),
            "log": str(self.log),
        }

    def _java_command(self) -> list[str]:
        """The JVM with heap, logging and class path; a main class and its arguments follow."""
        if self.home is not None and not list(self.home.glob("libs/kafka_*.jar")):
            msg = f"KHABAR_KAFKA_HOME={self.home} holds no Apache Kafka: there is no libs/kafka_*.jar in it"
            raise ConfigurationError(msg)
        java = find_java()
        parts = [self.home / "libs" / "*"] if self.home else jars.class_path(self.say)
        for folder in (self.root / "tmp", self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        logging = self.root / "log4j2.properties"
        logging.write_text(LOG4J.format(log=self.log), "utf-8")
        return [
            str(java),
            *JVM,
            f"-Xmx{self.heap_mb}m",
            "-Djava.awt.headless=true",
            f"-Djava.io.tmpdir={self.root / 'tmp'}",
            f"-Dlog4j2.configurationFile={logging}",
            "-cp",
            os.pathsep.join(map(str, parts)),
        ]

    def _write_config(self) -> Path:
        controller = ports.free_port()
        advertised = socket.getfqdn() if self.host in ports.EVERYWHERE else self.host
        values = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"PLAINTEXT://{self.host}:{self.port},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://{advertised}:{self.port}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(self.root / "data"),
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": "0",
            "offsets.topic.num.partitions": "8",
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.num.partitions": "4",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "message.max.bytes": str(MAX_RECORD_BYTES),
            "replica.fetch.max.bytes": str(MAX_RECORD_BYTES),
            **self.properties,
        }
        path = self.root / "server.properties"
        path.write_text("".join(f"{key}={_escaped(value)}\n" for key, value in values.items()), "utf-8")
        return path

    def _format(self, java: list[str], config: Path) -> None:
        cluster = self.cluster_id or base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # Joined by "=": one id in 64 begins with a hyphen and would be read as an option.
        name = f"--cluster-id={cluster}"
        command = [*java, "kafka.tools.StorageTool", "format", "--ignore-formatted", name, "-c", str(config)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-2000:]
            msg = f"the broker's storage in {self.root} could not be formatted:\n{said}"
            raise BrokerError(msg, retriable=False)

    def _ask_metadata(self, timeout: float, client: Mapping[str, str]) -> None:
        from confluent_kafka import KafkaException
        from confluent_kafka.admin import AdminClient

        admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0, **client})
        try:
            admin.list_topics(timeout=timeout)
        except KafkaException as error:
            msg = f"the embedded broker does not answer: {error}\n{self._tail()}"
            raise BrokerError(msg) from error

    def _tail(self) -> str:
        return process.tail(self.log) + "\n" + process.tail(self.output) + f"\n(all of it: {self.log})"


def _escaped(value: str) -> str:
    """A value for a Java properties file, which is read as Latin-1 with escapes of UTF-16 units."""
    units = value.encode("utf-16-be")
    codes = (int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2))
    return "".join(chr(code) if " " <= chr(code) <= "~" and code != ord("\\") else f"\\u{code:04x}" for code in codes)
