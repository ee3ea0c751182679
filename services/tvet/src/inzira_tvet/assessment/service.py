"""Keeping assessments: a new sitting takes its place by its day, a correction supersedes and never overwrites.

The caller has loaded and locked the training; what a result leads to is decided in `progress`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID

from inzira_contracts.tvet import IntegratedAssessed, ModuleAssessed
from inzira_platform.clock import Clock
from inzira_platform.errors import DomainError, Kind
from inzira_platform.ids import new_id
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_tvet.assessment.domain import (
    WHOLE,
    Judged,
    Result,
    Sitting,
    check_assessor,
    integrated_sitting,
    judge,
)
from inzira_tvet.assessment.events import integrated_assessed, module_assessed
from inzira_tvet.assessment.models import IntegratedAssessment, ModuleAssessment
from inzira_tvet.assessment.repository import integrated_sittings, module_sittings
from inzira_tvet.journal import superseding
from inzira_tvet.programme import service as programmes

__all__ = [
    "IntegratedAssessment",
    "ModuleAssessment",
    "ModuleSitting",
    "Result",
    "Trainee",
    "Whole",
    "check_assessor",
    "competent_modules",
    "integrated_sittings",
    "module_sittings",
    "record_integrated",
    "record_module",
]

Row = TypeVar("Row", ModuleAssessment, IntegratedAssessment)


class ModuleUnknownError(DomainError):
    kind = Kind.INVALID
    code = "module-unknown"
    message = "The programme has no module by this code. Read the programme for its modules."


class AlreadyAssessedError(DomainError):
    kind = Kind.CONFLICT
    code = "already-assessed"
    message = "An assessment of this day is recorded. To correct it, send its id in `supersedes`."


class NothingToSupersedeError(DomainError):
    kind = Kind.INVALID
    code = "nothing-to-supersede"
    message = "No assessment of this kind and training that still stands has this id."


@dataclass(frozen=True)
class Trainee:
    """Whose assessment it is, and under which rules."""

    training_id: UUID
    person_id: UUID
    programme: programmes.Programme


@dataclass(frozen=True)
class ModuleSitting:
    """One sitting of a module as an assessor reports it; `supersedes` names the row it corrects."""

    module_code: str
    assessed_on: date
    assessor: str
    outcomes: Mapping[str, Result]
    evidence: Sequence[str] = field(default_factory=tuple)
    supersedes: UUID | None = None
    reason_code: str | None = None


@dataclass(frozen=True)
class Whole:
    """One integrated assessment as the assessor reports it."""

    assessed_on: date
    assessor: str
    result: Result
    supersedes: UUID | None = None
    reason_code: str | None = None


async def record_module(
    session: AsyncSession, clock: Clock, by: str, trainee: Trainee, given: ModuleSitting
) -> tuple[ModuleAssessment, ModuleAssessed]:
    """Record one sitting of a module; returns the row and the event to emit last.

    Raises ModuleUnknownError, AlreadyAssessedError, NothingToSupersedeError and the refusals of `judge`.
    """
    module = trainee.programme.find_module(given.module_code)
    if module is None:
        raise ModuleUnknownError(field="module_code")
    standing = await module_sittings(session, [trainee.training_id], module.code)
    rest = _set_aside(standing, given.assessed_on, given.supersedes)
    row = _module_row(clock, by, trainee, given)
    rows = [*rest, row]
    rule = trainee.programme.rules.module
    judged = judge(
        frozenset(module.outcomes),
        [_sitting(one) for one in rows],
        max_reassessments=rule.max_reassessments,
        min_days_between=rule.min_days_between,
    )
    attempt = _write_results(rows, judged, row)
    # the superseded row leaves the unique index before the new one enters it
    await session.flush()
    session.add(row)
    await session.flush()
    event = module_assessed(row, attempt)
    for old in _replaced(standing, given.supersedes):
        told = module_assessed(old, attempt)
        event = await superseding(session, event, told, "training_id", "module_code", "occurred_at")
    return row, event


async def record_integrated(
    session: AsyncSession, clock: Clock, by: str, trainee: Trainee, instructor: str, given: Whole
) -> tuple[IntegratedAssessment, IntegratedAssessed]:
    """Record one integrated assessment; returns the row and the event to emit last.

    Raises AssessorIsInstructorError, AlreadyAssessedError, NothingToSupersedeError and the refusals of `judge`.
    """
    rules = trainee.programme.rules
    if rules.assessor_differs_from_instructor:
        check_assessor(given.assessor, instructor)
    standing = await integrated_sittings(session, [trainee.training_id])
    rest = _set_aside(standing, given.assessed_on, given.supersedes)
    row = _integrated_row(clock, by, trainee, given)
    rows = [*rest, row]
    judged = judge(
        {WHOLE},
        [integrated_sitting(one.assessed_on, Result(one.result)) for one in rows],
        max_reassessments=rules.integrated.max_reassessments,
        min_days_between=rules.integrated.min_days_between,
    )
    attempt = _write_results(rows, judged, row)
    await session.flush()
    session.add(row)
    await session.flush()
    event = integrated_assessed(row, attempt)
    for old in _replaced(standing, given.supersedes):
        told = integrated_assessed(old, attempt)
        event = await superseding(session, event, told, "training_id", "occurred_at")
    return row, event


async def competent_modules(session: AsyncSession, training_ids: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Modules whose last sitting was competent, for each of these trainings that has any."""
    latest: dict[tuple[UUID, str], str] = {}
    for row in await module_sittings(session, training_ids):
        latest[row.training_id, row.module_code] = row.result
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for (training_id, code), result in latest.items():
        if result == Result.C:
            found[training_id].add(code)
    return {training_id: frozenset(codes) for training_id, codes in found.items()}


