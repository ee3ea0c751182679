"""The pure parts of the road: its calendar, its people, its marks, and what stops it."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_cli.road import cast, people, sessions
from inzira_cli.road.admitting import admission
from inzira_cli.road.credentials import passwords
from inzira_cli.road.days import Days, months_after, years_before
from inzira_cli.road.drive import first_of
from inzira_cli.road.errors import RoadError, unexpected

TODAYS = st.dates(date(2024, 1, 1), date(2060, 12, 31))


@given(TODAYS)
def test_everything_but_two_departures_lies_in_the_past(today: date) -> None:
    days = Days(today)
    travellers = people.invent(days, seed=7)
    assert days.cohort_starts.weekday() == 0
    assert months_after(days.first_release + timedelta(days=6), 12) < today
    for traveller in travellers:
        assert traveller.admitted_on < days.cohort_starts
        assert months_after(days.cohort_starts, 6) <= traveller.leaves_on <= months_after(days.cohort_starts, 36)
    assert sum(traveller.leaves_on >= today for traveller in travellers) == 3


@given(TODAYS)
def test_sessions_are_on_48_days_in_24_weeks_before_the_first_release(today: date) -> None:
    days = Days(today)
    held = [days.session(place) for place in range(48)]
    assert held == sorted(set(held))
    assert held[-1] - days.cohort_starts < timedelta(weeks=24)
    assert days.session(2 * 8) > days.monday(9) > days.session(2 * 8 - 1)
    assert held[-1] + timedelta(days=14) < days.first_release


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2025, 1, 31), -12, date(2024, 1, 31)),
    ],
)
def test_months_are_clamped_to_the_end_of_a_shorter_one(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


def test_years_before_a_leap_day() -> None:
    assert years_before(date(2024, 2, 29), 4) == date(2020, 2, 29)
    assert years_before(date(2024, 2, 29), 3) == date(2021, 2, 28)


@given(st.integers(1, 2_000_000_000))
def test_invented_people_cannot_be_real_and_differ(seed: int) -> None:
    travellers = people.invent(Days(date(2026, 11, 23)), seed)
    assert all(one.national_id.startswith("9") and len(one.national_id) == 16 for one in travellers)
    assert len({one.rcs_number for one in travellers}) == len({one.part for one in travellers}) == len(people.PARTS)
    assert all(len(one.rcs_number) <= 32 for one in travellers)


def test_an_admission_answers_every_section() -> None:
    body = admission(people.invent(Days(date(2026, 11, 23)), 1)[0])
    assert len(body["sections"]) == 7
    assert body["sentence"]["parts"][0]["starts_on"] <= body["admitted_at"][:10]


@given(st.integers(1, 10_000))
def test_everybody_attends_enough_but_one(seed: int) -> None:
    for traveller in people.invent(Days(date(2026, 11, 23)), seed):
        codes = Counter(sessions.mark(traveller, place, is_mandatory=False) for place in range(48))
        attended = codes["P"] + codes["L"]
        assert (attended < 39) == (traveller.part == people.ABSENT)
        assert sessions.mark(traveller, 1, is_mandatory=True) == "P"


def test_the_cast_covers_every_kind_of_user_once_by_name() -> None:
    assert len({officer.username for officer in cast.CAST}) == len(cast.CAST)
    assert {officer.role for officer in cast.CAST} == {
        "administrator",
        "rcs_intake_officer",
        "rcs_psychosocial_officer",
        "tvet_instructor",
        "caseworker",
        "supervisor",
        "me_officer",
        "data_protection_officer",
    }


def test_passwords_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    first = passwords(tmp_path)
    assert passwords(tmp_path) == first
    assert set(first) == {officer.username for officer in cast.CAST}
    assert (tmp_path / "demo-accounts.json").stat().st_mode & 0o777 == 0o600
    assert len(set(first.values())) == len(first)


def test_an_unexpected_answer_shows_who_asked_what_and_the_problem() -> None:
    stop = unexpected("huye.intake", "POST /v1/admissions", 409, {"code": "open-episode", "detail": "Already in."})
    assert "huye.intake asked POST /v1/admissions and was answered 409" in str(stop)
    assert '"code": "open-episode"' in str(stop)


def test_of_several_failures_the_refusal_is_shown() -> None:
    refusal = RoadError("refused")
    nested = ExceptionGroup("acts", [ValueError(), ExceptionGroup("more", [refusal])])
    assert first_of(nested) is refusal
    only = OSError()
    assert first_of(ExceptionGroup("acts", [only])) is only
