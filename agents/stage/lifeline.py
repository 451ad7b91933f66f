"""How a worker ends when it should not go on: at once, without a last acknowledgement. The restart resumes."""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

HANG_SECONDS: Final = 900.0
"""Work on one batch that takes longer hangs: the longest batch of 4 MB takes some minutes on one slow core."""
STOP_SECONDS: Final = 30.0
"""How long a worker that stops may take without work in hand: with the broker away a commit waits for ever."""
EXIT_STOPPED: Final = 0
"""Stopped as asked, and everything that was acknowledged is committed."""
EXIT_FAILED: Final = 70
"""EX_SOFTWARE: an unexpected error."""
EXIT_UNFINISHED: Final = 75
"""EX_TEMPFAIL: stopped, but without a last commit."""


def exit_now(code: int) -> NoReturn:
    """End the process without any clean-up: nothing more may be acknowledged or committed."""
    logging.shutdown()
    os._exit(code)


def stop_at_once() -> None:
    """Until the event loop takes signals over, nothing is in hand: SIGTERM just ends the process, with status 0.

    Without a handler it would end with the signal's status and, as process 1 of a container, not at all.
    """
    signal.signal(signal.SIGTERM, lambda *_: os._exit(EXIT_STOPPED))


def arm() -> None:
    """(Re)start the hang timer: a C thread, so it ends the process even when Python's lock is held for ever."""
    faulthandler.dump_traceback_later(HANG_SECONDS, exit=True, file=sys.__stderr__ or sys.stderr)


@contextmanager
def hang_exit() -> Iterator[None]:
    """End the process, with all stacks on stderr, when the block takes longer than ``HANG_SECONDS``."""
    arm()
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


class IdleExit:
    """After :meth:`start`, ends the process once no work has been in hand for ``STOP_SECONDS``."""

    def __init__(self) -> None:
        """Not started, idle."""
        self._busy = False
        self._started = threading.Event()

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Work is in hand: a stop waits for it."""
        self._busy = True
        try:
            yield
        finally:
            self._busy = False

    def start(self, code: int) -> None:
        """Begin to count towards an end with ``code``; a second call changes nothing."""
        if not self._started.is_set():
            self._started.set()
            threading.Thread(target=self._run, args=(code,), name="idle-exit", daemon=True).start()

    def _run(self, code: int) -> None:
        idle_since = time.monotonic()
        while time.monotonic() - idle_since < STOP_SECONDS:
            time.sleep(0.5)
            if self._busy:
                idle_since = time.monotonic()
        logging.getLogger("khabar.stage").warning("the broker does not let go; the process ends without a last commit")
        exit_now(code)
