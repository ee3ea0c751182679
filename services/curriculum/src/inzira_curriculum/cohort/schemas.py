"""Cohorts on the wire."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from inzira_platform.http import Code, Day, Schema, Written
from pydantic import Field

from inzira_curriculum.cohort.domain import CohortState


class CohortSort(StrEnum):
    STARTS_ON = "starts_on"
    NEWEST = "-starts_on"


class CohortCreate(Schema):
    """A new group. The first day may lie in the past: late facts are normal."""

    programme_code: Code
    programme_version: int | None = Field(None, ge=1, le=10_000, description="the version valid that day if absent")
    facility: Code
    starts_on: Day
    capacity: int | None = Field(None, ge=1, le=1000, description="places; the programme's target if absent")


class CohortWritten(Written):
    state: CohortState
    programme_version: int


class CohortSummary(Schema):
    id: UUID
    programme_code: str
    programme_version: int
    facility: str
    starts_on: date
    capacity: int
    state: CohortState
    sessions_held: int
    version: int


class PlannedSession(Schema):
    """A session of the programme, and what is recorded of it."""

    code: str
    title: str
    module_code: str
    is_mandatory: bool
    planned_week: int
    held_on: date | None
    present: int | None
    absent: int | None


class CohortRead(CohortSummary):
    planned_end: date
    sessions_total: int
    sessions: list[PlannedSession]
