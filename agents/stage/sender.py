"""Sends a batch's results and dead letters, and returns when the broker has acknowledged every one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import structlog
from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError
from faust.exceptions import ProducerSendError

from agents import metrics
from agents.stage.app import StageApp, raw_topic
from agents.stage.letters import letter_headers, without_value
from agents.stage.records import Emitted, Outcome, Record, Rejected
from schemas.errors import KhabarError, TooLargeError
from schemas.topics import DEAD_LETTER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from agents.settings import Settings
    from schemas.topics import StageSpec

TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)
"""The client's own check, and the broker's answer."""

log = structlog.get_logger("khabar.stage")


class Sender:
    """The output topic and the dead letters of one stage."""

    def __init__(self, app: StageApp, settings: Settings, spec: StageSpec) -> None:
        """Nothing is sent yet."""
        self._stage = spec.name
        self._output = raw_topic(app, settings, spec.writes) if spec.writes else None
        self._dead_letters = raw_topic(app, settings, DEAD_LETTER)

    async def send(self, records: Sequence[Record], outcomes: Sequence[Outcome]) -> None:
        """Send all in order; raises what aiokafka raises when the broker refuses for another reason than size."""
        pending = []
        for record, outcome in zip(records, outcomes, strict=True):
            if isinstance(outcome, Emitted):
                pending.append((record, await self._emit(record, outcome)))
            elif isinstance(outcome, Rejected):
                await self.bury(record, outcome.error)
        for record, acknowledged in pending:
            await self._acknowledged(record, acknowledged)

    async def _emit(self, record: Record, outcome: Emitted) -> Awaitable[Any] | None:
        """Hand the result to the producer; what it returns is done when the broker has it."""
        if self._output is None:
            msg = f"{self._stage} emits a message but has no output topic"
            raise TypeError(msg)
        try:
            return await _hand_over(self._output, key=outcome.key, value=outcome.value)
        except TOO_LARGE as error:
            await self.bury(record, _too_large(error))
            return None

    async def _acknowledged(self, record: Record, acknowledged: Awaitable[Any] | None) -> None:
        try:
            if acknowledged is not None:
                await acknowledged
        except TOO_LARGE as error:
            await self.bury(record, _too_large(error))

    async def bury(self, record: Record, error: KhabarError) -> None:
        """Put the record into the dead letters; awaited twice, so that it is there before the offset moves on."""
        headers = letter_headers(record, self._stage, error, time.time())
        try:
            await (await _hand_over(self._dead_letters, key=record.key, value=record.value, headers=headers))
        except TOO_LARGE:
            # Only a topic with other limits than Khabar's lets such a record in; the stream must go on.
            headers = without_value(headers, record)
            await (await _hand_over(self._dead_letters, key=record.key, value=b"", headers=headers))
        metrics.dead_lettered.labels(self._stage, type(error).__name__).inc()
        log.warning(
            "dead letter",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            article=record.key,
            error=type(error).__name__,
            reason=str(error),
        )


async def _hand_over(topic: Any, **record: Any) -> Awaitable[Any]:  # noqa: ANN401 - Faust's topic
    """Give a record to the producer; the result is done when the broker has acknowledged it."""
    try:
        acknowledged: Awaitable[Any] = await topic.send(**record)
    except ProducerSendError as error:
        if isinstance(error.__cause__, TOO_LARGE):  # Faust wraps the client's own check
            raise error.__cause__ from error
        raise
    return acknowledged


def _too_large(error: Exception) -> TooLargeError:
    return TooLargeError(f"the broker does not take the annotated message: {error}")
