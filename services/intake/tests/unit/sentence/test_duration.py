"""ISO 8601 durations in and out, and calendar addition."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_intake.sentence.duration import LIFE, Duration, DurationError, add_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P15Y", Duration(15)),
        ("P15Y6M", Duration(15, 6)),
        ("P18M", Duration(months=18)),
        ("P2Y40D", Duration(2, days=40)),
        ("LIFE", LIFE),
    ],
)
def test_parse_and_write_again(text: str, expected: Duration) -> None:
    assert parse_duration(text) == expected
    assert str(expected) == text


@pytest.mark.parametrize(
    "text", ["", "P", "P0Y", "5Y", "P5W", "p5y", "P5Y ", "P-1Y", "PT5H", "P151Y", "P2000M", "life"]
)
def test_parse_refuses_what_is_no_sentence(text: str) -> None:
    with pytest.raises(DurationError):
        parse_duration(text)


def test_the_refusal_names_the_field_and_not_the_value() -> None:
    with pytest.raises(DurationError) as caught:
        parse_duration("P999Y", field="parts.0.duration")
    assert caught.value.field == "parts.0.duration"
    assert "999" not in caught.value.detail


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        (date(2026, 1, 31), Duration(months=1), date(2026, 2, 28)),
        (date(2028, 1, 31), Duration(months=1), date(2028, 2, 29)),
        (date(2020, 2, 29), Duration(years=4), date(2024, 2, 29)),
        (date(2025, 11, 30), Duration(1, 3, 5), date(2027, 3, 5)),
    ],
)
def test_add_clamps_to_the_end_of_the_month(start: date, duration: Duration, end: date) -> None:
    assert add_duration(start, duration) == end


def test_add_refuses_years_past_the_calendar() -> None:
    with pytest.raises(DurationError):
        add_duration(date(2100, 1, 1), Duration(years=120))


@given(st.integers(0, 100), st.integers(0, 99), st.integers(0, 999))
def test_writing_is_the_inverse_of_parsing(years: int, months: int, days: int) -> None:
    given_one = Duration(years, months, days)
    if any((years, months, days)):
        assert parse_duration(str(given_one)) == given_one
