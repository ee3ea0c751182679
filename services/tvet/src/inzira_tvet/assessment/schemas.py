"""Assessments on the wire."""

from typing import Annotated
from uuid import UUID

from inzira_platform.http import Code, Day, Schema, Written
from pydantic import Field, StringConstraints

from inzira_tvet.account import Account
from inzira_tvet.assessment.domain import Result

EvidenceRef = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$")]


class ModuleAssessmentCreate(Schema):
    """One sitting of a module. A reassessment may leave out outcomes already competent. The day may be past."""

    module_code: Code
    assessed_on: Day
    assessor: Account
    outcomes: dict[Code, Result] = Field(min_length=1, max_length=50, description="outcome code to C or NYC")
    evidence: list[EvidenceRef] = Field(default=[], max_length=20, description="references to evidence kept apart")
    supersedes: UUID | None = Field(None, description="the assessment this one corrects")
    reason_code: Code | None = None


class IntegratedAssessmentCreate(Schema):
    """The integrated assessment, judged by another than the trainee's instructor. The day may be past."""

    assessed_on: Day
    assessor: Account
    result: Result
    supersedes: UUID | None = Field(None, description="the assessment this one corrects")
    reason_code: Code | None = None


class AssessmentWritten(Written):
    """`id` is the assessment's, `version` and `state` are the training's."""

    state: str
    attempt: int
    result: Result
