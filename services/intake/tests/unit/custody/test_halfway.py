"""The conditions of the halfway centre, at their edges."""

from dataclasses import replace
from datetime import date

import pytest
from inzira_intake.custody.halfway import (
    HalfwayCase,
    HalfwayRefusedError,
    OverrideError,
    refusal,
    require_halfway,
)

FIT = HalfwayCase(date(2026, 10, 1), date(2024, 10, 1), date(2027, 6, 1), good_conduct=True)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"expected_release_on": date(2027, 4, 1)}, None),
        ({"expected_release_on": date(2027, 3, 31)}, "MONTHS_LEFT"),
        ({"expected_release_on": date(2027, 10, 1)}, None),
        ({"expected_release_on": date(2027, 10, 2)}, "MONTHS_LEFT"),
        ({"served_since": date(2024, 10, 2)}, "YEARS_SERVED"),
        ({"good_conduct": False}, "CONDUCT"),
        ({"expected_release_on": None}, "NO_END_DATE"),
    ],
)
def test_each_condition_at_its_edge(change: dict[str, object], reason: str | None) -> None:
    assert refusal(replace(FIT, **change)) == reason  # type: ignore[arg-type]  # fields of several types


def test_without_override_the_reason_is_told() -> None:
    with pytest.raises(HalfwayRefusedError) as caught:
        require_halfway(replace(FIT, good_conduct=False), override_reason=None, approved_by=None, recorded_by="acc-1")
    assert caught.value.facts == {"reason": "CONDUCT"}


@pytest.mark.parametrize(("reason", "approver"), [("why", None), (None, "acc-2"), ("why", "acc-1"), ("", "acc-2")])
def test_an_override_is_two_persons_and_a_reason(reason: str | None, approver: str | None) -> None:
    with pytest.raises(OverrideError):
        require_halfway(
            replace(FIT, good_conduct=False), override_reason=reason, approved_by=approver, recorded_by="acc-1"
        )


def test_a_supervisor_may_go_past_the_rule() -> None:
    require_halfway(replace(FIT, good_conduct=False), override_reason="why", approved_by="acc-2", recorded_by="acc-1")
