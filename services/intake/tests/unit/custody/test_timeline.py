"""Late, backdated and corrected facts: accepted exactly when every fact still follows."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from inzira_intake.custody.domain import CustodyState, Destination, FactKind, IllegalTransitionError
from inzira_intake.custody.timeline import (
    BeforeAdmissionError,
    Fact,
    FutureFactError,
    Interruption,
    OrderContradictionError,
    UnknownFactError,
    insert_fact,
    interruptions,
    move_fact,
    position_after,
)

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


def day(month: int, day_of_month: int, hour: int = 8) -> datetime:
    return datetime(2026, month, day_of_month, hour, tzinfo=UTC)


def make_fact(kind: FactKind, at: datetime, at_facility: str | None = "HUY", to: str | None = None) -> Fact:
    return Fact(uuid4(), kind, at, NOW, Destination(at_facility, to))


@pytest.fixture
def transferred() -> list[Fact]:
    return [
        make_fact(FactKind.ADMITTED, day(1, 10)),
        make_fact(FactKind.TRANSFER_DEPARTED, day(3, 1), "HUY", "MUS"),
        make_fact(FactKind.TRANSFER_RECEIVED, day(3, 1, 16), "MUS"),
    ]


def test_position_follows_the_time_of_happening_not_of_recording(transferred: list[Fact]) -> None:
    assert position_after(reversed(transferred)).facility == "MUS"


def test_a_late_pair_takes_its_place_before_the_transfer(transferred: list[Fact]) -> None:
    out, back = make_fact(FactKind.HOSPITAL_OUT, day(2, 1)), make_fact(FactKind.HOSPITAL_IN, day(2, 4))
    assert insert_fact(transferred, (out, back), NOW).state is CustodyState.IN_FACILITY


def test_a_late_fact_that_breaks_a_later_one_is_refused_with_the_later_one(transferred: list[Fact]) -> None:
    with pytest.raises(OrderContradictionError) as caught:
        insert_fact(transferred, (make_fact(FactKind.HOSPITAL_OUT, day(2, 1)),), NOW)
    assert caught.value.facts["fact"] == "TRANSFER_DEPARTED"


def test_a_new_fact_that_cannot_follow_is_refused_as_itself(transferred: list[Fact]) -> None:
    with pytest.raises(IllegalTransitionError):
        insert_fact(transferred, (make_fact(FactKind.HOSPITAL_IN, day(5, 1)),), NOW)


def test_the_future_is_refused_but_for_five_minutes_of_skew(transferred: list[Fact]) -> None:
    soon = make_fact(FactKind.COURT_OUT, NOW + timedelta(minutes=4))
    assert insert_fact(transferred, (soon,), NOW).state is CustodyState.AT_COURT
    with pytest.raises(FutureFactError):
        insert_fact(transferred, (make_fact(FactKind.COURT_OUT, NOW + timedelta(minutes=6)),), NOW)


def test_nothing_happens_before_the_admission(transferred: list[Fact]) -> None:
    with pytest.raises(BeforeAdmissionError):
        insert_fact(transferred, (make_fact(FactKind.COURT_OUT, day(1, 9)),), NOW)


def test_a_correction_moves_a_fact_while_the_order_holds(transferred: list[Fact]) -> None:
    assert move_fact(transferred, transferred[0].fact_id, day(2, 1), NOW).facility == "MUS"
    with pytest.raises(OrderContradictionError):
        move_fact(transferred, transferred[0].fact_id, day(4, 1), NOW)


def test_a_correction_needs_a_fact_of_this_episode_and_a_past_time(transferred: list[Fact]) -> None:
    with pytest.raises(UnknownFactError):
        move_fact(transferred, uuid4(), day(2, 1), NOW)
    with pytest.raises(FutureFactError):
        move_fact(transferred, transferred[2].fact_id, NOW + timedelta(days=1), NOW)


def test_facts_of_one_day_keep_the_order_they_were_recorded_in() -> None:
    admitted = make_fact(FactKind.ADMITTED, day(1, 10))
    out = Fact(uuid4(), FactKind.COURT_OUT, day(1, 10), NOW + timedelta(seconds=1))
    assert position_after([out, admitted]).state is CustodyState.AT_COURT


def test_escapes_become_interruptions_and_the_last_may_be_open() -> None:
    facts = [
        make_fact(FactKind.ADMITTED, day(1, 1)),
        make_fact(FactKind.ESCAPED, day(2, 1)),
        make_fact(FactKind.RECAPTURED, day(3, 13)),
        make_fact(FactKind.ESCAPED, day(6, 1, 23)),
    ]
    # 23:00 in UTC is the next day in Rwanda
    assert interruptions(facts) == (
        Interruption(date(2026, 2, 1), date(2026, 3, 13)),
        Interruption(date(2026, 6, 2), None),
    )
