"""Sociotherapy, ROT and MFHS complete by the same engine (domain.md 6)."""

from datetime import date
from pathlib import Path

import pytest
from inzira_curriculum.completion.domain import Facts, Mark, weigh
from inzira_curriculum.programme.repository import load
from inzira_curriculum.template import Programme

TEMPLATES = {one.code: one for one in load(Path(__file__).parents[1] / "programme" / "templates")}
DAY = date(2025, 3, 3)


def present(programme: Programme, weeks: list[int]) -> list[Mark]:
    """Marks of presence in these weeks."""
    return [Mark(f"W{week}", "P", DAY) for week in weeks if f"W{week}" in programme.session_codes]


@pytest.mark.parametrize(
    ("missed", "complete"),
    [([], True), ([1, 2, 3], False), ([1, 2, 8], True), ([4, 5], False), ([1, 6, 9, 12], False)],
)
def test_sociotherapy_needs_12_of_15_and_one_in_every_phase(missed: list[int], complete: bool) -> None:
    programme = TEMPLATES["SOCIOTHERAPY"]
    weeks = [week for week in range(1, 16) if week not in missed]
    assert weigh(programme, present(programme, weeks), Facts()).is_complete is complete


@pytest.mark.parametrize(
    ("weeks", "facts", "complete"),
    [
        (9, Facts(post_test_taken=True), True),
        (8, Facts(post_test_taken=True), False),
        (12, Facts(), False),
        (12, Facts(post_test_taken=True, flag_levels=frozenset({"RED"})), False),
        (12, Facts(post_test_taken=True, flag_levels=frozenset({"YELLOW"})), True),
    ],
)
def test_rot_needs_9_of_12_a_post_test_and_no_open_red_flag(weeks: int, facts: Facts, complete: bool) -> None:
    programme = TEMPLATES["ROT"]
    assert weigh(programme, present(programme, list(range(1, weeks + 1))), facts).is_complete is complete


@pytest.mark.parametrize(("weeks", "complete"), [(10, True), (9, False)])
def test_mfhs_needs_10_of_14_of_each_person(weeks: int, complete: bool) -> None:
    programme = TEMPLATES["MFHS"]
    assert weigh(programme, present(programme, list(range(1, weeks + 1))), Facts()).is_complete is complete
