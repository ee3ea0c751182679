"""Who reaches the end of the sentence or the parole date soon, and who is held past it (domain.md 2.5, 5). Pure."""

from datetime import date
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

from inzira_intake.sentence.duration import Duration, DurationError, add_duration, parse_duration


class DueKind(StrEnum):
    """RELEASE and PAROLE lie ahead; OVERDUE is a release date that has passed with the person still held.

    TRANSFER_UNRECEIVED: departed more than 24 hours ago and not received. LEAVE_OVERDUE: not back from leave.
    """

    RELEASE = "RELEASE"
    PAROLE = "PAROLE"
    OVERDUE = "OVERDUE"
    TRANSFER_UNRECEIVED = "TRANSFER_UNRECEIVED"
    LEAVE_OVERDUE = "LEAVE_OVERDUE"


class DueSort(StrEnum):
    SOONEST = "due_on"
    LATEST = "-due_on"


class WithinError(DomainError):
    kind = Kind.INVALID
    code = "within-invalid"
    message = "Write how far to look as an ISO 8601 duration of at most three years, such as P12M or P90D."
    field = "within"


# milestones of domain.md 2.5: days before the date, nearest first
MILESTONES = ((0, "T-0"), (7, "T-7"), (30, "T-30"), (90, "T-90"), (183, "T-6M"), (366, "T-12M"), (1097, "T-36M"))
FARTHEST = Duration(years=3)


def horizon(within: str, today: date) -> date:
    """The last day looked at. Raises WithinError."""
    try:
        until = add_duration(today, parse_duration(within, field="within"))
    except DurationError as error:
        raise WithinError(field="within") from error
    if within == "LIFE" or until > add_duration(today, FARTHEST):
        raise WithinError(field="within")
    return until


PASSED = {
    DueKind.TRANSFER_UNRECEIVED: "The transfer departed and was not received within 24 hours.",
    DueKind.LEAVE_OVERDUE: "The person is not back from leave; only a decision makes it an escape.",
}


def milestone(kind: DueKind, days_left: int) -> str:
    """The nearest milestone not yet passed; OVERDUE past the date."""
    if days_left < 0 or kind in PASSED:
        return "OVERDUE"
    return next((code for days, code in MILESTONES if days_left <= days), "LATER")
