"""Marks: free for 72 hours, then only corrected with a reason; made-up sessions at any time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from inzira_curriculum.attendance.domain import (
    AttendanceCode,
    CorrectionReasonError,
    EditWindowClosedError,
    HeldOnError,
    MarkKind,
    SessionHeldOtherDayError,
    StandingMark,
    check_held_on,
    check_session_day,
    judge_mark,
)

A = AttendanceCode
FIRST = datetime(2025, 3, 3, 8, tzinfo=UTC)
HELD = date(2025, 3, 3)
ABSENT = StandingMark(A.UNEXCUSED, HELD, FIRST)


def judged(
    standing: StandingMark | None,
    code: AttendanceCode,
    hours: float,
    reason: str | None = None,
    held: date = HELD,
) -> MarkKind:
    return judge_mark(standing, code, held, FIRST + timedelta(hours=hours), window_hours=72, reason=reason)


def test_a_first_mark_is_a_first_mark_however_late() -> None:
    assert judged(None, A.PRESENT, 10_000) is MarkKind.FIRST


def test_the_same_mark_again_changes_nothing() -> None:
    assert judged(ABSENT, A.UNEXCUSED, 10_000) is MarkKind.SAME


@pytest.mark.parametrize("hours", [0, 71.9, 72])
def test_a_mark_is_edited_within_72_hours(hours: float) -> None:
    assert judged(ABSENT, A.PRESENT, hours) is MarkKind.EDIT


def test_after_72_hours_only_a_correction_with_a_reason() -> None:
    with pytest.raises(EditWindowClosedError):
        judged(ABSENT, A.PRESENT, 72.1)
    assert judged(ABSENT, A.PRESENT, 72.1, "WRONG_CODE") is MarkKind.CORRECTION


def test_a_reason_we_do_not_know_is_refused() -> None:
    with pytest.raises(CorrectionReasonError):
        judged(ABSENT, A.PRESENT, 1, "BECAUSE")


@pytest.mark.parametrize("missed", [A.EXCUSED, A.UNEXCUSED])
def test_an_absence_is_made_up_at_any_time(missed: AttendanceCode) -> None:
    standing = StandingMark(missed, HELD, FIRST)
    assert judged(standing, A.MADE_UP, 5_000, held=HELD + timedelta(days=30)) is MarkKind.MAKE_UP


def test_presence_is_not_made_up() -> None:
    with pytest.raises(EditWindowClosedError):
        judged(StandingMark(A.PRESENT, HELD, FIRST), A.MADE_UP, 100)


@pytest.mark.parametrize("held", [date(2025, 2, 28), date(2025, 4, 2)])
def test_a_session_is_held_between_the_first_day_and_today(held: date) -> None:
    with pytest.raises(HeldOnError):
        check_held_on(held, date(2025, 3, 1), date(2025, 4, 1))


def test_a_session_has_one_day() -> None:
    later = HELD + timedelta(days=3)
    check_session_day(None, later, {A.PRESENT}, None)
    check_session_day(HELD, HELD, {A.PRESENT, A.MADE_UP}, None)
    check_session_day(HELD, later, {A.MADE_UP}, None)
    check_session_day(HELD, later, {A.PRESENT}, "WRONG_DATE")
    with pytest.raises(SessionHeldOtherDayError):
        check_session_day(HELD, later, {A.PRESENT, A.MADE_UP}, None)
