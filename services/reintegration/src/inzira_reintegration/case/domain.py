"""States of a case and the facts that refuse an act on it. Pure: no clock, no database."""

from datetime import date
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind, NotFoundError


class CaseState(StrEnum):
    """Before release, after it, and ended."""

    PRE_RELEASE = "PRE_RELEASE"
    FOLLOW_UP = "FOLLOW_UP"
    CLOSED = "CLOSED"


class CaseAction(StrEnum):
    """What moves a case from state to state."""

    START_FOLLOW_UP = "START_FOLLOW_UP"
    CLOSE = "CLOSE"


class Trigger(StrEnum):
    """Why a case was opened."""

    RELEASE_WINDOW = "RELEASE_WINDOW"
    RELEASED = "RELEASED"
    REOPENED = "REOPENED"


class Tier(StrEnum):
    """Intensity of the follow-up."""

    STANDARD = "STANDARD"
    HIGH = "HIGH"
    LOW = "LOW"


class Consent(StrEnum):
    """Whether the person agrees to the organisation that carries the case; without it that sees nothing of them."""

    STANDING = "STANDING"
    MISSING = "MISSING"


class ClosureCode(StrEnum):
    """Why a case ended (domain.md 5)."""

    GOALS_MET = "GOALS_MET"
    TIME_COMPLETE = "TIME_COMPLETE"
    MOVED = "MOVED"
    DECLINED = "DECLINED"
    LOST_CONTACT = "LOST_CONTACT"
    RETURNED_TO_CUSTODY = "RETURNED_TO_CUSTODY"
    DECEASED = "DECEASED"
    TRANSFERRED_AGENCY = "TRANSFERRED_AGENCY"


TRANSITIONS: dict[tuple[CaseState, CaseAction], CaseState] = {
    (CaseState.PRE_RELEASE, CaseAction.START_FOLLOW_UP): CaseState.FOLLOW_UP,
    (CaseState.FOLLOW_UP, CaseAction.START_FOLLOW_UP): CaseState.FOLLOW_UP,
    (CaseState.PRE_RELEASE, CaseAction.CLOSE): CaseState.CLOSED,
    (CaseState.FOLLOW_UP, CaseAction.CLOSE): CaseState.CLOSED,
}


class CaseNotFoundError(NotFoundError):
    code = "case-not-found"
    message = "No case by this id is visible to you."


class CaseClosedError(DomainError):
    kind = Kind.CONFLICT
    code = "case-closed"
    message = "This case is closed. A return or a new release opens a new episode."


class CaseOpenError(DomainError):
    kind = Kind.CONFLICT
    code = "case-open"
    message = "This case is still open. Only a closed case can be followed by a new episode."


class NotReopenableError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "case-not-reopenable"
    message = "A case closed by a death or a return to custody is not reopened; the next release opens a new one."


class CaseAlreadyOpenError(DomainError):
    kind = Kind.CONFLICT
    code = "case-already-open"
    message = "This person has an open case. Work in that one."


class CaseChangedError(DomainError):
    kind = Kind.PRECONDITION
    code = "case-changed"
    message = "The case has changed since you read it. Read it again and repeat your change."


class HandedOverError(DomainError):
    kind = Kind.FORBIDDEN
    code = "follow-up-is-not-yours"
    message = "After release the case is in the hands of the community workers."


class NotReleasedError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "person-not-released"
    message = "The person has not been released yet. This belongs to the time after release."


class FutureDateError(DomainError):
    kind = Kind.INVALID
    code = "date-in-future"
    message = "This day has not come yet. Give the day on which it happened."


class TooEarlyError(DomainError):
    kind = Kind.INVALID
    code = "date-too-early"
    message = "This day is before the fact it depends on. Check the date."


def next_state(current: CaseState, action: CaseAction) -> CaseState:
    """The state after `action`; raises CaseClosedError for a case that has ended."""
    found = TRANSITIONS.get((current, action))
    if found is None:
        raise CaseClosedError
    return found


def require_open(state: CaseState) -> None:
    """Raises CaseClosedError when the case has ended."""
    if state is CaseState.CLOSED:
        raise CaseClosedError


def check_reopenable(state: CaseState, closure_code: str | None, released_on: date | None) -> None:
    """Only a released person's closed case is followed by a new episode at a supervisor's word.

    Raises CaseOpenError, NotReopenableError, NotReleasedError.
    """
    if state is not CaseState.CLOSED:
        raise CaseOpenError
    if closure_code in (ClosureCode.DECEASED, ClosureCode.RETURNED_TO_CUSTODY):
        raise NotReopenableError
    if released_on is None:
        raise NotReleasedError


def check_at_liberty(custody_state: str) -> None:
    """Nobody is followed anew who is back in custody, or has died since.

    Raises NotReleasedError, NotReopenableError.
    """
    if custody_state == "DECEASED":
        raise NotReopenableError
    if custody_state != "RELEASED":
        raise NotReleasedError


def check_happened(day: date, today: date, *, field: str, not_before: date | None = None) -> None:
    """A fact may be told late but not ahead of time.

    Raises FutureDateError after `today` and TooEarlyError before `not_before`, naming the field.
    """
    if day > today:
        raise FutureDateError(field=field)
    if not_before is not None and day < not_before:
        raise TooEarlyError(field=field)
