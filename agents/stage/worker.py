"""The loop of a stage: take a batch, work, send, await, acknowledge; in this order, or the process ends."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import structlog

from agents import metrics
from agents.stage import lifeline
from agents.stage.app import raw_topic
from agents.stage.buffer import MAX_BATCH_BYTES, Buffer
from agents.stage.records import Outcome, Record, Rejected, StoppingError, Watch
from agents.stage.sender import Sender
from schemas.errors import KhabarError, ProcessingError

if TYPE_CHECKING:
    from agents.settings import Settings
    from agents.stage.app import StageApp
    from agents.stage.journal import Journal
    from agents.stage.records import Work
    from schemas.topics import StageSpec

MESSAGE_MS: Final = 1000
"""Faust gives timestamps in seconds."""

log = structlog.get_logger("khabar.stage")


class StageWorker:
    """Everything between the stage's input topic and its output, for one process."""

    def __init__(self, app: StageApp, settings: Settings, spec: StageSpec, work: Work, journal: Journal) -> None:
        """Wire agent and batch loop into ``app``."""
        self._app, self._spec, self._work, self._journal = app, spec, work, journal
        self._sender = Sender(app, settings, spec)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=spec.name)
        self._watch = Watch(waiting=self._on_waiting)
        self._exit_timer = lifeline.IdleExit()
        most, most_bytes = settings.worker_batch * work.batch_factor, MAX_BATCH_BYTES * work.batch_factor
        self._buffer: Buffer[Any] = Buffer(most, lambda event: len(event.message.value or b""), most_bytes)
        self._at_work = asyncio.Lock()
        app.on_failing = self._on_failing
        app.task(self._batches)
        app.agent(raw_topic(app, settings, spec.reads), name=spec.name, concurrency=1)(self._fill)

    async def come_to_rest(self) -> None:
        """Return when the batch in hand is done, and begin no other; what waits is read again after the restart."""
        self._watch.stopping.set()
        self._exit_timer.start(lifeline.EXIT_UNFINISHED)
        await self._at_work.acquire()  # for good

    async def _fill(self, stream: Any) -> None:  # noqa: ANN401 - Faust's stream
        """The agent only moves events to the buffer; noack(): they are acknowledged by hand, in :meth:`_process`."""
        async for event in stream.noack().events():
            await self._buffer.put(event)

    async def _batches(self) -> None:
        """Work on batches for ever; an unexpected error ends the process before anything is acknowledged."""
        try:
            due = 0.0
            while True:
                batch = await self._buffer.take(due - time.monotonic())
                due = time.monotonic() + self._work.interval
                for part in self._apart(batch):
                    if events := self._current(part):
                        await self._process(events)
        except asyncio.CancelledError:
            raise
        except BaseException:  # whatever it is, the next process resumes before the failed record
            log.exception("the stage failed; its restart will resume at the same record")
            lifeline.exit_now(lifeline.EXIT_FAILED)

    async def _process(self, events: list[Any]) -> None:
        """One batch from records to acknowledgements, strictly in order; Faust commits them twice a second."""
        records = [_record(event) for event in events]
        started = time.monotonic()
        try:
            outcomes = await self._do(records)
        except StoppingError:
            log.info("stopped while it waited; what was in hand will be read again")
            self._drop(events)
            return
        await self._sender.send(records, outcomes)
        for event in events:
            event.ack()
        self._journal.finish(record.position for record in records)
        self._measure(records, time.monotonic() - started)

    async def _do(self, records: list[Record]) -> list[Outcome]:
        """The stage's work, in its thread; what kills or hangs the process is found by the journal."""
        if len(records) == 1 and self._journal.is_poison(records[0].position):
            msg = "the worker process died each time it worked on this message alone"
            return [Rejected(ProcessingError(msg))]
        self._journal.begin([record.position for record in records])
        try:
            with lifeline.hang_exit(), self._exit_timer.busy():
                loop = asyncio.get_running_loop()
                outcomes = await loop.run_in_executor(self._thread, self._work, records, self._watch)
        except KhabarError:
            self._journal.absolve()
            raise
        self._journal.absolve()
        return outcomes

    def _apart(self, events: list[Any]) -> list[list[Any]]:
        """The batch in order, with each suspect of an earlier death alone."""
        parts: list[list[Any]] = [[]]
        for event in events:
            if self._journal.is_suspect(_position(event)):
                parts += [[event], []]
            else:
                parts[-1].append(event)
        return [part for part in parts if part]

    def _current(self, events: list[Any]) -> list[Any]:
        """Without what another worker may have by now: an older generation's events are read again, never acked."""
        generation = None if self._watch.stopping.is_set() else self._app.consumer_generation_id
        current: list[Any] = []
        stale: list[Any] = []
        for event in events:
            (current if event.message.generation_id == generation else stale).append(event)
        self._drop(stale)
        return current

    def _drop(self, events: list[Any]) -> None:
        """Let go of events without acknowledging; Faust would wait for them at the next rebalance."""
        for event in events:
            self._app.consumer.unacked.discard(event.message)

    def _on_failing(self) -> None:
        self._watch.stopping.set()
        self._exit_timer.start(lifeline.EXIT_FAILED)

    def _on_waiting(self) -> None:
        """The work waits for a service: its records are innocent, and it does not hang."""
        self._journal.absolve()
        lifeline.arm()

    def _measure(self, records: list[Record], seconds: float) -> None:
        metrics.processed.labels(self._spec.name).inc(len(records))
        metrics.batch_messages.labels(self._spec.name).observe(len(records))
        metrics.stage_seconds.labels(self._spec.name).observe(seconds)
        for record in records:
            log.debug("done", topic=record.topic, partition=record.partition, offset=record.offset, article=record.key)


def _record(event: Any) -> Record:  # noqa: ANN401 - Faust's event
    message = event.message
    headers = message.headers.items() if isinstance(message.headers, dict) else message.headers or ()
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp_ms=round(message.timestamp * MESSAGE_MS),
        key=message.key,
        value=message.value,
        headers=tuple(headers),
    )


def _position(event: Any) -> str:  # noqa: ANN401 - Faust's event
    return f"{event.message.topic}/{event.message.partition}/{event.message.offset}"
