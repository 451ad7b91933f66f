"""Keeps services running: starts them in order, restarts what dies with growing pauses, stops them in reverse.

Everything happens in :meth:`Supervisor.tick`, which the caller's main thread runs a few times a second: children are
tied to the thread that starts them (see ``agents.embedded.tether``).
"""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agents.embedded.process import tail
from schemas.errors import ConfigurationError, KhabarError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from agents.embedded.process import Service

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
STEADY: Final = 60.0
"""A service that ran this many seconds starts again without a pause."""
HOPELESS: Final = frozenset({2, 3, 5})
"""Exit codes of Khabar's commands for usage, configuration and models: a restart changes nothing."""
POLL: Final = 0.1


@dataclass(slots=True)
class Watched:
    """A service and what is known of its lives."""

    service: Service
    started: float = 0.0
    failures: int = 0
    due: float | None = None
    """When to start it again; None while it runs."""


class Supervisor:
    """Runs services until :meth:`stop`."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """``say`` gets a short line when something happens."""
        self._say = say
        self._watched: list[Watched] = []

    @property
    def services(self) -> Sequence[Service]:
        """Those that it keeps running, in the order of their start."""
        return [watched.service for watched in self._watched]

    def add(self, service: Service) -> None:
        """Start a service and keep it running from now on; what it raises at this first start is the caller's."""
        service.start()
        self._watched.append(Watched(service, time.monotonic()))

    def hopeless(self, failures: int) -> Service | None:
        """One that has ended ``failures`` times since it last ran for a while, if there is one."""
        return next((watched.service for watched in self._watched if watched.failures >= failures), None)

    def tick(self) -> None:
        """Look after the services once; takes no time.

        Raises:
            ConfigurationError: one ended with an exit code that no restart can cure; the message has its last lines.
        """
        for watched in self._watched:
            if watched.due is not None:
                self._start_again(watched)
            elif (status := watched.service.poll()) is not None:
                self._plan_restart(watched, status)

    def _plan_restart(self, watched: Watched, status: int) -> None:
        name, log = watched.service.name, watched.service.log
        if status in HOPELESS:
            msg = f"{name} cannot run:\n{tail(log, 5)}\n(all of it: {log})"
            raise ConfigurationError(msg)
        steady = time.monotonic() - watched.started > STEADY
        watched.failures = 1 if steady else watched.failures + 1
        pause = min(FIRST_PAUSE * 2 ** (watched.failures - 1), LONGEST_PAUSE)
        watched.due = time.monotonic() + pause
        self._say(f"{name} ended ({_why(status)}), again in {pause:.0f} s; its log: {log}")

    def _start_again(self, watched: Watched) -> None:
        if watched.due is None or time.monotonic() < watched.due:
            return
        watched.due, watched.started = None, time.monotonic()
        try:
            watched.service.start()
        except KhabarError as error:  # such as a port that is not free yet: tried again with the next tick's pause
            watched.failures += 1
            watched.due = time.monotonic() + min(FIRST_PAUSE * 2**watched.failures, LONGEST_PAUSE)
            self._say(f"{watched.service.name} does not start: {error}")

    def stop(self, grace: float, hurry: Callable[[], bool] = lambda: False) -> None:
        """Stop what was added last first; those of one group (see :func:`groups`) together.

        ``hurry`` is asked all the time; once it says yes the rest is killed.
        """
        for services in groups(reversed(self.services)):
            _stop_together(services, grace, hurry, self._say)
        self._watched.clear()


def groups(services: Iterable[Service]) -> list[list[Service]]:
    """Neighbours that do not need one another: workers are stopped at once, the engine and the broker alone."""
    result: list[list[Service]] = []
    for service in services:
        alone = service.name in {"broker", "clickhouse"}
        if alone or not result or result[-1][-1].name in {"broker", "clickhouse"}:
            result.append([service])
        else:
            result[-1].append(service)
    return result


def _stop_together(
    services: list[Service], grace: float, hurry: Callable[[], bool], say: Callable[[str], None]
) -> None:
    for service in services:
        service.signal(signal.SIGTERM)
    deadline, told = time.monotonic() + grace, time.monotonic() + 3
    while left := [service for service in services if service.poll() is None]:
        now = time.monotonic()
        if now > deadline or hurry():
            for service in left:
                service.stop(0)
            return
        if now > told:
            say(f"waiting for {', '.join(service.name for service in left)} to finish; Ctrl-C again kills")
            told = deadline + 1
        time.sleep(POLL)


def _why(status: int) -> str:
    if status >= 0:
        return f"exit code {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
