"""Eligibility as of a day: every obstacle named, the months overridable, the rest not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_curriculum.participant.domain import (
    NotEligibleError,
    Obstacle,
    OverrideReasonUnknownError,
    Standing,
    add_months,
    admit_or_refuse,
    assess,
)
from inzira_curriculum.programme.service import get_newest
from inzira_curriculum.template import EligibilityRules

RULES = get_newest("CORRECTIONAL").eligibility
DAY = date(2025, 1, 31)
HELD = Standing(
    legal_status="CONVICTED_FINAL",
    custody_state="IN_FACILITY",
    admitted_on=date(2020, 5, 1),
    released_on=None,
    expected_release_on=date(2026, 6, 1),
    parole_eligible_on=None,
)


def test_a_convicted_person_leaving_within_the_months_is_eligible() -> None:
    found = assess(HELD, RULES, DAY)
    assert found.is_eligible
    assert found.leaves_on == date(2026, 6, 1)
    assert not found.is_priority


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({"custody_state": "DECEASED"}, Obstacle.DECEASED),
        ({"custody_state": "ESCAPED"}, Obstacle.NOT_IN_CUSTODY),
        ({"custody_state": "RELEASED", "released_on": DAY}, Obstacle.NOT_IN_CUSTODY),
        ({"admitted_on": DAY + timedelta(days=1)}, Obstacle.NOT_IN_CUSTODY),
        ({"admitted_on": None}, Obstacle.NOT_IN_CUSTODY),
        ({"legal_status": "REMAND"}, Obstacle.LEGAL_STATUS),
        ({"legal_status": None}, Obstacle.LEGAL_STATUS),
        ({"expected_release_on": None}, Obstacle.DATE_UNKNOWN),
        ({"expected_release_on": date(2028, 2, 1)}, Obstacle.TOO_EARLY),
        ({"expected_release_on": date(2025, 7, 30)}, Obstacle.TOO_LATE),
        ({"flag_levels": frozenset({"RED"})}, Obstacle.ACUTE_FLAG),
    ],
)
def test_each_obstacle_is_named(changes: dict[str, object], obstacle: Obstacle) -> None:
    assert assess(replace(HELD, **changes), RULES, DAY).obstacles == (obstacle,)  # type: ignore[arg-type]  # table of cases


@pytest.mark.parametrize("day", [date(2025, 7, 31), date(2028, 1, 31)])
def test_the_first_and_last_day_of_the_months_count(day: date) -> None:
    assert assess(replace(HELD, expected_release_on=day), RULES, DAY).is_eligible


def test_a_parole_date_within_the_months_is_enough() -> None:
    found = assess(
        replace(HELD, expected_release_on=date(2040, 1, 1), parole_eligible_on=date(2025, 12, 1)), RULES, DAY
    )
    assert found.is_eligible
    assert found.is_priority
    assert found.leaves_on == date(2025, 12, 1)


def test_a_parole_date_gone_by_does_not_hide_the_release_date() -> None:
    found = assess(replace(HELD, parole_eligible_on=date(2024, 1, 1)), RULES, DAY)
    assert found.is_eligible
    assert found.leaves_on == HELD.expected_release_on


def test_somebody_released_since_was_held_on_that_day() -> None:
    assert assess(replace(HELD, custody_state="RELEASED", released_on=date(2025, 11, 1)), RULES, DAY).is_eligible


def test_credits_carry_somebody_past_the_months() -> None:
    soon = replace(HELD, expected_release_on=date(2025, 3, 1))
    assert not assess(soon, RULES, DAY).is_eligible
    assert assess(soon, RULES, DAY, continues=True).is_eligible


@pytest.mark.parametrize("released", [None, date(2025, 3, 1), date(2040, 1, 1)])
def test_the_months_are_overridden_with_a_listed_reason(released: date | None) -> None:
    standing = replace(HELD, expected_release_on=released)
    with pytest.raises(NotEligibleError):
        admit_or_refuse(standing, RULES, DAY)
    assert admit_or_refuse(standing, RULES, DAY, override_reason="COURT_REQUEST").obstacles


@pytest.mark.parametrize(
    "changes",
    [{"legal_status": "REMAND"}, {"custody_state": "DECEASED"}, {"flag_levels": frozenset({"RED"})}],
)
def test_no_reason_overrides_the_other_rules(changes: dict[str, object]) -> None:
    with pytest.raises(NotEligibleError):
        admit_or_refuse(replace(HELD, **changes), RULES, DAY, override_reason="COURT_REQUEST")  # type: ignore[arg-type]  # table of cases


def test_an_unlisted_reason_is_refused() -> None:
    with pytest.raises(OverrideReasonUnknownError):
        admit_or_refuse(HELD, RULES, DAY, override_reason="BECAUSE")


def test_a_community_programme_asks_neither_custody_nor_months() -> None:
    rules = EligibilityRules(frozenset(), None, None, None, frozenset(), frozenset())
    nobody = Standing(None, "RELEASED", None, date(2020, 1, 1), None, None)
    assert assess(nobody, rules, DAY).is_eligible


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(0, 600))
def test_adding_months_moves_the_month_and_never_passes_the_day(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day
    assert later.day == day.day or (later + timedelta(days=1)).day == 1
