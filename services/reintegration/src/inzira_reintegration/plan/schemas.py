"""Assessments and plans on the wire. Codes only: free text about a person stays out of this service."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from inzira_platform.http import Code, Day, Schema, Written
from pydantic import Field

from inzira_reintegration.case.domain import Tier
from inzira_reintegration.plan.domain import AssessmentKind, GoalState

DomainCode = Literal["D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11", "D12"]
Score = Annotated[int, Field(ge=0, le=4, strict=True)]


class AssessmentCreate(Schema):
    """All twelve domains, scored on one day."""

    kind: AssessmentKind
    held_on: Day
    scores: dict[DomainCode, Score] = Field(max_length=12, description="all twelve; 0 crisis to 4 good")


class GoalWrite(Schema):
    """One goal of the person's own."""

    domain_code: DomainCode
    goal_code: Code
    owner: Literal["PERSON", "FAMILY", "WORKER", "RCS", "PARTNER", "LOCAL_AUTHORITY"] = "PERSON"
    due_on: Day
    state: GoalState = GoalState.OPEN


class PlanWrite(Schema):
    """The next version of the plan; agreed once it is signed."""

    goals: list[GoalWrite] = Field(max_length=50)
    tier: Tier | None = Field(None, description="how intensely the person is followed; unchanged when absent")
    signed_on: Day | None = None


class AssessmentWritten(Written):
    """The assessment; `version` is the case's."""

    case_id: UUID


class PlanWritten(Written):
    """The plan's version; `version` is the case's, for the next If-Match."""

    case_id: UUID
    plan_version: int
    is_signed: bool


class GoalRead(Schema):
    """One goal."""

    position: int
    domain_code: str
    goal_code: str
    owner: str
    due_on: date
    state: str


class AssessmentRead(Schema):
    """One assessment."""

    id: UUID
    kind: str
    held_on: date
    scores: dict[str, int]
    recorded_by: str


class PlanRead(Schema):
    """The newest version with its goals, and the assessments; `plan_version` is absent before the first plan."""

    case_id: UUID
    plan_version: int | None
    tier: str | None
    signed_on: date | None
    goals: list[GoalRead]
    assessments: list[AssessmentRead]
