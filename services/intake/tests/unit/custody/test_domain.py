"""The transition table of domain.md 2.6: everything it allows, everything else refused with a reason."""

import pytest
from inzira_intake.custody.domain import (
    HELD_STATES,
    LEGAL_TRANSITIONS,
    TRANSITIONS,
    CustodyState,
    Destination,
    FactKind,
    IllegalTransitionError,
    LegalStatus,
    LegalTransitionError,
    Position,
    advance,
    next_legal_status,
)

IN_HUYE = Position(CustodyState.IN_FACILITY, "HUY")


def test_an_admission_opens_the_episode_at_its_facility() -> None:
    assert advance(Position(), FactKind.ADMITTED, Destination("HUY")) == IN_HUYE


def test_a_transfer_stays_with_the_sender_until_received() -> None:
    moving = advance(IN_HUYE, FactKind.TRANSFER_DEPARTED, Destination("HUY", "MUS"))
    assert (moving.state, moving.facility, moving.incoming) == (CustodyState.IN_TRANSIT, "HUY", "MUS")
    there = advance(moving, FactKind.TRANSFER_RECEIVED, Destination("MUS"))
    assert there == Position(CustodyState.IN_FACILITY, "MUS")


def test_only_the_facility_ordered_receives() -> None:
    moving = advance(IN_HUYE, FactKind.TRANSFER_DEPARTED, Destination("HUY", "MUS"))
    with pytest.raises(IllegalTransitionError, match="another facility"):
        advance(moving, FactKind.TRANSFER_RECEIVED, Destination("RUB"))


def test_a_transfer_to_the_same_facility_is_refused() -> None:
    with pytest.raises(IllegalTransitionError, match="already in"):
        advance(IN_HUYE, FactKind.TRANSFER_DEPARTED, Destination("HUY", "HUY"))


def test_a_transfer_without_destination_is_refused() -> None:
    with pytest.raises(IllegalTransitionError, match="name the facility"):
        advance(IN_HUYE, FactKind.TRANSFER_DEPARTED, Destination("HUY"))


@pytest.mark.parametrize(
    ("out", "away", "back"),
    [
        (FactKind.HOSPITAL_OUT, CustodyState.HOSPITAL, FactKind.HOSPITAL_IN),
        (FactKind.COURT_OUT, CustodyState.AT_COURT, FactKind.COURT_IN),
        (FactKind.LEAVE_GRANTED, CustodyState.TEMPORARY_LEAVE, FactKind.LEAVE_RETURNED),
    ],
)
@pytest.mark.parametrize("base", [CustodyState.IN_FACILITY, CustodyState.HALFWAY])
def test_who_goes_out_returns_to_where_they_were(
    out: FactKind, away: CustodyState, back: FactKind, base: CustodyState
) -> None:
    home = Position(base, "HRC", None, base)
    outside = advance(home, out, Destination("HRC"))
    assert outside.state is away
    assert advance(outside, back, Destination("HRC")) == home


def test_the_halfway_centre_needs_to_be_one() -> None:
    moved = advance(IN_HUYE, FactKind.HALFWAY_MOVED, Destination("HUY", "HRC", to_halfway_centre=True))
    assert (moved.state, moved.facility) == (CustodyState.HALFWAY, "HRC")
    with pytest.raises(IllegalTransitionError, match="no halfway centre"):
        advance(IN_HUYE, FactKind.HALFWAY_MOVED, Destination("HUY", "MUS"))


def test_an_escape_on_the_road_ends_the_transfer() -> None:
    moving = advance(IN_HUYE, FactKind.TRANSFER_DEPARTED, Destination("HUY", "MUS"))
    gone = advance(moving, FactKind.ESCAPED, Destination())
    assert (gone.state, gone.facility, gone.incoming) == (CustodyState.ESCAPED, "HUY", None)
    assert advance(gone, FactKind.RECAPTURED, Destination("RUB")).facility == "RUB"
    assert advance(gone, FactKind.RECAPTURED, Destination()).facility == "HUY"


@pytest.mark.parametrize("kind", list(FactKind))
@pytest.mark.parametrize("state", list(CustodyState))
def test_a_state_outside_the_sources_is_refused_naming_both(kind: FactKind, state: CustodyState) -> None:
    if state in TRANSITIONS[kind].sources:
        return
    with pytest.raises(IllegalTransitionError) as caught:
        advance(Position(state, "HUY", "MUS"), kind, Destination("MUS", "RUB", to_halfway_centre=True))
    assert caught.value.facts == {"fact": kind.value, "state": state.value}


@pytest.mark.parametrize("kind", list(FactKind))
def test_nothing_follows_death_or_release(kind: FactKind) -> None:
    closed = {CustodyState.DECEASED, CustodyState.RELEASED}
    assert not TRANSITIONS[kind].sources & closed


def test_death_is_possible_wherever_a_person_is_held_or_has_fled() -> None:
    assert TRANSITIONS[FactKind.DIED].sources == HELD_STATES | {CustodyState.ESCAPED}


def test_a_conviction_becomes_final_and_not_remand_again() -> None:
    final = LegalStatus.CONVICTED_FINAL
    assert next_legal_status(LegalStatus.CONVICTED_APPEALABLE, final) is final
    with pytest.raises(LegalTransitionError):
        next_legal_status(final, LegalStatus.REMAND)


@pytest.mark.parametrize("status", list(LegalStatus))
def test_every_legal_status_may_be_confirmed(status: LegalStatus) -> None:
    assert status in LEGAL_TRANSITIONS[status]
