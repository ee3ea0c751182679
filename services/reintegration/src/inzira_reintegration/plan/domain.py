"""Kinds of assessment and the goals of a plan. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

from inzira_reintegration.rules import Rules


class AssessmentKind(StrEnum):
    """Before release (R2), or a review of the follow-up."""

    PRE_RELEASE = "PRE_RELEASE"
    REVIEW = "REVIEW"


class GoalState(StrEnum):
    """A declined goal is the person's own choice and counts as settled."""

    OPEN = "OPEN"
    DONE = "DONE"
    DECLINED = "DECLINED"


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


def check_goals(goals: Sequence[Goal], rules: Rules, *, signed: bool) -> None:
    """Domains and owners are known; a signed plan has goals.

    Raises GoalError, EmptyPlanError.
    """
    if any(goal.domain_code not in rules.domains or goal.owner not in rules.plan.owners for goal in goals):
        raise GoalError(field="goals")
    if signed and not goals:
        raise EmptyPlanError(field="goals")
