"""Flags: transitions, clocks, escalation."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_reintegration.flag.domain import (
    ENDED,
    TRANSITIONS,
    ActionMissingError,
    ActionUnknownError,
    FlagLevel,
    FlagNeedsSupervisorError,
    FlagState,
    FlagTransitionError,
    change,
    clock_after,
    escalated,
    is_working_day,
)
from inzira_reintegration.ruleset import rules_on

RULES = rules_on(date(2026, 1, 1)).flags
FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_flag_goes_all_the_way() -> None:
    state = change(FlagLevel.RED, FlagState.RAISED, FlagState.ACKNOWLEDGED, None, RULES, supervises=True)
    state = change(FlagLevel.RED, state, FlagState.ACTION_TAKEN, "CALL_114_HEALTH", RULES, supervises=False)
    state = change(FlagLevel.RED, state, FlagState.RESOLVED, None, RULES, supervises=False)
    assert state is FlagState.RESOLVED


@given(st.sampled_from(FlagState), st.sampled_from(FlagState), st.sampled_from(FlagLevel))
def test_only_transitions_of_the_table_are_allowed(old: FlagState, new: FlagState, level: FlagLevel) -> None:
    if new in TRANSITIONS[old]:
        assert change(level, old, new, "VISITED", RULES, supervises=True) is new
    else:
        with pytest.raises(FlagTransitionError):
            change(level, old, new, "VISITED", RULES, supervises=True)


def test_nothing_leaves_an_ended_flag() -> None:
    assert all(not TRANSITIONS[state] for state in ENDED)


def test_a_red_flag_is_acknowledged_by_a_supervisor() -> None:
    with pytest.raises(FlagNeedsSupervisorError):
        change(FlagLevel.RED, FlagState.RAISED, FlagState.ACKNOWLEDGED, None, RULES, supervises=False)
    change(FlagLevel.AMBER, FlagState.RAISED, FlagState.ACKNOWLEDGED, None, RULES, supervises=False)


def test_an_action_needs_a_known_code() -> None:
    with pytest.raises(ActionMissingError):
        change(FlagLevel.RED, FlagState.ACKNOWLEDGED, FlagState.ACTION_TAKEN, None, RULES, supervises=True)
    with pytest.raises(ActionUnknownError):
        change(FlagLevel.RED, FlagState.ACKNOWLEDGED, FlagState.ACTION_TAKEN, "SLEPT", RULES, supervises=True)


def test_clocks_are_one_hour_one_day_and_the_next_working_day() -> None:
    assert clock_after(FlagLevel.RED, FlagState.RAISED, FRIDAY, RULES) == FRIDAY + timedelta(hours=1)
    assert clock_after(FlagLevel.AMBER, FlagState.RAISED, FRIDAY, RULES) == FRIDAY + timedelta(days=1)
    monday_evening = datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert clock_after(FlagLevel.YELLOW, FlagState.RAISED, FRIDAY, RULES) == monday_evening


def test_an_acknowledged_amber_flag_needs_a_plan_within_three_days() -> None:
    assert clock_after(FlagLevel.AMBER, FlagState.ACKNOWLEDGED, FRIDAY, RULES) == FRIDAY + timedelta(hours=72)
    assert clock_after(FlagLevel.RED, FlagState.ACKNOWLEDGED, FRIDAY, RULES) is None
    assert clock_after(FlagLevel.RED, FlagState.RESOLVED, FRIDAY, RULES) is None


def test_holidays_and_weekends_are_not_working_days() -> None:
    assert not is_working_day(date(2026, 12, 25), RULES)
    assert not is_working_day(date(2026, 11, 22), RULES)
    assert is_working_day(date(2026, 11, 23), RULES)


@given(st.sampled_from(FlagLevel), st.datetimes(timezones=st.just(UTC)))
def test_clocks_always_lie_ahead_and_escalation_ends(level: FlagLevel, at: datetime) -> None:
    at = at.replace(year=2020 + at.year % 30, day=min(at.day, 28))
    clock = clock_after(level, FlagState.RAISED, at, RULES)
    assert clock is not None
    assert clock > at
    step, following = 0, clock
    for _ in range(10):
        if following is None:
            break
        step, following = escalated(level, step, following, RULES)
    assert step == RULES.max_escalation
    assert following is None
