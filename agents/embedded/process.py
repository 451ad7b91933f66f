"""A child process: started tied to this one, with its output in a log file, and stopped by its pid."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ROOT: Final = Path(__file__).parents[2]
TETHER: Final = Path(__file__).with_name("tether.py")
LOG_BYTES: Final = 20 * 1024 * 1024
"""A larger log is put aside when its program starts."""


def python(module: str, *arguments: str) -> list[str]:
    """A command that runs one of Khabar's modules with this Python, whatever lies in the working folder."""
    return [sys.executable, "-P", "-m", module, *arguments]


def spawn(command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start ``command`` with stdout and stderr appended to ``log``; ``env`` is added to this process's.

    It gets a process group of its own, so that Ctrl-C reaches the supervisor alone, and it is killed when the
    calling thread ends: call from a thread that lives as long as the child shall.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    tied = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *command]
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own commands
            tied,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **_import_path(), **(env or {})},
            process_group=0,
        )


def _import_path() -> dict[str, str]:
    """Where the child finds Khabar when it runs from a checkout that is not installed."""
    if "site-packages" in _ROOT.parts:
        return {}
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))}


class Service(ABC):
    """A program that runs beside this process: the broker, the engine, a worker."""

    def __init__(self, name: str, log: Path) -> None:
        """Describe it; nothing is started."""
        self.name = name
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def start(self) -> None:
        """Start the program."""

    def poll(self) -> int | None:
        """Its exit status, or None while it runs; -1 before the first start."""
        return self.process.poll() if self.process else -1

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, or nothing where it does not run."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    def stop(self, grace: float = 20.0) -> None:
        """SIGTERM, and SIGKILL after ``grace`` seconds; nothing where it does not run."""
        if self.process is None:
            return
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait()
        self.process = None


class Program(Service):
    """A service that is one command line."""

    def __init__(self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        """Describe it; nothing is started."""
        super().__init__(name, log)
        self.command, self.env = command, env

    def start(self) -> None:
        """Start the command, its output going to the log."""
        self.process = spawn(self.command, self.log, self.env)


def tail(log: Path, lines: int = 15, most_bytes: int = 8192) -> str:
    """The last lines of a log file, for error messages; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - most_bytes))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
