"""The worklist on the wire."""

from datetime import date, datetime
from uuid import UUID

from inzira_platform.http import Schema
from pydantic import Field


class WorkItem(Schema):
    """Something to be done for a person."""

    id: UUID
    case_id: UUID
    person_id: UUID
    kind: str
    code: str
    earliest_on: date
    due_on: date
    latest_on: date
    state: str
    escalation: str
    review: bool


class WorkFlag(Schema):
    """An open flag."""

    id: UUID
    version: int
    case_id: UUID
    person_id: UUID
    level: str
    state: str
    raised_at: datetime
    clock_due_at: datetime | None
    escalation: int


class WorkHandover(Schema):
    """An offer waiting for an answer."""

    id: UUID
    case_id: UUID
    person_id: UUID
    from_worker: str
    to_worker: str
    to_org: str
    state: str
    accept_by: datetime


class WorkConsent(Schema):
    """A case whose organisation may not see the person: to be asked by the facility."""

    case_id: UUID
    person_id: UUID
    org: str = Field(description="the organisation to ask for")
    state: str
    expected_release_on: date | None
    released_on: date | None


class WorklistRead(Schema):
    """My week."""

    due: list[WorkItem]
    overdue: list[WorkItem]
    flags: list[WorkFlag]
    handovers: list[WorkHandover]
    consents: list[WorkConsent] = Field(
        description="for a facility: open cases that nobody of the organisation can see until the person agrees"
    )
    truncated: bool = Field(description="a list was cut at 200; finish these first")
