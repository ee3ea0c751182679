"""One person's way through one programme: its states, what moves it, and which days a fact may carry.

Pure: no I/O, no clock. Source: domain.md 4, and the enrolment states of domain.md 3 both services share.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind


class State(StrEnum):
    """Where a training stands."""

    APPLIED = "APPLIED"
    ENROLLED = "ENROLLED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"
    AWARDED = "AWARDED"
    TRANSFERRED_OUT = "TRANSFERRED_OUT"
    RELEASED_EARLY = "RELEASED_EARLY"
    WITHDRAWN = "WITHDRAWN"
    DECEASED = "DECEASED"


class Action(StrEnum):
    """What moves a training; the last five are never asked for, they follow from facts."""

    ENROL = "ENROL"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    WITHDRAW = "WITHDRAW"
    START = "START"
    COMPLETE = "COMPLETE"
    REOPEN = "REOPEN"
    AWARD = "AWARD"
    TRANSFER_OUT = "TRANSFER_OUT"
    RELEASE = "RELEASE"
    DIE = "DIE"


LIVE = (State.APPLIED, State.ENROLLED, State.ACTIVE, State.SUSPENDED, State.COMPLETED)
LEARNING = (State.APPLIED, State.ENROLLED, State.ACTIVE, State.SUSPENDED)
ENDED = (State.TRANSFERRED_OUT, State.RELEASED_EARLY, State.WITHDRAWN, State.DECEASED)
RESUMABLE = (State.TRANSFERRED_OUT, State.RELEASED_EARLY, State.WITHDRAWN)

EXITS: Mapping[Action, State] = {
    Action.WITHDRAW: State.WITHDRAWN,
    Action.TRANSFER_OUT: State.TRANSFERRED_OUT,
    Action.RELEASE: State.RELEASED_EARLY,
    Action.DIE: State.DECEASED,
}

# Who has done everything keeps the right to the award wherever they go: COMPLETED has no exit but death.
# A late fact may still complete a training that was cut short: the days before the exit count.
TRANSITIONS: Mapping[tuple[State, Action], State] = {
    (State.APPLIED, Action.ENROL): State.ENROLLED,
    (State.ENROLLED, Action.START): State.ACTIVE,
    (State.ACTIVE, Action.SUSPEND): State.SUSPENDED,
    (State.SUSPENDED, Action.RESUME): State.ACTIVE,
    (State.ACTIVE, Action.COMPLETE): State.COMPLETED,
    (State.SUSPENDED, Action.COMPLETE): State.COMPLETED,
    (State.TRANSFERRED_OUT, Action.COMPLETE): State.COMPLETED,
    (State.RELEASED_EARLY, Action.COMPLETE): State.COMPLETED,
    (State.COMPLETED, Action.REOPEN): State.ACTIVE,
    (State.COMPLETED, Action.AWARD): State.AWARDED,
    (State.COMPLETED, Action.DIE): State.DECEASED,
    **{(state, action): to for state in LEARNING for action, to in EXITS.items()},
}


class IllegalTransitionError(DomainError):
    kind = Kind.CONFLICT
    code = "training-state-forbids"
    message = "The training is not in a state that allows this. Read it again to see where it stands."


class FutureFactError(DomainError):
    kind = Kind.INVALID
    code = "date-in-future"
    message = "This day has not come yet. Record what has happened, with today or an earlier day."


class BeforeOpeningError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "before-training"
    message = "This day is before the training was opened."


class NotEnrolledError(DomainError):
    kind = Kind.CONFLICT
    code = "not-enrolled"
    message = "The person has applied and is not enrolled yet. Enrol them first."


class SuspendedError(DomainError):
    kind = Kind.CONFLICT
    code = "training-suspended"
    message = "The training was suspended on this day. Resume it first, or give an earlier day."


class EndedError(DomainError):
    kind = Kind.CONFLICT
    code = "training-ended"
    message = "The training had ended by this day. Only facts of earlier days can still be recorded."


class AwardedError(DomainError):
    kind = Kind.CONFLICT
    code = "training-awarded"
    message = "The award has been granted: what it rests on is closed."


@dataclass(frozen=True)
class Course:
    """The dates of a training that decide which facts it can take; `state_on` is the day the state began."""

    state: State
    state_on: date
    opened_on: date


def next_state(state: State, action: Action) -> State:
    """The state `action` leads to. Raises IllegalTransitionError where the table has no such step."""
    try:
        return TRANSITIONS[(state, action)]
    except KeyError:
        raise IllegalTransitionError(state=state.value, action=action.value) from None


def allows(state: State, action: Action) -> bool:
    """Whether `action` leads anywhere from `state`."""
    return (state, action) in TRANSITIONS


def check_not_future(on: date, today: date, field: str) -> None:
    """Late facts are normal, future ones are refused. Raises FutureFactError naming `field`."""
    if on > today:
        raise FutureFactError(field=field)


def check_change_day(course: Course, on: date, today: date) -> None:
    """The day of a change of state: not before the opening, not in the future.

    Raises FutureFactError or BeforeOpeningError.
    """
    check_not_future(on, today, "changed_on")
    if on < course.opened_on:
        raise BeforeOpeningError(field="changed_on")


def check_fact_day(course: Course, on: date, today: date, field: str) -> None:
    """Whether a fact of the day `on` (attendance, assessment) may be recorded in this training.

    Facts come late: one that happened before the training was suspended or ended is taken even now.
    Raises FutureFactError, BeforeOpeningError, NotEnrolledError, SuspendedError, EndedError or AwardedError.
    """
    check_not_future(on, today, field)
    if on < course.opened_on:
        raise BeforeOpeningError(field=field)
    if course.state is State.APPLIED:
        raise NotEnrolledError
    if course.state is State.AWARDED:
        raise AwardedError
    if course.state is State.SUSPENDED and on >= course.state_on:
        raise SuspendedError(field=field)
    if course.state in ENDED and on > course.state_on:
        raise EndedError(field=field)
