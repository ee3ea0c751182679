"""What each movement must state: the paper behind it, where it leads, when the person is due back. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

from inzira_intake.custody.domain import MOVEMENT_KINDS, RETURN_OF, FactKind, LegalStatus


class MovementKind(StrEnum):
    """The kinds an officer records; admission, release and death have doors of their own."""

    TRANSFER_DEPARTED = "TRANSFER_DEPARTED"
    TRANSFER_RECEIVED = "TRANSFER_RECEIVED"
    HOSPITAL_OUT = "HOSPITAL_OUT"
    HOSPITAL_IN = "HOSPITAL_IN"
    COURT_OUT = "COURT_OUT"
    COURT_IN = "COURT_IN"
    LEAVE_GRANTED = "LEAVE_GRANTED"
    LEAVE_RETURNED = "LEAVE_RETURNED"
    HALFWAY_MOVED = "HALFWAY_MOVED"
    ESCAPED = "ESCAPED"
    RECAPTURED = "RECAPTURED"


class ReferenceMissingError(DomainError):
    kind = Kind.INVALID
    code = "reference-missing"
    message = "Give the number of the order, referral, hearing or report this movement rests on."
    field = "reference"


class AuthorityMissingError(DomainError):
    kind = Kind.INVALID
    code = "authority-missing"
    message = "A leave needs the authority that granted it."
    field = "authority"


class DueBackMissingError(DomainError):
    kind = Kind.INVALID
    code = "due-back-missing"
    message = "A leave needs the day the person is due back, on or after the day it begins."
    field = "due_back_on"


class DestinationError(DomainError):
    kind = Kind.INVALID
    code = "destination"
    message = "A transfer out and a move to the halfway centre name to_facility; other movements do not."
    field = "to_facility"


class ReturnError(DomainError):
    kind = Kind.INVALID
    code = "return-not-possible"
    message = "Only a stay out of the facility has returned_at, and it lies after occurred_at."
    field = "returned_at"


class LegalStatusNotHereError(DomainError):
    kind = Kind.INVALID
    code = "legal-status-not-here"
    message = "Only a return from court (COURT_IN) carries a new legal status."
    field = "legal_status"


NEEDS_REFERENCE = frozenset(
    {
        FactKind.TRANSFER_DEPARTED,
        FactKind.HOSPITAL_OUT,
        FactKind.COURT_OUT,
        FactKind.LEAVE_GRANTED,
        FactKind.ESCAPED,
        FactKind.RECAPTURED,
        FactKind.HALFWAY_MOVED,
    }
)
LEADS_ELSEWHERE = frozenset({FactKind.TRANSFER_DEPARTED, FactKind.HALFWAY_MOVED})


@dataclass(frozen=True)
class Movement:
    """One movement as stated. `returned_at` records the way back in the same act, for stays learned of late."""

    kind: MovementKind
    occurred_at: datetime
    to_facility: str | None = None
    at_facility: str | None = None
    reference: str | None = None
    authority: str | None = None
    due_back_on: date | None = None
    returned_at: datetime | None = None
    legal_status: LegalStatus | None = None
    good_conduct: bool = False
    override_reason: str | None = None
    approved_by: str | None = None
    details: dict[str, str] = field(default_factory=dict)

    @property
    def fact(self) -> FactKind:
        """The same kind among all facts."""
        return FactKind(self.kind.value)


def require_stated(movement: Movement, occurred_on: date) -> Movement:
    """`movement` when it states what its kind needs (domain.md 2.6).

    Raises ReferenceMissingError, AuthorityMissingError, DueBackMissingError, DestinationError, ReturnError or
    LegalStatusNotHereError naming the field.
    """
    if movement.fact in NEEDS_REFERENCE and not movement.reference:
        raise ReferenceMissingError(field="reference")
    if (movement.fact in LEADS_ELSEWHERE) != (movement.to_facility is not None):
        raise DestinationError(field="to_facility")
    _require_leave(movement, occurred_on)
    if movement.returned_at is not None and (
        movement.fact not in RETURN_OF or movement.returned_at <= movement.occurred_at
    ):
        raise ReturnError(field="returned_at")
    if movement.legal_status is not None and movement.fact is not FactKind.COURT_IN:
        raise LegalStatusNotHereError(field="legal_status")
    return movement


def _require_leave(movement: Movement, occurred_on: date) -> None:
    if movement.fact is not FactKind.LEAVE_GRANTED:
        return
    if not movement.authority:
        raise AuthorityMissingError(field="authority")
    if movement.due_back_on is None or movement.due_back_on < occurred_on:
        raise DueBackMissingError(field="due_back_on")


assert {FactKind(kind.value) for kind in MovementKind} == MOVEMENT_KINDS  # noqa: S101 - two lists that must agree
