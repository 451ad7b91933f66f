"""One child process: started tied to this one, with its output in a log file, and stopped by its pid."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TETHER: Final = Path(__file__).with_name("tether.py")


def spawn(command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start ``command`` with stdout and stderr appended to ``log``; ``env`` is added to this process's.

    It gets a process group of its own, so that Ctrl-C reaches the supervisor alone, and it is killed when the
    calling thread ends: call from a thread that lives as long as the child shall.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    tied = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *command]
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own commands
            tied,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            process_group=0,
        )


def terminate(process: subprocess.Popen[bytes], grace: float) -> int:
    """SIGTERM, then SIGKILL after ``grace`` seconds; return the exit status."""
    signal_quietly(process, signal.SIGTERM)
    try:
        return process.wait(grace)
    except subprocess.TimeoutExpired:
        signal_quietly(process, signal.SIGKILL)
        return process.wait()


def signal_quietly(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal, or nothing where the process has ended."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)


def tail(log: Path, lines: int = 15, most_bytes: int = 8192) -> str:
    """The last lines of a log file, for error messages; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - most_bytes))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
