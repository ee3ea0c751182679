"""Scores and goals."""

from datetime import date

import pytest
from inzira_reintegration.plan.domain import EmptyPlanError, Goal, GoalError, check_goals
from inzira_reintegration.ruleset import rules_on
from inzira_reintegration.scores import ScoresError, ScoresIncompleteError, check_scores, is_complete

RULES = rules_on(date(2026, 1, 1))
ALL = dict.fromkeys(RULES.domains, 3)


def test_an_assessment_scores_all_twelve_domains() -> None:
    check_scores(ALL, RULES, complete=True)
    assert is_complete(ALL, RULES)
    with pytest.raises(ScoresIncompleteError):
        check_scores({"D1": 3}, RULES, complete=True)
    check_scores({"D1": 3}, RULES, complete=False)


@pytest.mark.parametrize("scores", [{"D1": 5}, {"D1": -1}, {"D13": 2}])
def test_scores_out_of_the_scale_are_refused(scores: dict[str, int]) -> None:
    with pytest.raises(ScoresError):
        check_scores(scores, RULES, complete=False)


def test_goals_name_known_domains_and_owners_and_a_signed_plan_has_some() -> None:
    check_goals([Goal("D4", "KIT_IN_USE", "PERSON", date(2026, 1, 1))], RULES, signed=True)
    with pytest.raises(GoalError):
        check_goals([Goal("D14", "KIT_IN_USE", "PERSON", date(2026, 1, 1))], RULES, signed=False)
    with pytest.raises(GoalError):
        check_goals([Goal("D4", "KIT_IN_USE", "NEIGHBOUR", date(2026, 1, 1))], RULES, signed=False)
    check_goals([], RULES, signed=False)
    with pytest.raises(EmptyPlanError):
        check_goals([], RULES, signed=True)
