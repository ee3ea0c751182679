"""Schedules on the wire."""

from datetime import date
from typing import Literal
from uuid import UUID

from inzira_platform.http import Code, Day, Schema, Written
from pydantic import Field


class DueItemRead(Schema):
    """One item of a schedule; cancelled ones stay, with the reason."""

    id: UUID
    case_id: UUID
    person_id: UUID
    kind: str = Field(description="MILESTONE, VISIT, LEGAL or PROTOCOL")
    code: str
    earliest_on: date
    due_on: date
    latest_on: date
    accepts: list[str] = Field(description="kinds of visit that satisfy it; empty: any")
    review: bool
    optional: bool
    state: str
    cause: str
    cancelled_cause: str | None
    escalation: str
    done_on: date | None
    outcome_code: str | None


class Schedule(Schema):
    """What is and was due of one case, by day."""

    case_id: UUID
    items: list[DueItemRead]


class CompletionCreate(Schema):
    """How an item was completed."""

    done_on: Day
    outcome_code: Code
    checklist: dict[Code, Literal["YES", "NO", "NOT_NEEDED"]] = Field(default_factory=dict, max_length=20)


class CompletionWritten(Written):
    """The item; `version` is the case's."""

    case_id: UUID
    state: str
