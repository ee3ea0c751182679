"""Lists and counts on the wire."""

from inzira_platform.http import Schema
from pydantic import Field

from inzira_gateway.freshness.schemas import Aged
from inzira_gateway.journey.schemas import HeadRead, NameRead


class PersonRead(HeadRead):
    """A person in a list."""

    name: NameRead | None = Field(None, description="for callers who may see it, while intake answers")


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
