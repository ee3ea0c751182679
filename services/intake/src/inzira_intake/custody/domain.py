"""The states of custody, of the law and of supervision, and what may follow what (domain.md 2.6). Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

CLOCK_SKEW = timedelta(minutes=5)


class CustodyState(StrEnum):
    """Where the person is held, or that they no longer are."""

    PRE_ADMISSION = "PRE_ADMISSION"
    IN_FACILITY = "IN_FACILITY"
    IN_TRANSIT = "IN_TRANSIT"
    HOSPITAL = "HOSPITAL"
    AT_COURT = "AT_COURT"
    TEMPORARY_LEAVE = "TEMPORARY_LEAVE"
    HALFWAY = "HALFWAY"
    ESCAPED = "ESCAPED"
    RELEASED = "RELEASED"
    DECEASED = "DECEASED"


class LegalStatus(StrEnum):
    """Why the person is held."""

    REMAND = "REMAND"
    CONVICTED_APPEALABLE = "CONVICTED_APPEALABLE"
    CONVICTED_FINAL = "CONVICTED_FINAL"
    ACQUITTED = "ACQUITTED"
    CASE_CLOSED = "CASE_CLOSED"


class Supervision(StrEnum):
    """What binds the person after release."""

    NONE = "NONE"
    PAROLE = "PAROLE"
    PARDON_CONDITIONS = "PARDON_CONDITIONS"
    TIG = "TIG"
    VOLUNTARY_AFTERCARE = "VOLUNTARY_AFTERCARE"


class FactKind(StrEnum):
    """What can happen in one custody episode, in the words of the register."""

    ADMITTED = "ADMITTED"
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
    RELEASED = "RELEASED"
    DIED = "DIED"


MOVEMENT_KINDS = frozenset(FactKind) - {FactKind.ADMITTED, FactKind.RELEASED, FactKind.DIED}
CLOSED_STATES = frozenset({CustodyState.RELEASED, CustodyState.DECEASED})
HELD_STATES = frozenset(
    {
        CustodyState.IN_FACILITY,
        CustodyState.IN_TRANSIT,
        CustodyState.HOSPITAL,
        CustodyState.AT_COURT,
        CustodyState.TEMPORARY_LEAVE,
        CustodyState.HALFWAY,
    }
)

RETURN_OF = {
    FactKind.HOSPITAL_OUT: FactKind.HOSPITAL_IN,
    FactKind.COURT_OUT: FactKind.COURT_IN,
    FactKind.LEAVE_GRANTED: FactKind.LEAVE_RETURNED,
    FactKind.ESCAPED: FactKind.RECAPTURED,
}


class IllegalTransitionError(DomainError):
    kind = Kind.CONFLICT
    code = "illegal-transition"
    message = "This cannot follow what is recorded. Read the custody record and put the facts in order."


class OpenEpisodeError(DomainError):
    kind = Kind.CONFLICT
    code = "open-episode"
    message = "This person is already in custody. Record a movement, or release them first."


class NoOpenEpisodeError(DomainError):
    kind = Kind.CONFLICT
    code = "no-open-episode"
    message = "This person is not in custody now. Admit them again to open a new episode."


class PersonDeceasedError(DomainError):
    kind = Kind.CONFLICT
    code = "person-deceased"
    message = "A death is recorded for this person. Correct it first if it is wrong."


class LegalTransitionError(DomainError):
    kind = Kind.CONFLICT
    code = "illegal-legal-status"
    message = "This legal status cannot follow the present one. Check the court's decision."
    field = "legal_status"


@dataclass(frozen=True)
class Position:
    """Where an episode stands after its facts so far. `base` is where a leave or hospital stay returns to."""

    state: CustodyState = CustodyState.PRE_ADMISSION
    facility: str = ""
    incoming: str | None = None
    base: CustodyState = CustodyState.IN_FACILITY


@dataclass(frozen=True)
class Destination:
    """What a fact says of places: the facility it happens at or from, and the one it leads to."""

    at_facility: str | None = None
    to_facility: str | None = None
    to_halfway_centre: bool = False


Guard = Callable[[Position, Destination], str | None]


@dataclass(frozen=True)
class Transition:
    """`sources` may pass to `target` (None: back to the base) when every guard is silent."""

    sources: frozenset[CustodyState]
    target: CustodyState | None
    guards: tuple[Guard, ...] = ()


def _from(*states: CustodyState) -> frozenset[CustodyState]:
    return frozenset(states)


def _needs_other_facility(position: Position, place: Destination) -> str | None:
    if place.to_facility is None:
        return "name the facility it leads to"
    if place.to_facility == position.facility:
        return "it leads to the facility the person is already in"
    return None


def _needs_expected_receiver(position: Position, place: Destination) -> str | None:
    if place.at_facility is None:
        return "name the facility that receives"
    if place.at_facility != position.incoming:
        return "another facility was ordered to receive the person"
    return None


def _needs_halfway_centre(_position: Position, place: Destination) -> str | None:
    return None if place.to_halfway_centre else "the destination is no halfway centre"


def _needs_facility(_position: Position, place: Destination) -> str | None:
    return None if place.at_facility else "name the facility"


_S = CustodyState
TRANSITIONS: dict[FactKind, Transition] = {
    FactKind.ADMITTED: Transition(_from(_S.PRE_ADMISSION), _S.IN_FACILITY, (_needs_facility,)),
    FactKind.TRANSFER_DEPARTED: Transition(_from(_S.IN_FACILITY, _S.HALFWAY), _S.IN_TRANSIT, (_needs_other_facility,)),
    FactKind.TRANSFER_RECEIVED: Transition(_from(_S.IN_TRANSIT), _S.IN_FACILITY, (_needs_expected_receiver,)),
    FactKind.HOSPITAL_OUT: Transition(_from(_S.IN_FACILITY, _S.HALFWAY), _S.HOSPITAL),
    FactKind.HOSPITAL_IN: Transition(_from(_S.HOSPITAL), None),
    FactKind.COURT_OUT: Transition(_from(_S.IN_FACILITY, _S.HALFWAY), _S.AT_COURT),
    FactKind.COURT_IN: Transition(_from(_S.AT_COURT), None),
    FactKind.LEAVE_GRANTED: Transition(_from(_S.IN_FACILITY, _S.HALFWAY), _S.TEMPORARY_LEAVE),
    FactKind.LEAVE_RETURNED: Transition(_from(_S.TEMPORARY_LEAVE), None),
    FactKind.HALFWAY_MOVED: Transition(
        _from(_S.IN_FACILITY), _S.HALFWAY, (_needs_other_facility, _needs_halfway_centre)
    ),
    FactKind.ESCAPED: Transition(HELD_STATES, _S.ESCAPED),
    FactKind.RECAPTURED: Transition(_from(_S.ESCAPED), _S.IN_FACILITY),
    FactKind.RELEASED: Transition(_from(_S.IN_FACILITY, _S.HALFWAY, _S.HOSPITAL), _S.RELEASED),
    FactKind.DIED: Transition(HELD_STATES | {_S.ESCAPED}, _S.DECEASED),
}


def advance(position: Position, kind: FactKind, place: Destination) -> Position:
    """The position after `kind` happens (domain.md 2.6).

    Raises IllegalTransitionError with the state it found and the reason, both codes or plain words.
    """
    rule = TRANSITIONS[kind]
    if position.state not in rule.sources:
        raise _refusal(kind, position, f"it cannot follow {position.state}")
    for guard in rule.guards:
        reason = guard(position, place)
        if reason:
            raise _refusal(kind, position, reason)
    return _after(position, kind, place, rule.target)


def _after(position: Position, kind: FactKind, place: Destination, target: CustodyState | None) -> Position:
    state = target or position.base
    base = state if state in (_S.IN_FACILITY, _S.HALFWAY) else position.base
    match kind:
        case FactKind.TRANSFER_DEPARTED:
            return Position(state, position.facility, place.to_facility, base)
        case FactKind.ADMITTED | FactKind.TRANSFER_RECEIVED:
            return Position(state, place.at_facility or "", None, base)
        case FactKind.RECAPTURED:
            return Position(state, place.at_facility or position.facility, None, base)
        case FactKind.HALFWAY_MOVED:
            return Position(state, place.to_facility or "", None, base)
        case _:
            return Position(state, position.facility, None, base)


def _refusal(kind: FactKind, position: Position, reason: str) -> IllegalTransitionError:
    return IllegalTransitionError(
        f"{kind} is refused: {reason}. Read the custody record and put the facts in order.",
        fact=kind.value,
        state=position.state.value,
    )


_L = LegalStatus
LEGAL_TRANSITIONS: dict[LegalStatus, frozenset[LegalStatus]] = {
    _L.REMAND: frozenset({_L.REMAND, _L.CONVICTED_APPEALABLE, _L.CONVICTED_FINAL, _L.ACQUITTED, _L.CASE_CLOSED}),
    # an appeal may send the case back for a new trial, confirm, or acquit
    _L.CONVICTED_APPEALABLE: frozenset(
        {_L.CONVICTED_APPEALABLE, _L.CONVICTED_FINAL, _L.REMAND, _L.ACQUITTED, _L.CASE_CLOSED}
    ),
    # a final conviction yields only to a review of the judgement
    _L.CONVICTED_FINAL: frozenset({_L.CONVICTED_FINAL, _L.ACQUITTED, _L.CASE_CLOSED}),
    _L.ACQUITTED: frozenset({_L.ACQUITTED, _L.CASE_CLOSED}),
    _L.CASE_CLOSED: frozenset({_L.CASE_CLOSED}),
}


def next_legal_status(current: LegalStatus, wanted: LegalStatus) -> LegalStatus:
    """`wanted` when it may follow `current` (domain.md 2.6). Raises LegalTransitionError."""
    if wanted not in LEGAL_TRANSITIONS[current]:
        raise LegalTransitionError(field="legal_status", state=current.value, wanted=wanted.value)
    return wanted
