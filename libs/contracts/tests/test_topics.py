"""The topics: complete, well-formed, and written by their owner alone."""

import pytest
from inzira_contracts.registry import REGISTRY, topic_of
from inzira_contracts.topics import TOPICS, Topic, topics
from pydantic import ValidationError


def test_every_type_has_its_topic() -> None:
    assert {topic_of(type) for type in REGISTRY} == set(TOPICS) == set(topics())


def test_partitions_and_dead_letter() -> None:
    assert {topic.partitions for topic in TOPICS.values()} == {12}
    assert TOPICS["inzira.intake"].dead_letter == "inzira.intake.dlq"


def test_gateway_reads_everything() -> None:
    assert all("gateway" in topic.consumers for topic in TOPICS.values())


def test_only_the_access_topic_is_unsequenced() -> None:
    assert [name for name, topic in TOPICS.items() if not topic.sequenced] == ["inzira.access"]


def test_topic_refuses_a_key_it_does_not_know() -> None:
    with pytest.raises(ValidationError):
        Topic.model_validate(TOPICS["inzira.intake"].model_dump() | {"replicas": 3})
