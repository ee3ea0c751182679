"""The award: a record of RTB's certificate, due only when everything is met (domain.md 4, field.md 1)."""

from collections.abc import Sequence
from datetime import date

from inzira_platform.errors import DomainError, Kind


class AwardNotDueError(DomainError):
    """`reasons` among its facts lists the codes of what is unmet; GET the training for each one explained."""

    kind = Kind.RULE_VIOLATION
    code = "award-not-due"
    message = "The award is not due yet. Read the training: still_needed explains what is missing."


class AwardBeforeAssessmentError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "award-before-assessment"
    message = "The award is dated before the integrated assessment it rests on."


class AwardNumberTakenError(DomainError):
    kind = Kind.CONFLICT
    code = "rtb-number-taken"
    message = "Another award carries this RTB number. Check the number on the certificate."


def check_due(reasons: Sequence[str]) -> None:
    """Raises AwardNotDueError naming every unmet reason by its code."""
    if reasons:
        raise AwardNotDueError(reasons=",".join(reasons))


def check_award_day(awarded_on: date, integrated_on: date) -> None:
    """An award cannot precede its assessment. Raises AwardBeforeAssessmentError."""
    if awarded_on < integrated_on:
        raise AwardBeforeAssessmentError(field="awarded_on")
