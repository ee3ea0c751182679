"""How far the worklist looks, and how near a date is."""

from datetime import date

import pytest
from inzira_intake.due.domain import DueKind, WithinError, horizon, milestone

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("within", "until"), [("P12M", date(2027, 11, 23)), ("P90D", date(2027, 2, 21)), ("P3Y", date(2029, 11, 23))]
)
def test_the_last_day_looked_at(within: str, until: date) -> None:
    assert horizon(within, TODAY) == until


@pytest.mark.parametrize("within", ["P3Y1D", "LIFE", "P", "", "12", "P99999D"])
def test_too_far_or_not_understood(within: str) -> None:
    with pytest.raises(WithinError):
        horizon(within, TODAY)


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (-1, "OVERDUE"),
        (0, "T-0"),
        (7, "T-7"),
        (8, "T-30"),
        (90, "T-90"),
        (91, "T-6M"),
        (366, "T-12M"),
        (1000, "T-36M"),
        (1098, "LATER"),
    ],
)
def test_the_nearest_milestone(days: int, code: str) -> None:
    assert milestone(DueKind.RELEASE, days) == code


@pytest.mark.parametrize("kind", [DueKind.TRANSFER_UNRECEIVED, DueKind.LEAVE_OVERDUE])
def test_what_should_have_ended_is_overdue_at_once(kind: DueKind) -> None:
    assert milestone(kind, 0) == "OVERDUE"
