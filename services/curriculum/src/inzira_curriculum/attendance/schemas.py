"""Attendance on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from inzira_platform.http import Code, Day, Schema, Written
from pydantic import Field

from inzira_curriculum.attendance.domain import AttendanceCode, MarkKind
from inzira_curriculum.cohort.domain import CohortState


class MarkCreate(Schema):
    enrolment_id: UUID
    code: AttendanceCode = Field(description="P present, L late, E excused, U unexcused, M made up")


class RegisterCreate(Schema):
    """One session's register for the whole group, in one call; people may be sent later or corrected."""

    held_on: Day = Field(description="the day the session was held; past days are normal")
    marks: Annotated[list[MarkCreate], Field(min_length=1, max_length=200)]
    reason_code: Code | None = Field(
        None,
        description="needed once marks are past their edit window: "
        "WRONG_CODE, WRONG_PERSON, WRONG_DATE, LATE_INFORMATION or EXCUSE_PROVEN",
    )


class RegisterWritten(Written):
    """`id` is the session's record, `version` the cohort's."""

    cohort_state: CohortState
    sessions_held: int
    recorded: int = Field(description="marks written for the first time")
    changed: int = Field(description="marks edited, made up or corrected")
    unchanged: int


class MarkRead(Schema):
    """A mark; a superseded one stays visible with is_current false."""

    id: UUID
    session_code: str
    code: AttendanceCode
    held_on: date
    kind: MarkKind
    reason_code: str | None
    supersedes_id: UUID | None
    is_current: bool
    recorded_at: datetime
    recorded_by: str


class MarkList(Schema):
    items: list[MarkRead]
