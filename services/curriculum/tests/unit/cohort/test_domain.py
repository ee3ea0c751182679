"""Groups: places within the programme's limits, states by the sessions held."""

from datetime import date

import pytest
from inzira_curriculum.cohort.domain import (
    CapacityError,
    CohortState,
    group_capacity,
    planned_end,
    planned_week,
    state_after,
)
from inzira_curriculum.programme.service import get_newest

PROGRAMME = get_newest("CORRECTIONAL")


def test_a_group_has_the_places_asked_for_or_the_usual_ones() -> None:
    assert group_capacity(PROGRAMME, None) == 25
    assert group_capacity(PROGRAMME, 30) == 30
    for wished in (0, 31):
        with pytest.raises(CapacityError):
            group_capacity(PROGRAMME, wished)


def test_a_cohort_runs_from_its_first_session_to_its_last() -> None:
    assert [state_after(PROGRAMME, held) for held in (0, 1, 47, 48)] == [
        CohortState.OPEN,
        CohortState.RUNNING,
        CohortState.RUNNING,
        CohortState.COMPLETED,
    ]


def test_48_sessions_take_24_weeks() -> None:
    assert planned_week(PROGRAMME, 0) == 1
    assert planned_week(PROGRAMME, 47) == 24
    assert planned_end(PROGRAMME, date(2025, 1, 6)) == date(2025, 6, 22)
