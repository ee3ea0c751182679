"""States of a training and the days its facts may carry."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_platform.errors import DomainError
from inzira_tvet.training.domain import (
    ENDED,
    LEARNING,
    TRANSITIONS,
    Action,
    AwardedError,
    BeforeOpeningError,
    Course,
    EndedError,
    FutureFactError,
    IllegalTransitionError,
    NotEnrolledError,
    State,
    SuspendedError,
    allows,
    check_change_day,
    check_fact_day,
    next_state,
)

TODAY = date(2026, 6, 30)
OPENED = date(2026, 1, 5)


def test_a_training_goes_its_way_from_application_to_award() -> None:
    state = State.APPLIED
    for action in (Action.ENROL, Action.START, Action.SUSPEND, Action.RESUME, Action.COMPLETE, Action.AWARD):
        state = next_state(state, action)
    assert state is State.AWARDED


@pytest.mark.parametrize("state", LEARNING)
@pytest.mark.parametrize(
    ("action", "end"),
    [
        (Action.TRANSFER_OUT, State.TRANSFERRED_OUT),
        (Action.RELEASE, State.RELEASED_EARLY),
        (Action.WITHDRAW, State.WITHDRAWN),
        (Action.DIE, State.DECEASED),
    ],
)
def test_every_learning_state_can_be_cut_short(state: State, action: Action, end: State) -> None:
    assert next_state(state, action) is end


@pytest.mark.parametrize("action", [Action.TRANSFER_OUT, Action.RELEASE, Action.WITHDRAW])
def test_who_completed_keeps_the_right_to_the_award_wherever_they_go(action: Action) -> None:
    assert not allows(State.COMPLETED, action)


def test_a_late_fact_may_complete_a_training_cut_short_but_not_a_withdrawn_one() -> None:
    assert next_state(State.RELEASED_EARLY, Action.COMPLETE) is State.COMPLETED
    assert next_state(State.TRANSFERRED_OUT, Action.COMPLETE) is State.COMPLETED
    assert not allows(State.WITHDRAWN, Action.COMPLETE)
    assert not allows(State.DECEASED, Action.COMPLETE)


def test_nothing_moves_an_awarded_or_deceased_training() -> None:
    assert not any(allows(state, action) for state in (State.AWARDED, State.DECEASED) for action in Action)


@given(st.sampled_from(State), st.sampled_from(Action))
def test_next_state_follows_the_table_or_refuses(state: State, action: Action) -> None:
    if (state, action) in TRANSITIONS:
        assert next_state(state, action) is not state
    else:
        with pytest.raises(IllegalTransitionError) as refused:
            next_state(state, action)
        assert refused.value.facts == {"state": state.value, "action": action.value}


@given(st.lists(st.sampled_from(Action), max_size=30))
def test_an_award_is_never_reached_without_completion(actions: list[Action]) -> None:
    state, seen = State.APPLIED, [State.APPLIED]
    for action in actions:
        if allows(state, action):
            state = next_state(state, action)
            seen.append(state)
    if State.AWARDED in seen:
        assert seen[seen.index(State.AWARDED) - 1] is State.COMPLETED


def _refusal(state: State, on: date, state_on: date = date(2026, 3, 2)) -> type[DomainError] | None:
    try:
        check_fact_day(Course(state, state_on, OPENED), on, TODAY, "held_on")
    except DomainError as error:
        return type(error)
    return None


def test_late_facts_are_normal_and_future_ones_refused() -> None:
    assert _refusal(State.ACTIVE, OPENED) is None
    assert _refusal(State.ACTIVE, TODAY) is None
    assert _refusal(State.ACTIVE, TODAY + timedelta(days=1)) is FutureFactError


def test_facts_before_the_opening_or_before_enrolment_are_refused() -> None:
    assert _refusal(State.ACTIVE, OPENED - timedelta(days=1)) is BeforeOpeningError
    assert _refusal(State.APPLIED, TODAY) is NotEnrolledError


def test_an_awarded_training_takes_no_more_facts() -> None:
    assert _refusal(State.AWARDED, OPENED) is AwardedError


def test_a_suspended_training_takes_facts_of_the_days_before() -> None:
    assert _refusal(State.SUSPENDED, date(2026, 3, 1)) is None
    assert _refusal(State.SUSPENDED, date(2026, 3, 2)) is SuspendedError


@pytest.mark.parametrize("state", ENDED)
def test_an_ended_training_takes_facts_up_to_its_last_day(state: State) -> None:
    assert _refusal(state, date(2026, 3, 2)) is None
    assert _refusal(state, date(2026, 3, 3)) is EndedError


def test_a_change_of_state_is_dated_within_the_training() -> None:
    course = Course(State.ACTIVE, OPENED, OPENED)
    check_change_day(course, OPENED, TODAY)
    with pytest.raises(BeforeOpeningError):
        check_change_day(course, OPENED - timedelta(days=1), TODAY)
    with pytest.raises(FutureFactError) as refused:
        check_change_day(course, TODAY + timedelta(days=1), TODAY)
    assert refused.value.field == "changed_on"


@given(st.sampled_from(State), st.dates(date(2025, 1, 1), date(2027, 1, 1)))
def test_no_state_takes_a_fact_of_the_future(state: State, on: date) -> None:
    if on > TODAY:
        assert _refusal(state, on) is FutureFactError
