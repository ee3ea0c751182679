"""Use cases of a training: open, change, read; and the one place that moves its state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inzira_contracts.tvet import TrainingChanged
from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.errors import DomainError, Kind, NotFoundError
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit, record_access
from inzira_platform.page import PageRequest, paged
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_tvet.assessment import service as assessments
from inzira_tvet.participant import service as participants
from inzira_tvet.programme import service as programmes
from inzira_tvet.training import repository
from inzira_tvet.training.domain import (
    LEARNING,
    RESUMABLE,
    Action,
    AwardedError,
    Course,
    IllegalTransitionError,
    State,
    allows,
    check_change_day,
    check_fact_day,
    check_not_future,
    next_state,
)
from inzira_tvet.training.events import training_changed, training_opened
from inzira_tvet.training.models import Training, TrainingChange, TrainingCredit
from inzira_tvet.training.repository import (
    Filter,
    changes_of,
    credits_of,
    has_live,
    hold_trained,
    lock_trainings_of,
)

__all__ = [
    "LEARNING",
    "Action",
    "AwardedError",
    "Filter",
    "IllegalTransitionError",
    "Opening",
    "State",
    "Training",
    "TrainingChange",
    "TrainingNotFoundError",
    "allows",
    "change_training",
    "changes_of",
    "check_fact",
    "check_not_future",
    "credits_of",
    "get_training",
    "has_live",
    "hold_trained",
    "list_of_person",
    "list_trainings",
    "load_class",
    "lock_trainings_of",
    "move",
    "open_training",
    "programme_of",
    "requested_training",
]


class TrainingNotFoundError(NotFoundError):
    code = "training-not-found"
    message = "No training by this id is visible to you."


class TrainingOpenError(DomainError):
    kind = Kind.CONFLICT
    code = "training-open"
    message = "This person already has an open training of this programme. Continue that one."


class AlreadyAwardedError(DomainError):
    kind = Kind.CONFLICT
    code = "already-awarded"
    message = "This person already holds the award of this programme."


class NotResumableError(DomainError):
    kind = Kind.INVALID
    code = "not-resumable"
    message = "Only a training of the same person that was cut short can be resumed."


@dataclass(frozen=True)
class Opening:
    """What an instructor says when a person begins, or applies (`enrolled` False)."""

    person_id: UUID
    programme_code: str
    opened_on: date
    enrolled: bool
    instructor: str
    resumes_training_id: UUID | None = None


def programme_of(training: Training) -> programmes.Programme:
    """The version of the programme the training was opened under."""
    return programmes.pinned_programme(training.programme_code, training.programme_version)


async def get_training(
    session: AsyncSession, principal: Principal, training_id: UUID, *, lock: bool = False
) -> Training:
    """One training in the principal's reach, locked when it is about to change. Raises TrainingNotFoundError."""
    found = await repository.find_training(session, principal, training_id, lock=lock)
    if found is None:
        raise TrainingNotFoundError
    return found


async def load_class(session: AsyncSession, principal: Principal, training_ids: Sequence[UUID]) -> Sequence[Training]:
    """These trainings, locked in one order. Raises TrainingNotFoundError when one is not in reach."""
    found = await repository.lock_trainings(session, principal, training_ids)
    if len(found) != len(set(training_ids)):
        raise TrainingNotFoundError(field="marks")
    return found


async def open_training(session: AsyncSession, principal: Principal, clock: Clock, opening: Opening) -> Training:
    """Open a training where the person is held, credited with what they have shown before.

    Without `resumes_training_id` the person's last training of this programme that was cut short is resumed by
    itself. Raises FutureFactError, ProgrammeUnknownError, the refusals of `place_to_begin`, TrainingOpenError,
    AlreadyAwardedError or NotResumableError.
    """
    check_not_future(opening.opened_on, clock.today(), "opened_on")
    programme = programmes.programme_in_force(opening.programme_code, opening.opened_on)
    facility = await participants.place_to_begin(session, principal, opening.person_id, opening.opened_on)
    await _check_none_held(session, opening)
    earlier = await _earlier(session, principal, opening)
    state = State.ENROLLED if opening.enrolled else State.APPLIED
    training = Training(
        id=new_id(),
        person_id=opening.person_id,
        programme_code=programme.code,
        programme_version=programme.version,
        trade=programme.trade,
        rtqf_level=programme.rtqf_level,
        facility=facility,
        instructor=opening.instructor,
        state=state.value,
        state_on=opening.opened_on,
        opened_on=opening.opened_on,
        resumes_training_id=earlier.id if earlier else None,
        recorded_at=clock.now(),
        recorded_by=principal.sub,
    )
    session.add(training)
    await session.flush()
    if earlier is not None:
        await _credit(session, training, programme, earlier)
        await session.flush()
    await emit(session, training_opened(training))
    return training


