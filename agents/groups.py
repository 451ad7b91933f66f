"""Has a stage's consumer group come together?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.kafka import TIMEOUT_SECONDS, group_name, unreachable

if TYPE_CHECKING:
    from confluent_kafka.admin import AdminClient

    from agents.settings import Settings
    from schemas.topics import StageSpec


def joined(admin: AdminClient, settings: Settings, stage: StageSpec) -> bool:
    """Whether the stage's group is stable and has a member with partitions.

    Raises:
        BrokerError: no broker answers.
    """
    from confluent_kafka import ConsumerGroupState, KafkaError, KafkaException

    group = group_name(settings, stage)
    try:
        found = admin.describe_consumer_groups([group], request_timeout=TIMEOUT_SECONDS)[group].result()
    except KafkaException as error:
        soon = {KafkaError.GROUP_ID_NOT_FOUND, KafkaError.COORDINATOR_NOT_AVAILABLE, KafkaError.NOT_COORDINATOR,
                KafkaError.COORDINATOR_LOAD_IN_PROGRESS}  # fmt: skip
        if error.args[0].code() in soon:
            return False
        raise unreachable(settings, error.args[0].str()) from error
    stable = found.state == ConsumerGroupState.STABLE
    return stable and any(member.assignment.topic_partitions for member in found.members)
