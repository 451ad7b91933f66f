"""The data directory: one owner at a time, and room on its disk."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from agents.locks import exclusive
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MIN_FREE_BYTES: Final = 1_000_000_000


@contextmanager
def hold(data_dir: Path) -> Iterator[None]:
    """Own the data directory until the end.

    Raises:
        ConfigurationError: it cannot be written, or another ``khabar up`` or ``demo`` owns it.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)  # articles and logs are not for other users
        lock = exclusive(data_dir / "lock")
        lock.__enter__()
    except BlockingIOError as error:
        owner = (data_dir / "lock").read_text("utf-8").strip()
        msg = (
            f"another Khabar (process {owner}) runs on {data_dir}: use that one, stop it, "
            "or set --data-dir to another folder (and other ports)"
        )
        raise ConfigurationError(msg) from error
    except OSError as error:
        msg = f"the data directory {data_dir} cannot be written ({error.strerror}); set --data-dir to another folder"
        raise ConfigurationError(msg) from error
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def check_disk(data_dir: Path) -> None:
    """Refuse to start on a full disk.

    Raises:
        ConfigurationError: less than 1 GB is free.
    """
    free = shutil.disk_usage(data_dir).free
    if free < MIN_FREE_BYTES:
        msg = (
            f"only {free / 1e6:.0f} MB are free for {data_dir}, and Kafka and ClickHouse need "
            f"{MIN_FREE_BYTES / 1e6:.0f} MB to start: free some space, or set --data-dir to another disk"
        )
        raise ConfigurationError(msg)


def owner(folder: Path) -> str:
    """The process id of the Khabar that runs on the folder; empty when none does."""
    lock = folder / "lock"
    if not lock.exists():
        return ""
    try:
        with exclusive(lock):
            return ""
    except BlockingIOError:
        return lock.read_text("utf-8").strip()
    except OSError:
        return ""