async def _check_none_held(session: AsyncSession, opening: Opening) -> None:
    """One live training of a programme per person, none once it is awarded."""
    if await has_live(session, opening.person_id, opening.programme_code):
        raise TrainingOpenError
    if await repository.has_awarded(session, opening.person_id, opening.programme_code):
        raise AlreadyAwardedError


async def _earlier(session: AsyncSession, principal: Principal, opening: Opening) -> Training | None:
    """The training this one resumes. Raises NotResumableError when the one named cannot be."""
    if opening.resumes_training_id is None:
        return await repository.find_latest_ended(session, opening.person_id, opening.programme_code)
    named = await repository.find_training(session, principal, opening.resumes_training_id)
    if named is None or named.person_id != opening.person_id or State(named.state) not in RESUMABLE:
        raise NotResumableError(field="resumes_training_id")
    return named


async def _credit(
    session: AsyncSession, training: Training, programme: programmes.Programme, earlier: Training
) -> None:
    """Credit what was shown in the earlier training and is asked for again, unchanged, in this one."""
    before = programme_of(earlier)
    shown = await assessments.competent_modules(session, [earlier.id])
    credited = await credits_of(session, [earlier.id])
    codes = shown.get(earlier.id, frozenset()) | {credit.module_code for credit in credited}
    earned = {module.code: frozenset(module.outcomes) for module in before.modules if module.code in codes}
    for code in programmes.creditable_modules(programme, earned):
        session.add(
            TrainingCredit(
                training_id=training.id,
                module_code=code,
                person_id=training.person_id,
                from_training_id=earlier.id,
            )
        )


async def requested_training(
    session: AsyncSession, principal: Principal, clock: Clock, training_id: UUID, on: date, field: str
) -> Training:
    """The training a fact of the day `on` is to be recorded in, locked.

    Raises TrainingNotFoundError and the refusals of `check_fact_day`.
    """
    training = await get_training(session, principal, training_id, lock=True)
    check_fact(training, on, clock.today(), field)
    return training


def check_fact(training: Training, on: date, today: date, field: str) -> None:
    """Raises the refusals of `check_fact_day` for a fact of the day `on`."""
    check_fact_day(_course(training), on, today, field)


def _course(training: Training) -> Course:
    """The dates that decide which facts a training takes."""
    return Course(State(training.state), training.state_on, training.opened_on)


async def change_training(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    training_id: UUID,
    *,
    action: Action,
    changed_on: date,
    reason_code: str | None,
) -> Training:
    """Enrol, suspend, resume or withdraw.

    Raises TrainingNotFoundError, FutureFactError, BeforeOpeningError or IllegalTransitionError.
    """
    training = await get_training(session, principal, training_id, lock=True)
    check_change_day(_course(training), changed_on, clock.today())
    event = move(session, training, action, on=changed_on, clock=clock, by=principal.sub, reason_code=reason_code)
    await session.flush()
    await emit(session, event)
    return training


def move(
    session: AsyncSession,
    training: Training,
    action: Action,
    *,
    on: date,
    clock: Clock,
    by: str,
    reason_code: str | None = None,
) -> TrainingChanged:
    """Take the step, keep its history, and return the event for the caller to emit last.

    A state never begins before the training did, whatever day the news of a move carries.
    Raises IllegalTransitionError.
    """
    before = State(training.state)
    after = next_state(before, action)
    training.state, training.state_on = after.value, max(on, training.opened_on)
    training.version += 1
    session.add(
        TrainingChange(
            id=new_id(),
            training_id=training.id,
            person_id=training.person_id,
            action=action.value,
            from_state=before.value,
            to_state=after.value,
            reason_code=reason_code,
            changed_on=on,
            recorded_at=clock.now(),
            recorded_by=by,
        )
    )
    return training_changed(training, before, on, by, reason_code)


async def list_trainings(
    session: AsyncSession, principal: Principal, narrowed: Filter, sort: str, page: PageRequest
) -> tuple[list[Training], str | None]:
    """A page of trainings in reach and the cursor of the next; leaves an access record of those shown."""
    rows = await repository.list_page(session, principal, narrowed, sort, page)
    name = sort.removeprefix("-")
    shown, cursor = paged(rows, page.limit, lambda row: (getattr(row, name), row.id))
    await record_access(session, principal, "list_trainings", [row.person_id for row in shown])
    return shown, cursor


async def list_of_person(session: AsyncSession, principal: Principal, person_id: UUID) -> Sequence[Training]:
    """A person's trainings, oldest first; leaves an access record. Raises PersonNotFoundError."""
    await participants.check_visible(session, principal, person_id)
    rows = await repository.list_of_person(session, principal, person_id)
    await record_access(session, principal, "list_person_trainings", [person_id])
    return rows
