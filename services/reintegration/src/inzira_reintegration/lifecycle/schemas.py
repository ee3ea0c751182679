"""Reopening on the wire."""

from uuid import UUID

from inzira_platform.http import Day, Schema, Written
from pydantic import Field


class ReopeningCreate(Schema):
    """From when the person is followed again."""

    reopened_on: Day | None = Field(None, description="today when absent; a past day is a late fact")


class CaseWritten(Written):
    """The new case."""

    previous_case_id: UUID
    state: str
