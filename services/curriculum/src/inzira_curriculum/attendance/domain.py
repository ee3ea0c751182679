"""Attendance codes, and what may still be done to a mark (domain.md 3, "Attendance codes")."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind


class AttendanceCode(StrEnum):
    PRESENT = "P"
    LATE = "L"
    EXCUSED = "E"
    UNEXCUSED = "U"
    MADE_UP = "M"


HERE = frozenset({AttendanceCode.PRESENT, AttendanceCode.LATE})
ATTENDED = HERE | {AttendanceCode.MADE_UP}
ABSENT = frozenset({AttendanceCode.EXCUSED, AttendanceCode.UNEXCUSED})

CORRECTION_REASONS = frozenset({"WRONG_CODE", "WRONG_PERSON", "WRONG_DATE", "LATE_INFORMATION", "EXCUSE_PROVEN"})


class MarkKind(StrEnum):
    """What a new mark is to the one that stands."""

    FIRST = "FIRST"
    SAME = "SAME"
    EDIT = "EDIT"
    MAKE_UP = "MAKE_UP"
    CORRECTION = "CORRECTION"


class EditWindowClosedError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "attendance-edit-window-closed"
    message = "This mark can no longer be edited. Send it again as a correction, with a reason_code."


class CorrectionReasonError(DomainError):
    kind = Kind.INVALID
    code = "correction-reason-unknown"
    message = (
        "Give one of the correction reasons: WRONG_CODE, WRONG_PERSON, WRONG_DATE, LATE_INFORMATION, EXCUSE_PROVEN."
    )


class HeldOnError(DomainError):
    kind = Kind.INVALID
    code = "held-on-out-of-range"
    message = "A session is held between the first day of the cohort and today."


class SessionHeldOtherDayError(DomainError):
    kind = Kind.CONFLICT
    code = "session-held-on-another-day"
    message = "This session is recorded for another day. Use that day, or correct it with the reason WRONG_DATE."


class MakeUpLimitError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "make-up-limit-reached"
    message = "The programme allows no more made-up sessions for this person."


class DuplicateMarkError(DomainError):
    kind = Kind.INVALID
    code = "duplicate-mark"
    message = "The same enrolment is marked twice. Keep one mark for each."


class SessionUnknownError(DomainError):
    kind = Kind.NOT_FOUND
    code = "session-not-found"
    message = "The programme of this cohort has no session by this code."


@dataclass(frozen=True)
class StandingMark:
    """The mark that stands for one person and one session."""

    code: AttendanceCode
    held_on: date
    first_recorded_at: datetime


def judge_mark(
    standing: StandingMark | None,
    code: AttendanceCode,
    held_on: date,
    now: datetime,
    *,
    window_hours: int,
    reason: str | None,
) -> MarkKind:
    """What recording `code` now would be.

    A made-up session replaces an absence at any time: it is a new fact, not a correction. Otherwise a mark
    may be edited within `window_hours` of its first recording and corrected afterwards.
    Raises EditWindowClosedError when a reason is needed, CorrectionReasonError when it is not one we know.
    """
    if reason is not None and reason not in CORRECTION_REASONS:
        raise CorrectionReasonError(field="reason_code")
    if standing is None:
        return MarkKind.FIRST
    if (standing.code, standing.held_on) == (code, held_on):
        return MarkKind.SAME
    if code is AttendanceCode.MADE_UP and standing.code in ABSENT and held_on >= standing.held_on:
        return MarkKind.MAKE_UP
    if reason is not None:
        return MarkKind.CORRECTION
    if now - standing.first_recorded_at <= timedelta(hours=window_hours):
        return MarkKind.EDIT
    raise EditWindowClosedError


def check_held_on(held_on: date, cohort_starts_on: date, today: date) -> None:
    """Sessions are facts: never in the future, never before the cohort began; past days are normal.

    Raises HeldOnError.
    """
    if not cohort_starts_on <= held_on <= today:
        raise HeldOnError(field="held_on")


def check_session_day(recorded: date | None, held_on: date, codes: set[AttendanceCode], reason: str | None) -> None:
    """A session has one day; only made-up marks carry a later one.

    Raises SessionHeldOtherDayError.
    """
    only_made_up = codes == {AttendanceCode.MADE_UP}
    if recorded in (None, held_on) or (only_made_up and recorded is not None and held_on > recorded):
        return
    if reason != "WRONG_DATE":
        raise SessionHeldOtherDayError(field="held_on")
