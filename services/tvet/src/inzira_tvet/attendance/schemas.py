"""Attendance on the wire."""

from datetime import date
from uuid import UUID

from inzira_platform.http import Code, Day, Schema
from pydantic import Field


class MarkCreate(Schema):
    training_id: UUID
    present: bool


class AttendanceCreate(Schema):
    """One class on one day, for all its trainees in one call. The day may be past."""

    facility: Code
    programme_code: Code
    held_on: Day
    marks: list[MarkCreate] = Field(min_length=1, max_length=200)


class AttendanceWritten(Schema):
    """How many marks were new, corrected an earlier one, or were known already."""

    held_on: date
    recorded: int
    corrected: int
    unchanged: int
