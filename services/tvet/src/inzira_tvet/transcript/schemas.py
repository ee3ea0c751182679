"""One training whole, on the wire."""

from datetime import date, datetime
from uuid import UUID

from inzira_platform.http import Schema
from pydantic import Field

from inzira_tvet.assessment.service import Result
from inzira_tvet.training.service import State


class SittingRead(Schema):
    id: UUID
    attempt: int
    assessed_on: date
    assessor: str
    outcomes: dict[str, Result]
    result: Result


class IntegratedRead(Schema):
    id: UUID
    attempt: int
    assessed_on: date
    assessor: str
    result: Result


class ModuleProgress(Schema):
    """A module of the programme and how far the trainee is: `result` is null until it is assessed."""

    code: str
    title: str
    result: Result | None
    is_credited: bool
    sittings: list[SittingRead]


class AttendanceRead(Schema):
    present: int
    marked: int
    share: float | None = Field(description="between 0 and 1; null before the first day")
    percent_needed: int


class NeedRead(Schema):
    """One thing still needed: a code, plain words, and the modules or figures that explain it."""

    code: str
    message: str
    modules: list[str]
    figures: dict[str, int]


class ChangeRead(Schema):
    action: str
    from_state: str
    to_state: str
    reason_code: str | None
    changed_on: date
    recorded_at: datetime
    recorded_by: str


class StatementRead(Schema):
    """What a statement says: the modules of a programme, never where they were learned."""

    id: UUID
    programme_code: str
    programme_version: int
    modules: list[str]
    issued_on: date


class AwardRead(Schema):
    """What an award says: trade, level, certificate, number and day, never where it was earned."""

    id: UUID
    programme_code: str
    trade: str
    rtqf_level: int
    certificate: str
    rtb_number: str
    awarded_on: date


class TrainingRead(Schema):
    """The training with everything recorded in it, and what is still needed for the award."""

    id: UUID
    person_id: UUID
    programme_code: str
    programme_version: int
    trade: str
    rtqf_level: int
    facility: str
    instructor: str
    state: State
    state_on: date = Field(description="the day the state began")
    opened_on: date
    resumes_training_id: UUID | None
    version: int
    hours: int
    attendance: AttendanceRead
    modules: list[ModuleProgress]
    integrated: list[IntegratedRead]
    is_complete: bool
    still_needed: list[NeedRead]
    changes: list[ChangeRead]
    statements: list[StatementRead]
    award: AwardRead | None
