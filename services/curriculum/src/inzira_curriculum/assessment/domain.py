"""Knowledge tests: score 0 to 100, passed by the score or by the gain, one resit (domain.md 3, "Tests").

Wellbeing scores are not here: they belong to measurement and fail nobody.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

from inzira_curriculum.template import TestRules


class Phase(StrEnum):
    PRE = "PRE"
    POST = "POST"


class NoTestError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "programme-has-no-test"
    message = "This programme has no knowledge test."


class SittingConflictError(DomainError):
    kind = Kind.CONFLICT
    code = "test-sitting-conflict"
    message = "This sitting is already recorded or not allowed. Correct a recorded score with a reason_code."


class TestDateError(DomainError):
    __test__ = False
    kind = Kind.INVALID
    code = "test-date-out-of-range"
    message = "A test is taken between the day of enrolment and today; a pre-test up to 60 days before."


class CorrectionReasonError(DomainError):
    kind = Kind.INVALID
    code = "correction-reason-unknown"
    message = "Give one of the correction reasons: WRONG_SCORE, WRONG_PERSON, WRONG_DATE."


EARLY_PRE_TEST = timedelta(days=60)
CORRECTION_REASONS = frozenset({"WRONG_SCORE", "WRONG_PERSON", "WRONG_DATE"})


@dataclass(frozen=True)
class Sitting:
    """One sitting that stands. `score` is 0 to 100; `passed` is None for a pre-test."""

    phase: Phase
    number: int
    score: int
    passed: bool | None


def outcome(rules: TestRules, phase: Phase, score: int, pre_score: int | None) -> bool | None:
    """Whether a post-test is passed.

    The score reached, or gained over the pre-test. A pre-test has no outcome.
    """
    if phase is Phase.PRE:
        return None
    gained = pre_score is not None and score - pre_score >= rules.pass_gain
    return score >= rules.pass_score or gained


def pre_score_of(sittings: list[Sitting]) -> int | None:
    return next((one.score for one in sittings if one.phase is Phase.PRE), None)


def next_sitting(rules: TestRules, sittings: list[Sitting], phase: Phase) -> int:
    """The number of the next sitting of this phase: 1, and after a failed post-test the resits.

    Raises SittingConflictError when there is none: the pre-test is taken once, and a passed test is not sat
    again.
    """
    taken = [one for one in sittings if one.phase is phase]
    if not taken:
        return 1
    if phase is Phase.PRE or any(one.passed for one in taken) or len(taken) > rules.resits:
        raise SittingConflictError(field="phase")
    return len(taken) + 1


def check_taken_on(phase: Phase, taken_on: date, enrolled_on: date, today: date) -> None:
    """A test is taken on a day that has come, and within the enrolment; a pre-test may come shortly before it.

    Raises TestDateError.
    """
    first = enrolled_on - EARLY_PRE_TEST if phase is Phase.PRE else enrolled_on
    if not first <= taken_on <= today:
        raise TestDateError(field="taken_on")


def check_correction(sittings: list[Sitting], phase: Phase, number: int, reason: str) -> None:
    """A correction needs a known reason and a sitting that stands.

    Raises CorrectionReasonError or SittingConflictError.
    """
    if reason not in CORRECTION_REASONS:
        raise CorrectionReasonError(field="reason_code")
    if not any((one.phase, one.number) == (phase, number) for one in sittings):
        raise SittingConflictError(field="sitting")
