"""How custody ends by release: reasons, what binds afterwards, and two persons (domain.md 2.6). Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind, NotFoundError

from inzira_intake.custody.domain import Supervision


class ReleaseReason(StrEnum):
    SENTENCE_EXPIRED = "SENTENCE_EXPIRED"
    PAROLE = "PAROLE"
    PARDON = "PARDON"
    ACQUITTAL = "ACQUITTAL"
    PROVISIONAL_RELEASE = "PROVISIONAL_RELEASE"
    CASE_DISMISSED = "CASE_DISMISSED"
    SUSPENDED_SENTENCE = "SUSPENDED_SENTENCE"
    CONVERTED_TO_TIG = "CONVERTED_TO_TIG"
    PLEA_BARGAIN = "PLEA_BARGAIN"
    COURT_ORDER = "COURT_ORDER"
    TRANSFER_ABROAD = "TRANSFER_ABROAD"
    ADMIN_ERROR_CORRECTION = "ADMIN_ERROR_CORRECTION"


class OrderState(StrEnum):
    PREPARED = "PREPARED"
    APPROVED = "APPROVED"
    SUPERSEDED = "SUPERSEDED"


class PropertyReturn(StrEnum):
    """The property of Rule 67: given back, or none was held."""

    RETURNED = "RETURNED"
    NONE_HELD = "NONE_HELD"


class FileCopy(StrEnum):
    """The certified copy of the own file (Rule 9)."""

    GIVEN = "GIVEN"
    DECLINED = "DECLINED"


class ChecklistItem(StrEnum):
    """What Rule 108 asks to be there on the day."""

    ID_DOCUMENTS = "ID_DOCUMENTS"
    HOME = "HOME"
    WORK = "WORK"
    CLOTHING = "CLOTHING"
    MEANS_TO_TRAVEL = "MEANS_TO_TRAVEL"


class CheckState(StrEnum):
    YES = "YES"
    NO = "NO"
    NOT_NEEDED = "NOT_NEEDED"
    UNKNOWN = "UNKNOWN"


class ReleaseNotFoundError(NotFoundError):
    code = "release-not-found"
    message = "No release order by this id is visible to you."


class SamePersonError(DomainError):
    kind = Kind.FORBIDDEN
    code = "two-persons-needed"
    message = "The officer who prepared a release may not approve it. Ask a second officer."


class ReleaseNotPreparedError(DomainError):
    kind = Kind.CONFLICT
    code = "release-not-prepared"
    message = "This release order was approved or superseded already. Read the custody record."


class ReleaseBeforeEndError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "release-before-end"
    message = (
        "The sentence has not expired on that day by the computed date. "
        "Correct the sentence, or give the reason for an earlier release."
    )


class EndNotVerifiedError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "end-not-verified"
    message = "The end date you verified is not the computed one. Read the computation and its trace again."


class ParoleNotOpenError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "parole-not-open"
    message = "By the computed dates parole is not possible on that day. Read the computation and its trace."


SUPERVISION_BY_REASON = {
    ReleaseReason.PAROLE: Supervision.PAROLE,
    ReleaseReason.PARDON: Supervision.PARDON_CONDITIONS,
    ReleaseReason.CONVERTED_TO_TIG: Supervision.TIG,
}


@dataclass(frozen=True)
class ComputedDates:
    """What the computation says when the release is prepared or approved."""

    expected_release_on: date | None
    parole_eligible_on: date | None


def supervision_after(reason: ReleaseReason, *, aftercare_accepted: bool) -> Supervision:
    """What binds after release: by the reason, else aftercare where the person wants it."""
    bound = SUPERVISION_BY_REASON.get(reason)
    if bound:
        return bound
    return Supervision.VOLUNTARY_AFTERCARE if aftercare_accepted else Supervision.NONE


def require_dates(
    reason: ReleaseReason, released_on: date, verified_end_on: date | None, computed: ComputedDates
) -> None:
    """The date guards of a release.

    Raises EndNotVerifiedError when an expired sentence is released by another end date than the computed one,
    ReleaseBeforeEndError when that day is not reached, ParoleNotOpenError for parole before its date.
    """
    if reason is ReleaseReason.SENTENCE_EXPIRED:
        if computed.expected_release_on is None or verified_end_on != computed.expected_release_on:
            raise EndNotVerifiedError(field="verified_end_on")
        if released_on < computed.expected_release_on:
            raise ReleaseBeforeEndError(field="released_at")
    if reason is ReleaseReason.PAROLE and (
        computed.parole_eligible_on is None or released_on < computed.parole_eligible_on
    ):
        raise ParoleNotOpenError(field="released_at")


def require_second_person(prepared_by: str, approver: str) -> None:
    """Raises SamePersonError when one person would do both."""
    if prepared_by == approver:
        raise SamePersonError


def require_prepared(state: OrderState) -> None:
    """Raises ReleaseNotPreparedError unless the order waits for its second person."""
    if state is not OrderState.PREPARED:
        raise ReleaseNotPreparedError
