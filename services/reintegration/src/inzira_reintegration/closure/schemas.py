"""Closures on the wire."""

from typing import Literal
from uuid import UUID

from inzira_platform.http import Day, Schema, Written
from pydantic import Field

from inzira_reintegration.case.domain import ClosureCode


class ClosureCreate(Schema):
    """Why and from when the case is to be closed."""

    closure_code: ClosureCode
    closes_on: Day | None = Field(None, description="today when absent; a past day is a late fact")


class ApprovalCreate(Schema):
    """A supervisor's answer."""

    decision: Literal["APPROVE", "REFUSE"] = "APPROVE"


class ClosureWritten(Written):
    """The request with its own version."""

    case_id: UUID
    state: str
    closure_code: str


class CriterionRead(Schema):
    """One criterion of closure, and why it is not met."""

    code: str
    met: bool
    reasons: list[str]


class Readiness(Schema):
    """Every criterion as of today; which of them count depends on the closure code."""

    case_id: UUID
    criteria: list[CriterionRead]
    codes: dict[str, list[str]] = Field(description="criteria each closure code asks for")
