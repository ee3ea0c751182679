"""Cubes, the calendar, and what a filter lets through."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_gateway.journey.domain import Stage
from inzira_gateway.statistics.catalogue import Cubes, load_cubes
from inzira_gateway.statistics.domain import (
    OTHER,
    STAGES,
    CalendarEntry,
    CubeInvalidError,
    CubeUnknownError,
    Group,
    check_cube,
    is_due,
    lets_through,
    period_of,
    tally,
)
from inzira_gateway.statistics.protection import ALL, Cell

CUBE = load_cubes().get("stage-by-district", 1)
codes = st.sampled_from(["24", "25", "99", None])
groups = st.lists(
    st.builds(Group, st.sampled_from(STAGES), codes, st.sampled_from(["HUY", "MUS", "ZZZ", None]), st.integers(1, 9))
)


@given(groups)
def test_every_person_is_in_one_cell_of_each_cube(found: list[Group]) -> None:
    counts = tally(found, load_cubes())
    assert counts[ALL] == sum(group.persons for group in found)
    sums: Counter[tuple[Cell, str]] = Counter()
    for cell, count in counts.items():
        if cell.parent is not None:
            sums[cell.parent, cell.dimension] += count
    assert {whole for whole, _ in sums} == {cell for cell in counts if not cell.value}
    assert all(counts[whole] == total for (whole, _), total in sums.items())


def test_a_code_no_list_has_is_other() -> None:
    counts = tally([Group(Stage.CLOSED, "99", None, 3)], load_cubes())
    assert counts[Cell("return_district", "CLOSED", OTHER)] == counts[Cell("facility", "CLOSED", OTHER)] == 3


@pytest.mark.parametrize(
    "changes",
    [{"k": 4}, {"dimension": "sex"}, {"values": ()}, {"values": ("24", "24")}, {"values": (OTHER,)}, {"measure": "x"}],
)
def test_a_cube_that_says_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(CubeInvalidError):
        check_cube(replace(CUBE, **changes))  # type: ignore[arg-type]  # wrong on purpose


def test_two_cubes_of_one_dimension_list_the_same() -> None:
    with pytest.raises(CubeInvalidError):
        Cubes([CUBE, replace(CUBE, version=2, values=("24",))], [])
    with pytest.raises(CubeUnknownError):
        load_cubes().get("stage-by-district", 9)


@pytest.mark.parametrize(
    ("row_filter", "cell", "passes"),
    [
        ({}, Cell("return_district", "CLOSED", "24"), False),
        ({"districts": []}, Cell("return_district", "CLOSED", "24"), False),
        ({"districts": ["24"]}, Cell("return_district", "CLOSED", "24"), True),
        ({"districts": ["24"]}, Cell("return_district", "CLOSED", "25"), False),
        ({"districts": ["24"]}, Cell("", "CLOSED", ""), False),
        ({"districts": ["24"]}, ALL, False),
        ({"districts": ["24"], "stages": ["RELEASED"]}, Cell("return_district", "CLOSED", "24"), False),
        ({"facilities": ["HUY"]}, Cell("return_district", "CLOSED", "24"), False),
        ({"stages": ["CLOSED"]}, Cell("", "CLOSED", ""), True),
        ({"stages": ["CLOSED"]}, ALL, False),
        ({"stages": list(STAGES)}, ALL, True),
        ({"districts": list(CUBE.values)}, ALL, True),
        ({"districts": list(CUBE.values)}, Cell("return_district", "CLOSED", OTHER), True),
        ({"districts": list(CUBE.values[1:])}, Cell("return_district", "CLOSED", OTHER), False),
    ],
)
def test_a_filter_selects_among_the_numbers(row_filter: dict[str, list[str]], cell: Cell, passes: bool) -> None:
    assert lets_through(row_filter, CUBE, cell) is passes


def test_a_release_is_due_from_its_day_on() -> None:
    calendar = [CalendarEntry(date(2026, 11, 1), 5), CalendarEntry(date(2027, 1, 1), 20)]
    assert not is_due(calendar, date(2026, 10, 30))
    assert not is_due(calendar, date(2026, 12, 4))
    assert is_due(calendar, date(2026, 12, 5))
    assert not is_due(calendar, date(2027, 1, 19))
    assert period_of(date(2027, 1, 20)) == "2027-01"
