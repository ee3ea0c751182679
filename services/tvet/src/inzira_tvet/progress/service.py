"""Recording a fact and drawing its consequence in the same transaction: starting, completing, reopening.

Nobody declares a training complete: it becomes so with the last fact it needed, late or not, and stops being
so when a correction takes that fact away.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inzira_contracts.event import Event
from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.outbox import emit_many
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_tvet.assessment import service as assessments
from inzira_tvet.attendance import service as attendance
from inzira_tvet.participant import service as participants
from inzira_tvet.progress.domain import (
    Attendance,
    Requirements,
    Standing,
    Unmet,
    completed_modules,
    unmet_for_award,
    unmet_requirements,
)
from inzira_tvet.training import service as trainings
from inzira_tvet.training.service import Action, State, Training

__all__ = [
    "Attendance",
    "Day",
    "Recorded",
    "Requirements",
    "Standing",
    "Unmet",
    "completed_of",
    "record_attendance",
    "record_integrated_assessment",
    "record_module_assessment",
    "requirements_of",
    "standing_of",
    "standings_of",
    "unmet_for_award",
    "unmet_requirements",
]


@dataclass(frozen=True)
class Day:
    """One class on one day: which programme at which facility, and who was there, by training."""

    facility: str
    programme_code: str
    held_on: date
    marks: Sequence[tuple[UUID, bool]]


@dataclass(frozen=True)
class Recorded:
    """What recording an assessment led to; `version` and `state` are the training's."""

    id: UUID
    version: int
    state: str
    attempt: int
    result: str


def requirements_of(training: Training) -> Requirements:
    """What the rule set of the training's programme version asks for."""
    programme = trainings.programme_of(training)
    rules = programme.rules
    return Requirements(
        modules=programme.module_codes,
        min_attendance_percent=rules.min_attendance_percent,
        assessor_differs_from_instructor=rules.assessor_differs_from_instructor,
        verifier_differs_from_assessor=rules.verifier_differs_from_assessor,
    )


async def standings_of(session: AsyncSession, held: Collection[Training]) -> dict[UUID, Standing]:
    """What each of these trainings has to show, in four statements however many they are."""
    ids = [training.id for training in held]
    competent = await assessments.competent_modules(session, ids)
    counts = await attendance.count_days(session, ids)
    last = {row.training_id: row for row in await assessments.integrated_sittings(session, ids)}
    credited: dict[UUID, set[str]] = {}
    for credit in await trainings.credits_of(session, ids):
        credited.setdefault(credit.training_id, set()).add(credit.module_code)
    standings = {}
    for training in held:
        whole = last.get(training.id)
        standings[training.id] = Standing(
            competent=competent.get(training.id, frozenset()),
            credited=frozenset(credited.get(training.id, ())),
            integrated_competent=None if whole is None else whole.result == assessments.Result.C,
            integrated_assessor=None if whole is None else whole.assessor,
            instructor=training.instructor,
            attendance=Attendance(*counts.get(training.id, (0, 0))),
        )
    return standings


async def standing_of(session: AsyncSession, training: Training) -> Standing:
    """What one training has to show."""
    return (await standings_of(session, [training]))[training.id]


async def completed_of(session: AsyncSession, training: Training) -> list[str]:
    """Modules shown or credited so far, in teaching order."""
    return completed_modules(requirements_of(training), await standing_of(session, training))


async def record_attendance(session: AsyncSession, principal: Principal, clock: Clock, day: Day) -> attendance.DayTaken:
    """Mark one class on one day; all marks are taken or none.

    Raises MarkedTwiceError, TrainingNotFoundError, NotInClassError and the refusals of `check_fact_day`.
    """
    marks = _once_each(day.marks)
    held = await trainings.load_class(session, principal, list(marks))
    for training in held:
        if (training.facility, training.programme_code) != (day.facility, day.programme_code):
            raise attendance.NotInClassError(field="marks")
        trainings.check_fact(training, day.held_on, clock.today(), "held_on")
    by = principal.sub
    events: list[Event] = [*_start(session, held, day.held_on, clock, by)]
    persons = {training.id: training.person_id for training in held}
    taken = await attendance.mark_day(session, clock, by, day.held_on, persons, marks)
    events += taken.events
    events += await settle(session, held, day.held_on, clock, by)
    await session.flush()
    await emit_many(session, events)
    return taken


