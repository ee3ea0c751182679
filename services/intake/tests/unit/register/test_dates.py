"""Dates as people and Excel write them."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_intake.register.dates import DateFault, read_date

MARCH = date(1975, 3, 3)


@pytest.mark.parametrize(
    "cell",
    [
        "03/03/1975", "3-3-1975", "03.03.1975", "1975-03-03", "1975/3/3", " 3 . 3 . 1975 ", "1975-03-03 00:00:00",
        "1975-03-03T10:00:00Z", "03/03/1975 14:30", "03/03/1975 à 14h30", "3 mars 1975", "3 March 1975",
        "3rd March 1975", "March 3, 1975", "3-Mar-1975", "03.Mar.1975", "lundi 3 mars 1975", "3 Werurwe 1975",
        "ku wa 03/03/1975", "le 3/3/1975", "19750303",
        datetime.combine(date(1975, 3, 3), time(8, 30)), MARCH, 27456, 27456.7, "27456",
    ],
)  # fmt: skip
def test_cell_is_the_day_it_means(cell: object) -> None:
    assert read_date(cell) == MARCH


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1er août 2001", date(2001, 8, 1)),
        ("12 Mutarama 1980", date(1980, 1, 12)),
        ("12 déc. 1999", date(1999, 12, 12)),
        ("29/02/2024", date(2024, 2, 29)),
        ("01/02/2019", date(2019, 2, 1)),
    ],
)
def test_day_stands_before_month(cell: str, expected: date) -> None:
    assert read_date(cell) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "31/02/1970", "1970-13-05", "12/25/2010", 1985, "1985", "?", "unknown", True, time(3), "29/02/2023",
        "00/00/1980", "vers 1960", "12 Foo 1980", 0, -5, 1e12, float("nan"), float("inf"), "2019-05-03-04",
        "32/01/2000", "01/01/1850", "10/10/2500", ["x"],
    ],
)  # fmt: skip
def test_cell_that_is_no_date_says_so(cell: object) -> None:
    assert read_date(cell) is DateFault.NOT_A_DATE


@pytest.mark.parametrize("cell", ["12/05/85", "12-5-85", "12 Mar 85"])
def test_two_digit_year_is_refused_and_not_guessed(cell: str) -> None:
    assert read_date(cell) is DateFault.SHORT_YEAR


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "--", "."])
def test_nothing_is_missing(cell: object) -> None:
    assert read_date(cell) is DateFault.MISSING


def test_old_macintosh_workbooks_count_days_from_1904() -> None:
    assert read_date(27456 - 1462, counts_from_1904=True) == MARCH


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert isinstance(read_date(text), date | DateFault)


@given(st.floats() | st.integers())
def test_no_number_breaks_the_reader(number: float) -> None:
    assert isinstance(read_date(number), date | DateFault)


@given(st.dates(date(1911, 1, 1), date(2190, 12, 31)))
def test_common_forms_of_a_day_are_that_day(day: date) -> None:
    forms = [day.strftime("%d/%m/%Y"), f"{day.day}-{day.month}-{day.year}", day.isoformat(), day.strftime("%d.%m.%Y")]
    assert [read_date(form) for form in forms] == [day] * 4
    assert read_date((day - date(1899, 12, 30)).days) == day
