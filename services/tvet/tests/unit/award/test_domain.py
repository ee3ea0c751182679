"""When an award may be recorded."""

from datetime import date

import pytest
from inzira_tvet.award.domain import (
    AwardBeforeAssessmentError,
    AwardNotDueError,
    check_award_day,
    check_due,
)


def test_an_award_is_due_when_nothing_stands_against_it() -> None:
    check_due([])


def test_a_refusal_names_every_reason() -> None:
    with pytest.raises(AwardNotDueError) as refused:
        check_due(["INTEGRATED_MISSING", "ATTENDANCE_TOO_LOW"])
    assert refused.value.facts == {"reasons": "INTEGRATED_MISSING,ATTENDANCE_TOO_LOW"}


def test_an_award_is_not_dated_before_its_assessment() -> None:
    check_award_day(date(2026, 5, 1), date(2026, 5, 1))
    with pytest.raises(AwardBeforeAssessmentError):
        check_award_day(date(2026, 4, 30), date(2026, 5, 1))
