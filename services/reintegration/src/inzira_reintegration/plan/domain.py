"""Scores of the twelve domains and the versions of a plan. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

from inzira_reintegration.rules import Rules

MIN_SCORE, MAX_SCORE = 0, 4


class AssessmentKind(StrEnum):
    """Before release (R2), or a review of the follow-up."""

    PRE_RELEASE = "PRE_RELEASE"
    REVIEW = "REVIEW"


class GoalState(StrEnum):
    """A declined goal is the person's own choice and counts as settled."""

    OPEN = "OPEN"
    DONE = "DONE"
    DECLINED = "DECLINED"


class ScoresError(DomainError):
    kind = Kind.INVALID
    code = "scores-invalid"
    message = "Score the domains D1 to D12 from 0 (crisis) to 4 (good)."


class ScoresIncompleteError(DomainError):
    kind = Kind.INVALID
    code = "scores-incomplete"
    message = "An assessment or review scores all twelve domains."


class GoalError(DomainError):
    kind = Kind.INVALID
    code = "goal-invalid"
    message = "A goal names one of the twelve domains and an owner the rule set knows."


class EmptyPlanError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "plan-without-goals"
    message = "A plan is signed with at least one goal."


@dataclass(frozen=True)
class Goal:
    """One goal: in codes only, for free text has no place outside intake (architecture.md)."""

    domain_code: str
    goal_code: str
    owner: str
    due_on: date
    state: GoalState = GoalState.OPEN


def check_scores(scores: Mapping[str, int], rules: Rules, *, complete: bool) -> None:
    """Known domains, 0 to 4, and all twelve of them when `complete`.

    Raises ScoresError, ScoresIncompleteError.
    """
    known = set(rules.domains)
    if not set(scores) <= known or any(not MIN_SCORE <= score <= MAX_SCORE for score in scores.values()):
        raise ScoresError(field="scores")
    if complete and set(scores) != known:
        raise ScoresIncompleteError(field="scores")


def is_complete(scores: Mapping[str, int], rules: Rules) -> bool:
    """Whether all twelve domains were scored: only then can a visit count as a review."""
    return set(scores) == set(rules.domains)


def check_goals(goals: Sequence[Goal], rules: Rules, *, signed: bool) -> None:
    """Domains and owners are known; a signed plan has goals.

    Raises GoalError, EmptyPlanError.
    """
    if any(goal.domain_code not in rules.domains or goal.owner not in rules.plan.owners for goal in goals):
        raise GoalError(field="goals")
    if signed and not goals:
        raise EmptyPlanError(field="goals")
