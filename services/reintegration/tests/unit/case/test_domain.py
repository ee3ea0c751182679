"""States of a case."""

from datetime import date

import pytest
from inzira_reintegration.case.domain import (
    CaseAction,
    CaseClosedError,
    CaseState,
    FutureDateError,
    TooEarlyError,
    check_happened,
    next_state,
    require_open,
)


def test_a_case_goes_from_before_release_to_follow_up_to_closed() -> None:
    assert next_state(CaseState.PRE_RELEASE, CaseAction.START_FOLLOW_UP) is CaseState.FOLLOW_UP
    assert next_state(CaseState.FOLLOW_UP, CaseAction.CLOSE) is CaseState.CLOSED
    assert next_state(CaseState.PRE_RELEASE, CaseAction.CLOSE) is CaseState.CLOSED


@pytest.mark.parametrize("action", list(CaseAction))
def test_a_closed_case_is_never_reopened(action: CaseAction) -> None:
    with pytest.raises(CaseClosedError):
        next_state(CaseState.CLOSED, action)
    with pytest.raises(CaseClosedError):
        require_open(CaseState.CLOSED)


def test_facts_may_be_told_late_but_not_ahead_of_time() -> None:
    today = date(2026, 11, 23)
    check_happened(date(2025, 1, 1), today, field="held_on")
    with pytest.raises(FutureDateError) as future:
        check_happened(date(2026, 11, 24), today, field="held_on")
    assert future.value.field == "held_on"
    with pytest.raises(TooEarlyError):
        check_happened(date(2025, 1, 1), today, field="held_on", not_before=date(2025, 1, 2))
