"""Criteria of closure and how they are explained."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_reintegration.closure.domain import (
    ClosureByEventError,
    ClosureUnmetError,
    Facts,
    OwnRequestError,
    check_closable,
    check_may_approve,
    criteria,
    unmet,
)
from inzira_reintegration.ruleset import rules_on

FOLLOW_UP = rules_on(date(2026, 1, 1))
RULES = FOLLOW_UP.closure
GOOD = {code: 3 for code in FOLLOW_UP.domains}
MET = Facts(
    released_on=date(2025, 9, 20),
    closes_on=date(2026, 9, 20),
    reviews=[GOOD, GOOD],
    open_flag_levels=frozenset(),
    open_goals=0,
    has_signed_plan=True,
    lost_contact_on=None,
    open_protocol_tasks=0,
)


def codes(facts: Facts, code: str = "GOALS_MET") -> list[str]:
    return [criterion.code for criterion in unmet(code, facts, RULES)]


def test_a_case_with_everything_met_can_be_closed() -> None:
    check_closable("GOALS_MET", MET, RULES)


def test_each_criterion_stands_alone() -> None:
    assert codes(replace(MET, closes_on=date(2026, 9, 19))) == ["TIME"]
    assert codes(replace(MET, released_on=None)) == ["TIME"]
    assert codes(replace(MET, reviews=[GOOD])) == ["REVIEWS"]
    assert codes(replace(MET, reviews=[GOOD, {**GOOD, "D6": 2}])) == ["REVIEWS"]
    assert codes(replace(MET, reviews=[{**GOOD, "D4": 1}, GOOD])) == ["REVIEWS"]
    assert codes(replace(MET, reviews=[{**GOOD, "D4": 2}, GOOD])) == []
    assert codes(replace(MET, open_flag_levels=frozenset({"AMBER"}))) == ["FLAGS"]
    assert codes(replace(MET, open_flag_levels=frozenset({"YELLOW"}))) == []
    assert codes(replace(MET, open_goals=1)) == ["GOALS"]
    assert codes(replace(MET, has_signed_plan=False)) == ["GOALS"]


def test_only_the_last_two_reviews_count() -> None:
    assert codes(replace(MET, reviews=[GOOD, GOOD, {**GOOD, "D1": 0}])) == []


def test_other_codes_ask_for_less_but_never_ignore_an_open_red_flag() -> None:
    young = replace(MET, closes_on=date(2026, 1, 1), reviews=[])
    assert codes(young, "MOVED") == []
    assert codes(young, "TIME_COMPLETE") == ["TIME"]
    assert codes(replace(young, open_flag_levels=frozenset({"RED"})), "MOVED") == ["FLAGS"]


def test_lost_contact_asks_for_the_search_to_be_finished() -> None:
    assert codes(MET, "LOST_CONTACT") == ["LOST_CONTACT"]
    searching = replace(MET, lost_contact_on=date(2026, 8, 1), open_protocol_tasks=2)
    assert codes(searching, "LOST_CONTACT") == ["LOST_CONTACT"]
    assert codes(replace(searching, open_protocol_tasks=0), "LOST_CONTACT") == []


@pytest.mark.parametrize("code", ["DECEASED", "RETURNED_TO_CUSTODY"])
def test_custody_events_close_by_themselves_only(code: str) -> None:
    with pytest.raises(ClosureByEventError):
        unmet(code, MET, RULES)


def test_the_refusal_explains_without_showing_a_score() -> None:
    with pytest.raises(ClosureUnmetError) as refused:
        check_closable("GOALS_MET", replace(MET, reviews=[{**GOOD, "D6": 0}, GOOD], open_goals=3), RULES)
    assert refused.value.facts == {"unmet": "REVIEWS,GOALS"}
    assert "D6" in refused.value.detail
    assert "0" not in refused.value.detail


def test_the_one_who_asked_does_not_approve() -> None:
    check_may_approve("a", "b")
    with pytest.raises(OwnRequestError):
        check_may_approve("a", "a")


@given(st.dictionaries(st.sampled_from(FOLLOW_UP.domains), st.integers(0, 4), min_size=12, max_size=12))
def test_reviews_are_met_exactly_when_no_domain_is_below_its_floor(scores: dict[str, int]) -> None:
    floors = {code: 3 if code in RULES.core_domains else 2 for code in scores}
    expected = all(score >= floors[code] for code, score in scores.items())
    assert criteria(replace(MET, reviews=[scores, GOOD]), RULES)["REVIEWS"].met == expected
