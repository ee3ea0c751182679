"""Lists and counts on the wire."""

from typing import Any

from inzira_platform.http import Schema
from pydantic import Field

from inzira_gateway.freshness.schemas import Aged
from inzira_gateway.journey.schemas import HeadRead


class PersonRead(HeadRead):
    """A person in a list."""

    name: dict[str, Any] | None = Field(None, description="as intake gives it, for callers who may see it")


class PersonsRead(Aged):
    items: list[PersonRead]
    next_cursor: str | None = None


class FacilityRead(Schema):
    facility: str | None = Field(description="absent for persons known by no admission")
    total: int
    stages: dict[str, int]


class StagesRead(Aged):
    facilities: list[FacilityRead]
    total: int
    stages: dict[str, int] = Field(description="over all facilities in the caller's reach")
