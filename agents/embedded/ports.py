"""Ports on this machine: is one free, give me one, wait until one answers."""

from __future__ import annotations

import socket
import time
from typing import Final

EVERYWHERE: Final = frozenset({"", "0.0.0.0"})  # nosec B104 # noqa: S104 - compared with, nothing is bound


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def in_use(host: str, port: int) -> bool:
    """Whether a server could not be bound there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
        return False


def wait_until_free(host: str, port: int, seconds: float) -> bool:
    """Whether a server can be bound there, now or within ``seconds``."""
    deadline = time.monotonic() + seconds
    while in_use(host, port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def reachable(host: str) -> str:
    """The address to connect to for a server that listens on ``host``."""
    return "127.0.0.1" if host in EVERYWHERE else host


def answers(host: str, port: int, timeout: float = 0.5) -> bool:
    """Whether something accepts connections there."""
    try:
        with socket.create_connection((reachable(host), port), timeout):
            return True
    except OSError:
        return False
