"""The topics of topics/*.yaml: who writes, who reads, how many partitions. Read at first use."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict, Field

from inzira_contracts.registry import topic_of

__all__ = ["TOPICS", "Topic", "topic_of", "topics"]

TOPICS: Mapping[str, "Topic"]


class Topic(BaseModel):
    """One Kafka topic. Only its producers may write; partitions never grow in place (events.md 4)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^inzira\.[a-z]+$")
    description: str = Field(min_length=1, max_length=300)
    producers: tuple[str, ...] = Field(min_length=1)
    consumers: tuple[str, ...]
    partitions: int = Field(ge=1, le=1000)
    retention_days: int = Field(ge=1, le=3650)
    sequenced: bool

    @property
    def dead_letter(self) -> str:
        """The topic that holds copies of what a consumer parked: ids and error class, no payload."""
        return f"{self.name}.dlq"


@cache
def topics() -> Mapping[str, Topic]:
    """Every topic by name. Raises ValueError when a file breaks the form."""
    found = (
        Topic.model_validate(yaml.safe_load(file.read_text("utf-8")))
        for file in sorted((files(__package__) / "topics").iterdir(), key=lambda file: file.name)
        if file.name.endswith(".yaml")
    )
    return MappingProxyType({topic.name: topic for topic in found})


def __getattr__(name: str) -> object:
    """TOPICS, read at first use so that importing stays free."""
    if name == "TOPICS":
        return topics()
    raise AttributeError(name)
