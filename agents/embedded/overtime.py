"""Work in the engine that runs on past its time.

The engine looks at the clock between blocks. Within one block an analyst can keep it busy for hours
(``editDistance`` of long texts, for one), and a thread cannot be ended from outside. So whoever asked gets ClickHouse's
own error, and the process ends and is started again, in a second or two: no acknowledged row is lost by that.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeVar

from agents.embedded.chdb_store import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

GRACE_SECONDS: Final = 15.0
"""After ``max_execution_time``: a block that takes long, and a busy machine."""
TIMEOUT_EXCEEDED: Final = 159
T = TypeVar("T")


class OvertimeError(QueryError):
    """The work goes on, and nothing of its session may be touched."""


class Overtime:
    """Runs work in threads and notices what does not come back."""

    def __init__(self, seconds: float) -> None:
        """Give each piece of work ``seconds`` from the moment that a thread takes it up."""
        self._seconds = seconds
        self.happened = asyncio.Event()
        """Set once something runs on: the process should end."""

    async def run(self, pool: Executor, work: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401 - the work's own
        """Run ``work`` in ``pool`` and return what it returns; the time spent waiting for a thread does not count.

        Raises:
            OvertimeError: it does not come back in time (TIMEOUT_EXCEEDED).
        """
        loop = asyncio.get_running_loop()
        late = loop.create_future()
        timers: list[asyncio.TimerHandle] = []

        def begin() -> T:
            loop.call_soon_threadsafe(lambda: timers.append(loop.call_later(self._seconds, self._give_up, late)))
            return work(*arguments)

        done = loop.run_in_executor(pool, begin)
        try:
            await asyncio.wait({done, late}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for timer in timers:
                timer.cancel()
        if done.done():
            return done.result()
        msg = f"Timeout exceeded: the query does not end {self._seconds:.0f} s after it began; ClickHouse starts again"
        raise OvertimeError(f"Code: {TIMEOUT_EXCEEDED}. DB::Exception: {msg}. (TIMEOUT_EXCEEDED)", TIMEOUT_EXCEEDED)  # noqa: EM102

    def _give_up(self, late: asyncio.Future[None]) -> None:
        if not late.done():
            late.set_result(None)
            self.happened.set()
