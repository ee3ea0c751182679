"""Competent or not yet competent: sittings of a module and of the integrated assessment (domain.md 4).

No averaging and no percentage: a module is C when the latest judgement of every learning outcome is C.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from inzira_platform.errors import DomainError, Kind


class Result(StrEnum):
    """C competent, NYC not yet competent: there is no third and no mark."""

    C = "C"
    NYC = "NYC"


class OutcomeUnknownError(DomainError):
    kind = Kind.INVALID
    code = "outcome-unknown"
    message = "The module has no learning outcome by one of these codes. Read the programme for its outcomes."


class OutcomesMissingError(DomainError):
    kind = Kind.INVALID
    code = "outcomes-missing"
    message = "Judge every learning outcome of the module; in a reassessment every one not yet competent."


class AlreadyCompetentError(DomainError):
    kind = Kind.CONFLICT
    code = "already-competent"
    message = "The result was competent by then: there is nothing left to assess again."


class ReassessmentTooSoonError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "reassessment-too-soon"
    message = "Too few days lie between this assessment and the one next to it."


class ReassessmentsUsedUpError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "reassessments-used-up"
    message = "Every reassessment the rules allow has been taken."


class AssessorIsInstructorError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "assessor-is-instructor"
    message = "The integrated assessment must be judged by somebody other than the trainee's instructor."


@dataclass(frozen=True)
class Sitting:
    """One assessment on one day: the outcomes judged. The integrated one judges the single outcome WHOLE."""

    assessed_on: date
    outcomes: Mapping[str, Result]


@dataclass(frozen=True)
class Judged:
    """A sitting in its place in the row: its number (first is 1) and the result after it."""

    attempt: int
    sitting: Sitting
    result: Result


WHOLE = "WHOLE"


def integrated_sitting(assessed_on: date, result: Result) -> Sitting:
    """An integrated assessment as a sitting of one outcome, so that both follow the same rules."""
    return Sitting(assessed_on, {WHOLE: result})


def judge(
    outcomes: Set[str], sittings: Iterable[Sitting], *, max_reassessments: int, min_days_between: int
) -> list[Judged]:
    """All sittings of one module in the order of their days, each with its result.

    The order they were recorded in does not matter: late facts take their place by their day.
    Raises OutcomeUnknownError, OutcomesMissingError, AlreadyCompetentError (a sitting after one that was
    competent), ReassessmentTooSoonError (fewer than `min_days_between` days apart) or
    ReassessmentsUsedUpError (more than `max_reassessments` beyond the first).
    """
    ordered = sorted(sittings, key=lambda sitting: sitting.assessed_on)
    _check_count_and_days([sitting.assessed_on for sitting in ordered], max_reassessments, min_days_between)
    standing = dict.fromkeys(outcomes, Result.NYC)
    judged: list[Judged] = []
    for attempt, sitting in enumerate(ordered, start=1):
        if judged and judged[-1].result is Result.C:
            raise AlreadyCompetentError
        _check_outcomes(standing, sitting.outcomes)
        standing.update(sitting.outcomes)
        judged.append(Judged(attempt, sitting, overall(standing.values())))
    return judged


def overall(results: Iterable[Result]) -> Result:
    """C when there is at least one judgement and all are C."""
    seen = set(results)
    return Result.C if seen == {Result.C} else Result.NYC


def result_of(judged: Sequence[Judged]) -> Result | None:
    """The result after the last sitting, None when there was none."""
    return judged[-1].result if judged else None


def check_assessor(assessor: str, instructor: str) -> None:
    """Summative assessment is done by another than the instructor. Raises AssessorIsInstructorError."""
    if assessor.casefold() == instructor.casefold():
        raise AssessorIsInstructorError(field="assessor")


def _check_count_and_days(days: Sequence[date], max_reassessments: int, min_days_between: int) -> None:
    """The two limits on reassessment, on days in order."""
    if len(days) > max_reassessments + 1:
        raise ReassessmentsUsedUpError(allowed=max_reassessments)
    for earlier, later in pairwise(days):
        if (later - earlier).days < min_days_between:
            raise ReassessmentTooSoonError(days_needed=min_days_between)


def _check_outcomes(standing: Mapping[str, Result], given: Mapping[str, Result]) -> None:
    """Every outcome still NYC is judged (all of them the first time), and none that the module lacks."""
    if not set(given) <= set(standing):
        raise OutcomeUnknownError(field="outcomes")
    outstanding = {code for code, result in standing.items() if result is Result.NYC}
    if not outstanding <= set(given):
        raise OutcomesMissingError(field="outcomes")