async def record_module_assessment(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    training_id: UUID,
    given: assessments.ModuleSitting,
) -> Recorded:
    """Record one sitting of a module. Raises TrainingNotFoundError, and the refusals of day and sitting."""
    training = await _taking(session, principal, clock, training_id, given.assessed_on)
    events: list[Event] = [*_start(session, [training], given.assessed_on, clock, principal.sub)]
    row, event = await assessments.record_module(session, clock, principal.sub, _trainee(training), given)
    events.append(event)
    await _conclude(session, training, given.assessed_on, clock, principal.sub, events)
    return Recorded(row.id, training.version, training.state, event.attempt, row.result)


async def record_integrated_assessment(
    session: AsyncSession, principal: Principal, clock: Clock, training_id: UUID, given: assessments.Whole
) -> Recorded:
    """Record one integrated assessment. Raises AssessorIsInstructorError and as `record_module_assessment`."""
    training = await _taking(session, principal, clock, training_id, given.assessed_on)
    events: list[Event] = [*_start(session, [training], given.assessed_on, clock, principal.sub)]
    row, event = await assessments.record_integrated(
        session, clock, principal.sub, _trainee(training), training.instructor, given
    )
    events.append(event)
    await _conclude(session, training, given.assessed_on, clock, principal.sub, events)
    return Recorded(row.id, training.version, training.state, event.attempt, row.result)


async def settle(session: AsyncSession, held: Collection[Training], on: date, clock: Clock, by: str) -> list[Event]:
    """Complete the trainings that now have everything, reopen those that no longer do; returns the events."""
    standings = await standings_of(session, held)
    events: list[Event] = []
    for training in held:
        complete = not unmet_requirements(requirements_of(training), standings[training.id])
        action = await _consequence(session, training, complete)
        if action is not None:
            day = max(on, training.state_on)
            events.append(trainings.move(session, training, action, on=day, clock=clock, by=by))
        if action is Action.REOPEN:
            events += await _end_again(session, training, clock, by)
    return events


async def _end_again(session: AsyncSession, training: Training, clock: Clock, by: str) -> list[Event]:
    """What was complete when the person left, and is not any more, ends as their leaving ends what is not."""
    gone = await participants.gone_from(session, training.person_id, training.facility)
    if gone is None:
        return []
    action = Action.RELEASE if gone.is_released else Action.TRANSFER_OUT
    return [trainings.move(session, training, action, on=gone.on, clock=clock, by=by)]


async def _consequence(session: AsyncSession, training: Training, complete: bool) -> Action | None:
    """The step that follows from being complete or not; None where the training stays where it is."""
    state = State(training.state)
    if not complete:
        return Action.REOPEN if state is State.COMPLETED else None
    if not trainings.allows(state, Action.COMPLETE):
        return None
    # one that was cut short and resumed elsewhere is completed there
    resumed = await trainings.has_live(session, training.person_id, training.programme_code, other_than=training.id)
    return None if resumed else Action.COMPLETE


def _start(session: AsyncSession, held: Collection[Training], on: date, clock: Clock, by: str) -> list[Event]:
    """The first fact of an enrolled training makes it active."""
    return [
        trainings.move(session, training, Action.START, on=on, clock=clock, by=by)
        for training in held
        if trainings.allows(State(training.state), Action.START)
    ]


async def _taking(session: AsyncSession, principal: Principal, clock: Clock, training_id: UUID, on: date) -> Training:
    """The locked training an assessment of the day `on` is recorded in."""
    return await trainings.requested_training(session, principal, clock, training_id, on, "assessed_on")


async def _conclude(
    session: AsyncSession, training: Training, on: date, clock: Clock, by: str, events: list[Event]
) -> None:
    """Draw the consequence, count the change, and emit everything last."""
    training.version += 1
    events += await settle(session, [training], on, clock, by)
    await session.flush()
    await emit_many(session, events)


def _trainee(training: Training) -> assessments.Trainee:
    """The training as the assessment feature needs it."""
    return assessments.Trainee(training.id, training.person_id, trainings.programme_of(training))


def _once_each(marks: Sequence[tuple[UUID, bool]]) -> Mapping[UUID, bool]:
    """Marks by training. Raises MarkedTwiceError."""
    attendance.check_once([training_id for training_id, _ in marks])
    return dict(marks)