def _set_aside(rows: Sequence[Row], assessed_on: date, supersedes: UUID | None) -> list[Row]:
    """The rows that still stand beside the new one; the superseded row is marked as such.

    Raises NothingToSupersedeError, or AlreadyAssessedError when another row holds the day.
    """
    replaced = _replaced(rows, supersedes)
    if supersedes is not None and not replaced:
        raise NothingToSupersedeError(field="supersedes")
    rest = [row for row in rows if row.id != supersedes]
    if any(row.assessed_on == assessed_on for row in rest):
        raise AlreadyAssessedError(field="assessed_on")
    for row in replaced:
        row.is_current = False
    return rest


def _replaced(rows: Sequence[Row], supersedes: UUID | None) -> list[Row]:
    """The row a correction names, if it is among these."""
    return [row for row in rows if row.id == supersedes]


def _write_results(rows: Sequence[Row], judged: Sequence[Judged], new: Row) -> int:
    """Give every row the result it has in the whole sequence; returns the attempt number of the new one."""
    by_day = {row.assessed_on: row for row in rows}
    for one in judged:
        by_day[one.sitting.assessed_on].result = one.result.value
    return next(one.attempt for one in judged if one.sitting.assessed_on == new.assessed_on)


def _sitting(row: ModuleAssessment) -> Sitting:
    """A row as the domain sees it."""
    return Sitting(row.assessed_on, {code: Result(result) for code, result in row.outcomes.items()})


def _module_row(clock: Clock, by: str, trainee: Trainee, given: ModuleSitting) -> ModuleAssessment:
    """A new row, its result still to be judged."""
    return ModuleAssessment(
        id=new_id(),
        training_id=trainee.training_id,
        person_id=trainee.person_id,
        module_code=given.module_code,
        assessed_on=given.assessed_on,
        assessor=given.assessor,
        outcomes={code: result.value for code, result in given.outcomes.items()},
        evidence=list(given.evidence),
        result=Result.NYC.value,
        supersedes_id=given.supersedes,
        reason_code=given.reason_code,
        recorded_at=clock.now(),
        recorded_by=by,
    )


def _integrated_row(clock: Clock, by: str, trainee: Trainee, given: Whole) -> IntegratedAssessment:
    """A new row of an integrated assessment."""
    return IntegratedAssessment(
        id=new_id(),
        training_id=trainee.training_id,
        person_id=trainee.person_id,
        assessed_on=given.assessed_on,
        assessor=given.assessor,
        result=given.result.value,
        supersedes_id=given.supersedes,
        reason_code=given.reason_code,
        recorded_at=clock.now(),
        recorded_by=by,
    )
