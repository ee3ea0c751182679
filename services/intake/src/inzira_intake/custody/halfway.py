"""Who may move to the halfway centre (domain.md 2.6): 6 to 12 months left, two years served, good conduct. Pure."""

from dataclasses import dataclass
from datetime import date

from inzira_platform.errors import DomainError, Kind

from inzira_intake.sentence.duration import Duration, add_duration

LEAST_LEFT = Duration(months=6)
MOST_LEFT = Duration(months=12)
LEAST_SERVED = Duration(years=2)


class HalfwayRefusedError(DomainError):
    """Facts carry `reason`: MONTHS_LEFT, YEARS_SERVED, CONDUCT or NO_END_DATE."""

    kind = Kind.RULE_VIOLATION
    code = "halfway-refused"
    message = (
        "The halfway centre takes people with 6 to 12 months left, 2 years served and good conduct. "
        "To go past this, give override_reason and the supervisor who allows it in approved_by."
    )


class OverrideError(DomainError):
    kind = Kind.INVALID
    code = "override-needs-supervisor"
    message = "An override needs a reason and another person than the recorder in approved_by."
    field = "approved_by"


@dataclass(frozen=True)
class HalfwayCase:
    """What the rule reads."""

    moved_on: date
    served_since: date
    expected_release_on: date | None
    good_conduct: bool


def refusal(case: HalfwayCase) -> str | None:
    """The code of the first condition that fails, or None."""
    if case.expected_release_on is None:
        return "NO_END_DATE"
    earliest = add_duration(case.moved_on, LEAST_LEFT)
    latest = add_duration(case.moved_on, MOST_LEFT)
    if not earliest <= case.expected_release_on <= latest:
        return "MONTHS_LEFT"
    if add_duration(case.served_since, LEAST_SERVED) > case.moved_on:
        return "YEARS_SERVED"
    return None if case.good_conduct else "CONDUCT"


def require_halfway(
    case: HalfwayCase, *, override_reason: str | None, approved_by: str | None, recorded_by: str
) -> None:
    """Raises HalfwayRefusedError with the reason, or OverrideError when an override is not by two persons."""
    reason = refusal(case)
    if reason is None:
        return
    if override_reason is None and approved_by is None:
        raise HalfwayRefusedError(reason=reason)
    if not override_reason or not approved_by or approved_by == recorded_by:
        raise OverrideError(field="approved_by")
