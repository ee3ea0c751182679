"""Assignments and handovers on the wire."""

from typing import Annotated
from uuid import UUID

from inzira_platform.http import Code, Day, Schema, Written
from pydantic import Field, StringConstraints

from inzira_reintegration.responsibility.domain import Decision, Role

Account = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
Org = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class AssignmentCreate(Schema):
    """Who takes charge (PRIMARY), or accompanies from the facility (RCS)."""

    worker_id: Account
    role: Role = Role.PRIMARY
    started_on: Day | None = Field(None, description="today when absent; a past day is a late fact")


class HandoverCreate(Schema):
    """To whom the case is offered."""

    to_worker: Account
    to_org: Org
    reason_code: Code | None = None
    offered_on: Day | None = Field(None, description="today when absent; a past day is a late fact")


class DecisionCreate(Schema):
    """The answer to an offer."""

    decision: Decision
    decided_on: Day | None = Field(None, description="today when absent; a past day is a late fact")
    reason_code: Code | None = None


class AssignmentWritten(Written):
    """The assignment; `version` is the case's."""

    case_id: UUID


class HandoverWritten(Written):
    """The handover, its own version, and its case."""

    case_id: UUID
    state: str


class CaseloadRead(Schema):
    """What one worker carries."""

    worker_id: str
    org: str
    cases: int
    weighted: float = Field(description="standard cases; a high-tier case counts double, a low-tier one half")
    over_limit: bool


class CaseloadList(Schema):
    """Every worker with open cases in your reach."""

    items: list[CaseloadRead]
