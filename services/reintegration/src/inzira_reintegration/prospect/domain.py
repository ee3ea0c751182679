"""When a person's case opens: twelve months before the expected release (domain.md 5, R1)."""

from datetime import date

from inzira_reintegration.rules import Offset, Opening


def window_opens_on(expected_release_on: date, opening: Opening) -> date:
    """The day from which a case is due: whole months before the expected release."""
    return Offset(months=-opening.months_before_release).from_day(expected_release_on)


def horizon(today: date, opening: Opening) -> date:
    """The latest expected release for which a case is due `today`."""
    return Offset(months=opening.months_before_release).from_day(today)


def is_due(expected_release_on: date | None, today: date, opening: Opening) -> bool:
    """Whether a case is due; never for somebody without an expected release (life, remand)."""
    return expected_release_on is not None and expected_release_on <= horizon(today, opening)


def opened_on(expected_release_on: date, admitted_on: date, today: date, opening: Opening) -> date:
    """The day the case counts from: when its window opened, but not before admission nor after today.

    A register entered late, or a scanner that was down, learns of it later: that is the recorded time.
    """
    return min(today, max(admitted_on, window_opens_on(expected_release_on, opening)))


def needs_case_at_release(release_reason: str, opening: Opening) -> bool:
    """Whether a person released for this reason is followed although no case was open yet."""
    return release_reason not in opening.release_reasons_without_case
