"""Who may begin a training: a person held in a facility now, from the day this stay began."""

from dataclasses import dataclass
from datetime import date

from inzira_platform.errors import DomainError, Kind, NotFoundError

NOT_HELD = frozenset({"PRE_ADMISSION", "ESCAPED", "RELEASED", "DECEASED"})
ARRIVED = frozenset({"IN_FACILITY", "HALFWAY"})


class PersonNotFoundError(NotFoundError):
    code = "person-not-found"
    message = "No person by this id is visible to you."


class NotInCustodyError(DomainError):
    kind = Kind.CONFLICT
    code = "not-in-custody"
    message = "This person is not held in a facility now. Training starts in a facility."


class HeldElsewhereError(DomainError):
    kind = Kind.CONFLICT
    code = "held-elsewhere"
    message = "This person is held at another facility. The training is opened where they are."


class BeforeAdmissionError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "before-admission"
    message = "This day is before the person was admitted."


@dataclass(frozen=True)
class Stay:
    """Where a person is in custody, and since when."""

    facility: str | None
    custody_state: str
    admitted_on: date


@dataclass(frozen=True)
class Gone:
    """How and when a person left a facility."""

    is_released: bool
    on: date


def check_can_begin(stay: Stay, opened_on: date, facilities: tuple[str, ...]) -> str:
    """The facility a training may be opened at: where the person is held, if it is among `facilities`.

    Raises NotInCustodyError, HeldElsewhereError, or BeforeAdmissionError when `opened_on` is too early.
    """
    if stay.facility is None or stay.custody_state in NOT_HELD:
        raise NotInCustodyError
    if stay.facility not in facilities:
        raise HeldElsewhereError
    if opened_on < stay.admitted_on:
        raise BeforeAdmissionError(field="opened_on")
    return stay.facility


def has_arrived(custody_state: str, to_facility: str | None) -> bool:
    """Whether a movement ended with the person received at a facility (its kind does not matter)."""
    return to_facility is not None and custody_state in ARRIVED
