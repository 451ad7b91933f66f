"""Everything of one Khabar on this machine, assembled from the settings: what ``khabar up`` and the demo run.

In order: lock and disk, broker, ClickHouse, topics and tables, one process a stage, the web page.
"""

from __future__ import annotations

import signal
import sys
import time
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import SecretStr

from agents.data_dir import check_disk, hold
from agents.embedded import ports, process
from agents.supervisor import Supervisor
from schemas.errors import ConfigurationError
from schemas.topics import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType, TracebackType

    from agents.settings import Settings

PORT_SECONDS: Final = 2.0
"""What a Khabar that was killed a moment ago needs to let go of its ports."""
START_SECONDS: Final = 120.0
START_TRIES: Final = 4
JOIN_SECONDS: Final = 180.0
STOP_GRACE: Final = 150.0
"""Longer than the longest batch that an ordinary article makes; an article of 200,000 characters may be cut short."""


class Station:
    """Start with ``with``; call :meth:`tick` a few times a second; leaving stops everything in order."""

    def __init__(self, settings: Settings, say: Callable[[str], None] | None = None) -> None:
        """Prepare; nothing is started."""
        self.settings = settings.model_copy(update={"data_dir": settings.data_dir.resolve()})
        self.say = say or tell
        self.supervisor = Supervisor(self.say)
        self.interrupts = 0
        self._starting = True
        self._resources = ExitStack()
        self._env = child_environment(self.settings)
        self._admin: Any = None
        self._gone: dict[str, set[str]] = {}

    def __enter__(self) -> Self:
        """Start everything and return once the stages have their partitions.

        Raises:
            ConfigurationError: what the user can mend: a port, a second instance, disk, missing packages or models.
            BrokerError: Kafka cannot be fetched or does not come up.
            StoreError: ClickHouse does not come up, or refuses a migration.
            KeyboardInterrupt: Ctrl-C while it started.
        """
        try:
            self._resources.enter_context(self._signals())
            self._resources.enter_context(hold(self.settings.data_dir))
            check_disk(self.settings.data_dir)
            self._check_ports()
            self._start_services()
            self._prepare_stores()
            self._start_stages()
            self._start_web()
            self._wait_until_joined()
        except BaseException:
            self._starting = False
            self._close()
            raise
        self._starting = False
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop workers, then ClickHouse, then the broker."""
        self._close()

    def tick(self) -> None:
        """Look after the services; raises what :meth:`Supervisor.tick` raises."""
        self.supervisor.tick()

    def sleep(self, seconds: float) -> None:
        """Wait while looking after the services; ends early when Ctrl-C came."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.interrupts:
            self.tick()
            time.sleep(0.1)

    def _close(self) -> None:
        asked = self.interrupts
        if self.supervisor.services:
            self.say("stopping")
        self.supervisor.stop(STOP_GRACE, lambda: self.interrupts > max(asked, 1))
        self._resources.close()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Count SIGINT and SIGTERM: the first stops in order, the second kills."""

        def count(_number: int, _frame: FrameType | None) -> None:
            self.interrupts += 1
            if self._starting:
                self._starting = False
                raise KeyboardInterrupt

        before = {number: signal.signal(number, count) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _check_ports(self) -> None:
        """Say what is taken before anything has started."""
        settings = self.settings
        wanted = {
            "kafka_port": 0 if settings.kafka_bootstrap else settings.kafka_port,
            "clickhouse_port": 0 if settings.clickhouse_url else settings.clickhouse_port,
            "web_port": settings.web_port,
        }
        for name, port in wanted.items():
            if port and not ports.wait_until_free(settings.bind, port, PORT_SECONDS):
                flag = "--" + name.replace("_", "-")
                msg = f"port {port} on {settings.bind} is in use: set {flag} (KHABAR_{name.upper()}) to a free port"
                raise ConfigurationError(msg)

    def _start_services(self) -> None:
        """Start the broker and ClickHouse side by side, where they are not elsewhere, and wait for both."""
        settings, began = self.settings, time.monotonic()
        broker = engine = None
        if not settings.kafka_bootstrap:
            from agents.embedded.broker import EmbeddedBroker

            broker = EmbeddedBroker(
                settings.data_dir, settings.kafka_port, settings.bind, settings.kafka_home, say=self.say
            )
            self.supervisor.add(broker)
        if not settings.clickhouse_url:
            from agents.embedded.clickhouse import EmbeddedClickHouse

            engine = EmbeddedClickHouse(settings.data_dir, settings.clickhouse_port, settings.bind, self._env)
            self.supervisor.add(engine)
        if engine is not None:
            engine.wait_until_serving(START_SECONDS)
            self.say(f"ClickHouse serves on {engine.url} ({time.monotonic() - began:.1f} s)")
        if broker is not None:
            broker.wait_until_serving(START_SECONDS)
            self.say(f"Apache Kafka serves on {broker.bootstrap} ({time.monotonic() - began:.1f} s)")

    def _prepare_stores(self) -> None:
        from agents.clickhouse.migrate import migrate
        from agents.topics import ensure_topics

        created = sum(report.created for report in ensure_topics(self.settings))
        applied = len(migrate(self.settings))
        if created or applied:
            self.say(f"{created} topics created, {applied} migrations applied")

    def _start_stages(self) -> None:
        from agents.groups import working_members
        from agents.kafka import admin_client

        self._admin = admin_client(self.settings)
        for index, stage in enumerate(STAGES):
            self._gone[stage.name] = working_members(self._admin, self.settings, stage)
            port = self.settings.worker_metrics_port
            own = {"KHABAR_WORKER_METRICS_PORT": str(port + index if port else 0)}
            self._add_program(stage.name, "worker", stage.name, env=own)

    def _start_web(self) -> None:
        if not self.settings.web_port:
            return
        if find_spec("aiohttp") is None:
            self.say("no web page: pip install 'khabar[web]' brings it")
            return
        self._add_program("web", "web")
        self.say(f"the web page is on http://{ports.reachable(self.settings.bind)}:{self.settings.web_port}")

    def _add_program(self, name: str, *command: str, env: dict[str, str] | None = None) -> None:
        log = self.settings.data_dir / "logs" / f"{name}.log"
        arguments = process.python("agents.cli", *command)
        self.supervisor.add(process.Program(name, arguments, log, {**self._env, **(env or {})}))

    def _wait_until_joined(self) -> None:
        """Wait until each stage's consumer group has a member of this run with partitions."""
        from agents.groups import working_members

        began, left = time.monotonic(), list(STAGES)
        while left:
            self.sleep(0.2)
            if (service := self.supervisor.hopeless(START_TRIES)) is not None:
                lines = "\n".join(line[:300] for line in process.tail(service.log, 4).splitlines())
                msg = f"{service.name} ended {START_TRIES} times before it worked:\n{lines}\n(all of it: {service.log})"
                raise ConfigurationError(msg)
            left = [s for s in left if not working_members(self._admin, self.settings, s) - self._gone[s.name]]
            if time.monotonic() - began > JOIN_SECONDS:
                names = ", ".join(stage.name for stage in left)
                logs = self.settings.data_dir / "logs"
                msg = f"the stages {names} do not start after {JOIN_SECONDS:.0f} s; see their logs in {logs}"
                raise ConfigurationError(msg)
        self.say(f"all {len(STAGES)} stages run ({time.monotonic() - began:.1f} s)")


def tell(line: str) -> None:
    """A line with the time on standard error."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


def child_environment(settings: Settings) -> dict[str, str]:
    """All settings as environment variables for a child, defaults too: a flag may have put one back over a file."""
    values: dict[str, object] = {name: getattr(settings, name) for name in type(settings).model_fields}
    return {f"KHABAR_{name.upper()}": _as_text(value) for name, value in values.items() if value is not None}


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value).lower() if isinstance(value, bool) else str(value)
