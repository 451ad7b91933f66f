"""How a worker stops when it is asked to: finish the batch in hand, commit, end.

Faust's own shut-down is not waited for. It does nothing for the records that this leaves undone, and it hangs where
it meets a start or a rebalance: a thread of its consumer that is just starting is never told to stop, and aiokafka
waits for the answer to a request to join the group, which the broker gives when every other member has joined or
lost its session. A worker has a static group instance id and would not leave its group anyhow.
"""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Final

import faust
import structlog

from agents.stage import lifeline

if TYPE_CHECKING:
    from agents.stage.app import StageApp
    from agents.stage.worker import StageWorker

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)

log = structlog.get_logger("khabar.stage")


class StageProcess(faust.Worker):  # type: ignore[misc]
    """Faust's worker in this process: no web server, our own logs, our own end on SIGTERM and SIGINT."""

    def __init__(self, app: StageApp, stage: StageWorker) -> None:
        """Make the event loop of this thread; nothing is started."""
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        super().__init__(app, loop=loop, quiet=True, override_logging=False, redirect_stdouts=False)
        self.spinner = None
        self._stage = stage
        self._stopping: asyncio.Task[None] | None = None

    def install_signal_handlers(self) -> None:
        """Faust's, but for the two that ask to stop."""
        super().install_signal_handlers()
        for number in SIGNALS:
            self.loop.add_signal_handler(number, self._on_asked)

    def run(self) -> int:
        """Work until an error ends it, and return the exit status; when asked to stop, the process ends in here."""
        try:
            self.execute_from_commandline()
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else int(bool(ended.code))
        return 0

    def _on_asked(self) -> None:
        if self._stopping is None:
            self._stopping = self.loop.create_task(self._stop_asked())

    async def _stop_asked(self) -> None:
        await self._stage.come_to_rest()
        if await self.app.consumer.commit_all():
            log.info("stopped")
            lifeline.exit_now(lifeline.EXIT_STOPPED)
        log.warning("stopped, but the last commit is missing; a little will be done again")
        lifeline.exit_now(lifeline.EXIT_UNFINISHED)
