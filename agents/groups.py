"""Who works in a stage's consumer group?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.kafka import TIMEOUT_SECONDS, group_name, unreachable

if TYPE_CHECKING:
    from confluent_kafka.admin import AdminClient

    from agents.settings import Settings
    from schemas.topics import StageSpec


def working_members(admin: AdminClient, settings: Settings, stage: StageSpec) -> set[str]:
    """Ids of the members of the stage's group that hold partitions; none while the group comes together.

    A worker gets a new id each time it joins; those of a run before are listed until their session expires.

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
            return set()
        raise unreachable(settings, error.args[0].str()) from error
    if found.state != ConsumerGroupState.STABLE:
        return set()
    return {member.member_id for member in found.members if member.assignment.topic_partitions}
