"""Visits on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from inzira_platform.http import Code, Day, Schema, Written
from pydantic import Field

DomainCode = Literal["D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11", "D12"]
Score = Annotated[int, Field(ge=0, le=4, strict=True)]
Scores = Annotated[
    dict[DomainCode, Score], Field(max_length=12, description="0 crisis, 1 poor, 2 fragile, 3 adequate, 4 good")
]


class VisitCreate(Schema):
    """A contact that took place, however long ago."""

    kind: Literal["HOME", "WORKPLACE", "OFFICE", "PHONE", "GROUP"]
    held_on: Day
    scores: Scores = Field(default_factory=dict)
    due_code: Code | None = Field(None, description="the due contact it satisfies; found by the rules when absent")


class VisitWritten(Written):
    """The visit and the due contact it satisfied; `version` is the case's."""

    case_id: UUID
    due_code: str | None
    in_time: bool | None


class VisitRead(Schema):
    """A visit with what was found."""

    id: UUID
    kind: str
    held_on: date
    scores: dict[str, int]
    is_review: bool
    due_code: str | None
    in_time: bool | None
    recorded_at: datetime
    recorded_by: str


class VisitList(Schema):
    """Visits of one case, the latest first."""

    items: list[VisitRead]
