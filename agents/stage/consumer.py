"""The Kafka consumer of a stage: commits before partitions are taken away, and knows what it has not committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faust.transport.drivers.aiokafka import Consumer, Transport

if TYPE_CHECKING:
    from collections.abc import Mapping


class CommittingConsumer(Consumer):  # type: ignore[misc]
    """Faust forgets what was acknowledged before its own commit in a rebalance; this one commits first."""

    def __post_init__(self) -> None:
        """Nothing is acknowledged yet."""
        super().__post_init__()
        self._owed: dict[Any, int] = {}  # the next offset of each partition with acknowledged, uncommitted records

    def ack(self, message: Any) -> bool:  # noqa: ANN401 - Faust's message
        """Acknowledge a message; tells whether it was the first time."""
        acknowledged = bool(super().ack(message))
        if acknowledged:
            self._owed[message.tp] = message.offset + 1
        return acknowledged

    async def commit_all(self) -> bool:
        """Commit whatever is acknowledged by now; tells whether the broker has all of it."""
        # Faust's commit does nothing while another one runs, and that one began without the newest.
        await self.maybe_wait_for_commit_to_finish()
        await self.commit()
        return not self._owed

    async def wait_empty(self) -> None:
        """Wait for the batch in hand (in a rebalance) and commit it."""
        await super().wait_empty()
        await self.commit_all()

    async def on_partitions_revoked(self, revoked: Any) -> None:  # noqa: ANN401 - Faust's set of TP
        """Commit first, so that a rebalance repeats nothing that was acknowledged."""
        await self.commit_all()
        await super().on_partitions_revoked(revoked)
        for partition in revoked:  # what the broker did not take is their next owner's
            self._owed.pop(partition, None)

    async def _commit(self, offsets: Mapping[Any, int]) -> bool:
        committed = bool(await super()._commit(offsets))
        if committed:
            self._owed = {tp: owed for tp, owed in self._owed.items() if owed > offsets.get(tp, 0)}
        return committed


class StageTransport(Transport):  # type: ignore[misc]
    """Faust's Kafka transport with that consumer."""

    Consumer = CommittingConsumer
