"""The states of an enrolment and the only ways between them, each with the reasons it may carry (domain.md
3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from inzira_platform.errors import DomainError, Kind


class EnrolmentState(StrEnum):
    REFERRED = "REFERRED"
    ELIGIBLE = "ELIGIBLE"
    WAITLISTED = "WAITLISTED"
    ENROLLED = "ENROLLED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"
    CERTIFIED = "CERTIFIED"
    NOT_COMPLETED = "NOT_COMPLETED"
    WITHDRAWN = "WITHDRAWN"
    TRANSFERRED_OUT = "TRANSFERRED_OUT"
    RELEASED_EARLY = "RELEASED_EARLY"
    DECEASED = "DECEASED"


class Action(StrEnum):
    CONFIRM = "CONFIRM"
    WAITLIST = "WAITLIST"
    ENROL = "ENROL"
    BEGIN = "BEGIN"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    COMPLETE = "COMPLETE"
    CERTIFY = "CERTIFY"
    CLOSE_INCOMPLETE = "CLOSE_INCOMPLETE"
    WITHDRAW = "WITHDRAW"
    TRANSFER_OUT = "TRANSFER_OUT"
    RELEASE = "RELEASE"
    DIE = "DIE"


S = EnrolmentState
BEFORE_START = frozenset({S.REFERRED, S.ELIGIBLE, S.WAITLISTED, S.ENROLLED})
UNDER_WAY = frozenset({S.ACTIVE, S.SUSPENDED})
OPEN = BEFORE_START | UNDER_WAY
TAKES_A_PLACE = frozenset({S.ENROLLED, S.ACTIVE, S.SUSPENDED})
ACHIEVED = frozenset({S.COMPLETED, S.CERTIFIED})
LEFT_CUSTODY_SIDE = frozenset({S.TRANSFERRED_OUT, S.RELEASED_EARLY})
FINAL = frozenset(EnrolmentState) - OPEN - ACHIEVED


@dataclass(frozen=True)
class Transition:
    """From any of these states, by this action, to that state, for one of these reasons."""

    action: Action
    sources: frozenset[EnrolmentState]
    target: EnrolmentState
    reasons: frozenset[str]


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        Action.CONFIRM,
        frozenset({S.REFERRED}),
        S.ELIGIBLE,
        frozenset({"RULES_MET", "OVERRIDDEN", "CONTINUES"}),
    ),
    Transition(Action.WAITLIST, frozenset({S.ELIGIBLE}), S.WAITLISTED, frozenset({"GROUP_FULL"})),
    Transition(Action.ENROL, frozenset({S.ELIGIBLE, S.WAITLISTED}), S.ENROLLED, frozenset({"PLACE_FREE"})),
    Transition(Action.BEGIN, frozenset({S.ENROLLED}), S.ACTIVE, frozenset({"FIRST_ATTENDANCE"})),
    Transition(
        Action.SUSPEND,
        frozenset({S.ACTIVE}),
        S.SUSPENDED,
        frozenset({"HEALTH", "ACUTE_CRISIS", "COURT", "LEAVE", "DISCIPLINE"}),
    ),
    Transition(Action.RESUME, frozenset({S.SUSPENDED}), S.ACTIVE, frozenset({"READY_AGAIN"})),
    Transition(Action.COMPLETE, UNDER_WAY, S.COMPLETED, frozenset({"RULES_MET"})),
    # Facts come late: what was attended before leaving may be written down after it.
    Transition(Action.COMPLETE, LEFT_CUSTODY_SIDE, S.COMPLETED, frozenset({"RULES_MET_BEFORE_LEAVING"})),
    Transition(Action.CERTIFY, frozenset({S.COMPLETED}), S.CERTIFIED, frozenset({"CERTIFICATE_ISSUED"})),
    Transition(Action.CLOSE_INCOMPLETE, UNDER_WAY | {S.ENROLLED}, S.NOT_COMPLETED, frozenset({"RULES_UNMET"})),
    Transition(
        Action.WITHDRAW,
        OPEN,
        S.WITHDRAWN,
        frozenset({"OWN_WISH", "HEALTH", "LANGUAGE", "SAFETY", "DISCIPLINE", "ENTERED_BY_MISTAKE"}),
    ),
    Transition(Action.TRANSFER_OUT, OPEN, S.TRANSFERRED_OUT, frozenset({"CUSTODY_TRANSFER"})),
    Transition(Action.RELEASE, OPEN, S.RELEASED_EARLY, frozenset({"CUSTODY_RELEASE"})),
    Transition(Action.DIE, OPEN, S.DECEASED, frozenset({"DEATH"})),
)

BY_STATE: Mapping[tuple[EnrolmentState, Action], Transition] = {
    (source, transition.action): transition for transition in TRANSITIONS for source in transition.sources
}


class OfficerAction(StrEnum):
    """The actions an officer takes by name; the others follow from attendance, completion and custody."""

    CONFIRM = "CONFIRM"
    ENROL = "ENROL"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    WITHDRAW = "WITHDRAW"


class IllegalTransitionError(DomainError):
    kind = Kind.CONFLICT
    code = "enrolment-state-conflict"
    message = "The enrolment is in a state that does not allow this. Read it again to see its state."


class ReasonNotAllowedError(DomainError):
    kind = Kind.INVALID
    code = "reason-not-allowed"
    message = "Give one of the reasons this change may carry."


class EnrolmentNotFoundError(DomainError):
    kind = Kind.NOT_FOUND
    code = "enrolment-not-found"
    message = "No enrolment by this id is visible to you."


class AlreadyEnrolledError(DomainError):
    kind = Kind.CONFLICT
    code = "already-enrolled"
    message = "This person already has an open enrolment in this programme. Withdraw or finish that one first."


class AlreadyCompletedError(DomainError):
    kind = Kind.CONFLICT
    code = "already-completed"
    message = "This person has completed this programme. There is nothing left to enrol for."


class ChangeDateError(DomainError):
    kind = Kind.INVALID
    code = "change-date-out-of-range"
    message = "The date lies in the future or before the present state began."


class NotUnderWayError(DomainError):
    kind = Kind.CONFLICT
    code = "enrolment-not-under-way"
    message = "One of these enrolments was not under way on that day. Leave it out and send the rest."


class HeldElsewhereError(DomainError):
    kind = Kind.CONFLICT
    code = "held-elsewhere"
    message = "This person is not held in the facility of this cohort. Choose a cohort of their facility."


class NoPlaceError(DomainError):
    kind = Kind.CONFLICT
    code = "no-place-free"
    message = "Every place of this cohort is taken. Keep the person on the waiting list or choose another cohort."


class LateJoinError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "group-closed-to-new-members"
    message = "The group is past the last session at which somebody may join. Choose another cohort."


def next_state(current: EnrolmentState, action: Action, reason: str) -> EnrolmentState:
    """Where `action` leads from `current`.

    Raises IllegalTransitionError when the table knows no such way, ReasonNotAllowedError (field reason_code)
    when the way does not carry this reason.
    """
    transition = BY_STATE.get((current, action))
    if transition is None:
        raise IllegalTransitionError(state=current, action=action)
    if reason not in transition.reasons:
        raise ReasonNotAllowedError(field="reason_code", allowed=", ".join(sorted(transition.reasons)))
    return transition.target


def only_reason(current: EnrolmentState, action: Action) -> str:
    """The reason of a way that has exactly one, such as a release or a death.

    Raises IllegalTransitionError when there is no such way, ReasonNotAllowedError when it needs one to be given.
    """
    transition = BY_STATE.get((current, action))
    if transition is None:
        raise IllegalTransitionError(state=current, action=action)
    if len(transition.reasons) != 1:
        raise ReasonNotAllowedError(field="reason_code", allowed=", ".join(sorted(transition.reasons)))
    return next(iter(transition.reasons))


def check_change_date(on: date, since: date, today: date) -> None:
    """A change is dated between the beginning of the present state and today.

    Raises ChangeDateError.
    """
    if on > today or on < since:
        raise ChangeDateError(field="on")


@dataclass(frozen=True)
class Earlier:
    """An earlier enrolment of the same person, as far as credits go."""

    lineage_id: UUID
    programme_code: str
    programme_version: int
    state: EnrolmentState
    ended_on: date


E = TypeVar("E", bound=Earlier)


def lineage_to_continue(
    earlier: Sequence[E], programme_code: str, programme_version: int, travel_from: frozenset[str]
) -> E | None:
    """The latest earlier enrolment whose credits travel into a new one; None starts from nothing.

    Credits stay within one version of one programme, since sessions differ between versions. Source:
    domain.md 3, "TRANSFERRED_OUT (credits travel)"; which states they travel from is the template's
    (`credits.travel_from`).
    """
    same = [
        one
        for one in earlier
        if (one.programme_code, one.programme_version) == (programme_code, programme_version)
        and one.state in travel_from
    ]
    return max(same, key=lambda one: one.ended_on, default=None)


def check_under_way(state: EnrolmentState, since: date, enrolled_on: date, day: date) -> None:
    """An enrolment takes facts of days on which it was under way, even when they are told afterwards.

    `since` is the day its present state began. Raises NotUnderWayError.
    """
    if state in BEFORE_START - {S.ENROLLED} or day < enrolled_on:
        raise NotUnderWayError(state=state)
    if state not in (S.ENROLLED, S.ACTIVE) and day > since:
        raise NotUnderWayError(state=state)


def starting_day(cohort_starts_on: date, wished: date | None, continues: Earlier | None) -> date:
    """The day an enrolment counts from: as asked, else the cohort's first; never before an earlier part ended.

    Raises ChangeDateError when the day asked for lies before the cohort's first.
    """
    day = wished or cohort_starts_on
    if day < cohort_starts_on:
        raise ChangeDateError(field="enrolled_on")
    return max(day, continues.ended_on) if continues else day


def refuse_late_join(limit: int | None, sessions_held: int) -> None:
    """Groups that close do so after a number of sessions (domain.md 6: sociotherapy 3, ROT 2).

    Raises LateJoinError.
    """
    if limit is not None and sessions_held >= limit:
        raise LateJoinError(sessions_held=sessions_held)
