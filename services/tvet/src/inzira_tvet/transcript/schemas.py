"""One training whole, on the wire."""

from datetime import date, datetime
from uuid import UUID

from inzira_platform.http import Schema
from pydantic import Field

from inzira_tvet.assessment.service import Result
from inzira_tvet.attainment.schemas import StatementRead
from inzira_tvet.award.schemas import AwardRead
from inzira_tvet.training.schemas import TrainingSummary


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


class TrainingRead(TrainingSummary):
    hours: int
    attendance: AttendanceRead
    modules: list[ModuleProgress]
    integrated: list[IntegratedRead]
    is_complete: bool
    still_needed: list[NeedRead]
    changes: list[ChangeRead]
    statements: list[StatementRead]
    award: AwardRead | None
