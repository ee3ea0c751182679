"""What completes an item by hand: preparation, legal duties, the search for a lost person. Pure."""

from collections.abc import Mapping

from inzira_reintegration.followup.domain import (
    ChecklistError,
    CompletedElsewhereError,
    DueKind,
    OutcomeError,
    Planned,
)
from inzira_reintegration.rules import Rules

ANSWERS = frozenset({"YES", "NO", "NOT_NEEDED"})


def check_completion(rules: Rules, planned: Planned, outcome: str, checklist: Mapping[str, str]) -> None:
    """Check the outcome and the checklist against the rule set.

    Raises OutcomeError, ChecklistError, and CompletedElsewhereError for what has an act of its own.
    """
    outcomes, items = _asked(rules, planned)
    if outcome not in outcomes:
        raise OutcomeError(field="outcome_code")
    if items and not (set(items) <= set(checklist) and set(checklist.values()) <= ANSWERS):
        raise ChecklistError(field="checklist")


def _asked(rules: Rules, planned: Planned) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Outcome codes and checklist items the rule set asks for."""
    if planned.kind is DueKind.LEGAL:
        return rules.legal_tasks.outcomes, ()
    if planned.kind is DueKind.PROTOCOL:
        tasks = {task.code: task.outcomes for task in rules.overdue.lost_contact_tasks}
        return tasks.get(planned.code, ()), ()
    by_code = {rule.code: rule for rule in rules.milestones if rule.done_by == "COMPLETION"}
    rule = by_code.get(planned.code) if planned.kind is DueKind.MILESTONE else None
    if rule is None:
        raise CompletedElsewhereError
    return rule.outcomes, rule.items
