"""Tests: passed by score or gain, one resit, corrected with a reason."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_curriculum.assessment.domain import (
    CorrectionReasonError,
    Phase,
    Sitting,
    SittingConflictError,
    TestDateError,
    check_correction,
    check_taken_on,
    next_sitting,
    outcome,
    pre_score_of,
)
from inzira_curriculum.template import TestRules

RULES = TestRules(items=24, pass_score=60, pass_gain=20, resits=1)
FAILED = Sitting(Phase.POST, 1, 30, False)


@pytest.mark.parametrize(
    ("score", "pre", "passed"),
    [(60, None, True), (59, None, False), (59, 40, False), (59, 39, True), (20, 0, True), (19, 0, False)],
)
def test_a_post_test_is_passed_by_score_or_gain(score: int, pre: int | None, passed: bool) -> None:
    assert outcome(RULES, Phase.POST, score, pre) is passed


def test_a_pre_test_has_no_outcome() -> None:
    assert outcome(RULES, Phase.PRE, 100, None) is None


@given(st.integers(0, 100), st.integers(0, 100), st.none() | st.integers(0, 100))
def test_a_better_score_never_loses_a_pass(low: int, high: int, pre: int | None) -> None:
    low, high = min(low, high), max(low, high)
    assert outcome(RULES, Phase.POST, high, pre) or not outcome(RULES, Phase.POST, low, pre)


def test_one_resit_after_a_failed_post_test() -> None:
    assert next_sitting(RULES, [], Phase.POST) == 1
    assert next_sitting(RULES, [FAILED], Phase.POST) == 2
    for sittings in ([FAILED, Sitting(Phase.POST, 2, 30, False)], [Sitting(Phase.POST, 1, 70, True)]):
        with pytest.raises(SittingConflictError):
            next_sitting(RULES, sittings, Phase.POST)


def test_the_pre_test_is_taken_once() -> None:
    with pytest.raises(SittingConflictError):
        next_sitting(RULES, [Sitting(Phase.PRE, 1, 30, None)], Phase.PRE)


def test_the_pre_score_is_that_of_the_pre_test() -> None:
    assert pre_score_of([FAILED, Sitting(Phase.PRE, 1, 12, None)]) == 12
    assert pre_score_of([FAILED]) is None


def test_a_correction_needs_a_reason_and_a_sitting() -> None:
    check_correction([FAILED], Phase.POST, 1, "WRONG_SCORE")
    with pytest.raises(CorrectionReasonError):
        check_correction([FAILED], Phase.POST, 1, "BECAUSE")
    with pytest.raises(SittingConflictError):
        check_correction([FAILED], Phase.POST, 2, "WRONG_SCORE")


@pytest.mark.parametrize("day", [date(2025, 2, 28), date(2025, 4, 2)])
def test_a_test_is_taken_between_enrolment_and_today(day: date) -> None:
    with pytest.raises(TestDateError):
        check_taken_on(Phase.POST, day, date(2025, 3, 1), date(2025, 4, 1))


def test_a_pre_test_may_come_shortly_before_the_enrolment() -> None:
    check_taken_on(Phase.PRE, date(2025, 1, 1), date(2025, 3, 1), date(2025, 4, 1))
    with pytest.raises(TestDateError):
        check_taken_on(Phase.PRE, date(2024, 12, 1), date(2025, 3, 1), date(2025, 4, 1))
