"""When a case opens."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from inzira_reintegration.prospect.domain import is_due, needs_case_at_release, opened_on, window_opens_on
from inzira_reintegration.ruleset import rules_on

OPENING = rules_on(date(2026, 1, 1)).opening
DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))


def test_a_case_is_due_twelve_months_before_release_and_not_a_day_sooner() -> None:
    assert is_due(date(2027, 11, 23), date(2026, 11, 23), OPENING)
    assert not is_due(date(2027, 11, 24), date(2026, 11, 23), OPENING)
    assert not is_due(None, date(2026, 11, 23), OPENING)


def test_the_case_counts_from_the_window_but_not_before_admission_nor_after_today() -> None:
    assert opened_on(date(2026, 6, 1), date(2020, 1, 1), date(2026, 11, 23), OPENING) == date(2025, 6, 1)
    assert opened_on(date(2026, 6, 1), date(2026, 1, 1), date(2026, 11, 23), OPENING) == date(2026, 1, 1)
    assert opened_on(date(2027, 2, 1), date(2020, 1, 1), date(2026, 2, 1), OPENING) == date(2026, 2, 1)


def test_an_acquitted_person_is_not_followed() -> None:
    assert not needs_case_at_release("ACQUITTAL", OPENING)
    assert needs_case_at_release("SENTENCE_EXPIRED", OPENING)


@given(DAYS, DAYS)
def test_being_due_and_the_window_agree_within_the_length_of_a_month(release: date, today: date) -> None:
    if (today - window_opens_on(release, OPENING)).days > 3:
        assert is_due(release, today, OPENING)
    if (window_opens_on(release, OPENING) - today).days > 3:
        assert not is_due(release, today, OPENING)
