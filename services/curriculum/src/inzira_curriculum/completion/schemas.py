"""Progress and completion on the wire."""

from datetime import date, datetime
from uuid import UUID

from inzira_platform.http import Day, Schema, Written
from pydantic import Field

from inzira_curriculum.assessment.domain import Phase
from inzira_curriculum.completion.domain import Rule
from inzira_curriculum.enrolment.domain import Action, EnrolmentState


class EnrolmentSummary(Schema):
    id: UUID
    person_id: UUID
    cohort_id: UUID
    programme_code: str
    programme_version: int
    facility: str
    state: EnrolmentState
    since_on: date
    enrolled_on: date
    continues_id: UUID | None
    override_reason: str | None
    version: int


class EnrolmentList(Schema):
    items: list[EnrolmentSummary]


class ChangeRead(Schema):
    action: Action
    from_state: EnrolmentState
    to_state: EnrolmentState
    reason_code: str
    occurred_on: date
    recorded_by: str
    recorded_at: datetime


class UnmetRead(Schema):
    """A rule of completion not met yet."""

    rule: Rule
    subject: str = Field(description="the programme, module, session or flag level the rule is about")
    have: int
    need: int


class ModuleProgress(Schema):
    code: str
    attended: int
    needed: int
    sessions: int


class ProgressRead(Schema):
    """How far somebody is, and whether they can still complete."""

    attended: int
    made_up: int
    missed: int
    needed: int
    sessions_total: int
    absences_left: int
    make_ups_left: int
    at_risk: list[str] = Field(description="FEW_ABSENCES_LEFT, MODULE_SHORT:<module>, MANDATORY_MISSED:<session>")
    is_possible: bool
    is_complete: bool
    unmet: list[UnmetRead]
    modules: list[ModuleProgress]


class EnrolmentProgress(EnrolmentSummary):
    """A member of a group: enough to see at a glance who is at risk of not completing."""

    attended: int
    missed: int
    absences_left: int
    at_risk: list[str]
    is_possible: bool
    is_complete: bool


class TestRead(Schema):
    __test__ = False

    phase: Phase
    sitting: int
    score: int
    passed: bool | None
    taken_on: date


class EnrolmentRead(EnrolmentSummary):
    progress: ProgressRead
    tests: list[TestRead]
    changes: list[ChangeRead]
    certificate_serial: str | None
    continuation_offered: bool = Field(description="released early: the programme goes on in the community")


class CompletionCreate(Schema):
    decided_on: Day | None = Field(None, description="today if absent; not before the last session or test")
    accept_incomplete: bool = Field(False, description="close as NOT_COMPLETED when the rules are not met")


class CompletionWritten(Written):
    state: EnrolmentState
    is_complete: bool
    sessions_attended: int
    unmet: list[UnmetRead]
    enrolment_id: UUID
