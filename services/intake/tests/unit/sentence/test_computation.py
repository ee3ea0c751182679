"""The worked cases of domain.md 2.5 and the edges around them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_intake.custody.domain import LegalStatus
from inzira_intake.custody.timeline import Interruption
from inzira_intake.sentence.computation import Computation, ParoleStatus, compute_dates
from inzira_intake.sentence.domain import (
    ChangeKind,
    Relation,
    SentenceChange,
    SentenceInputs,
    SentencePart,
    SentenceTerms,
)
from inzira_intake.sentence.duration import LIFE, Duration, parse_duration
from inzira_intake.sentence.ruleset import rule_set_on

TODAY = date(2026, 11, 1)
FINAL = LegalStatus.CONVICTED_FINAL


def terms(*parts: SentencePart, credit_days: int = 0, changes: tuple[SentenceChange, ...] = ()) -> SentenceTerms:
    return SentenceTerms(parts, FINAL, credit_days, changes)


def compute(
    judged: SentenceTerms | None,
    *,
    interruptions: tuple[Interruption, ...] = (),
    offences: tuple[str, ...] = (),
    on: date = TODAY,
    status: LegalStatus = FINAL,
    inclusive: bool = True,
) -> Computation:
    inputs = SentenceInputs(judged, status, offences, interruptions)
    rules = replace(rule_set_on(on), reception_day_counts=inclusive)
    return compute_dates(inputs, rules, on)


def one(duration: str, starts_on: date, relation: Relation = Relation.CONCURRENT) -> SentencePart:
    return SentencePart(parse_duration(duration), starts_on, relation)


def test_five_years_from_a_leap_day_clamp_to_the_end_of_february() -> None:
    done = compute(terms(one("P5Y", date(2020, 2, 29))))
    assert done.expected_release_on == date(2025, 2, 27)
    assert done.total_days == 1826


def test_one_month_from_the_31st_clamps_and_drops_the_day_of_reception() -> None:
    assert compute(terms(one("P1M", date(2026, 1, 31)))).expected_release_on == date(2026, 2, 27)


def test_eighteen_months_with_two_hundred_days_of_credit() -> None:
    done = compute(terms(one("P18M", date(2025, 1, 1)), credit_days=200))
    assert done.expected_release_on == date(2025, 12, 12)
    # 546 days, a quarter is 137 rounded up: reached by the credit on the first day
    assert done.parole_eligible_on == date(2025, 1, 1)


def test_consecutive_parts_chain() -> None:
    done = compute(
        terms(one("P2Y", date(2024, 3, 10)), one("P6M", date(2024, 3, 10), Relation.CONSECUTIVE)),
    )
    assert done.expected_release_on == date(2026, 9, 9)


def test_concurrent_parts_end_with_the_longest() -> None:
    done = compute(terms(one("P2Y", date(2024, 3, 10)), one("P3Y", date(2024, 6, 1))))
    assert done.expected_release_on == date(2027, 5, 31)


def test_an_escape_of_forty_days_moves_both_dates() -> None:
    judged = terms(one("P4Y", date(2024, 1, 1)))
    escape = Interruption(date(2024, 3, 1), date(2024, 4, 10))
    calm, escaped = compute(judged), compute(judged, interruptions=(escape,))
    assert calm.expected_release_on == date(2027, 12, 31)
    assert escaped.expected_release_on == date(2028, 2, 9)
    assert calm.parole_eligible_on is not None
    assert escaped.parole_eligible_on is not None
    assert (escaped.parole_eligible_on - calm.parole_eligible_on).days == 40


def test_an_escape_after_the_parole_date_moves_only_the_end() -> None:
    judged = terms(one("P4Y", date(2024, 1, 1)))
    escape = Interruption(date(2026, 3, 1), date(2026, 3, 11))
    assert compute(judged).parole_eligible_on == compute(judged, interruptions=(escape,)).parole_eligible_on


def test_an_open_escape_stops_the_clock() -> None:
    done = compute(terms(one("P4Y", date(2024, 1, 1))), interruptions=(Interruption(date(2024, 6, 1), None),))
    assert done.expected_release_on is None
    assert done.parole_status is ParoleStatus.CLOCK_STOPPED


def test_life_has_no_end_and_parole_after_fifteen_years() -> None:
    done = compute(terms(SentencePart(LIFE, date(2010, 5, 4))))
    assert done.expected_release_on is None
    assert done.parole_eligible_on == date(2025, 5, 4)


def test_life_by_the_2013_rules_needs_twenty_years() -> None:
    done = compute(terms(SentencePart(LIFE, date(2000, 5, 4))), on=date(2023, 11, 30))
    assert (done.rule_set, done.parole_eligible_on) == ("parole-2013", date(2020, 5, 4))


def test_life_commuted_to_twenty_years_counts_from_the_start() -> None:
    commuted = SentenceChange(ChangeKind.COMMUTATION, date(2022, 7, 1), Duration(years=20))
    judged = terms(SentencePart(LIFE, date(2010, 5, 4)), changes=(commuted,))
    done = compute(judged)
    assert done.expected_release_on == date(2030, 5, 3)
    # more than five years: a third of 7305 days is 2435
    assert done.parole_eligible_on == date(2017, 1, 1)
    assert compute(judged, on=date(2022, 6, 30)).expected_release_on is None


def test_remission_takes_days_off() -> None:
    remitted = SentenceChange(ChangeKind.REMISSION, date(2026, 1, 1), days=100)
    done = compute(terms(one("P3Y", date(2025, 1, 1)), changes=(remitted,)))
    assert done.expected_release_on == date(2027, 9, 22)


@pytest.mark.parametrize(
    ("duration", "on", "fraction"),
    [
        ("P5Y", date(2023, 11, 30), 3),
        ("P5Y", date(2023, 12, 1), 4),
        ("P5Y1D", date(2023, 12, 1), 3),
    ],
)
def test_the_fraction_follows_length_and_the_day_of_evaluation(duration: str, on: date, fraction: int) -> None:
    start = date(2020, 1, 1)
    done = compute(terms(one(duration, start)), on=on)
    assert done.total_days is not None
    assert done.parole_eligible_on is not None
    assert (done.parole_eligible_on - start).days + 1 == -(-done.total_days // fraction)


def test_more_than_five_years_by_the_2013_rules_needs_two_thirds() -> None:
    done = compute(terms(one("P9Y", date(2015, 1, 1))), on=date(2020, 1, 1))
    assert done.total_days == 3287
    assert done.parole_eligible_on == date(2020, 12, 31)


def test_an_excluded_offence_bars_parole_and_says_which() -> None:
    done = compute(terms(one("P10Y", date(2020, 1, 1))), offences=("THEFT", "GENOCIDE"))
    assert done.parole_status is ParoleStatus.NOT_ELIGIBLE
    assert done.trace[-1].value == "GENOCIDE"
    assert done.expected_release_on == date(2029, 12, 31)


def test_child_defilement_is_excluded_by_the_older_list_only() -> None:
    judged = terms(one("P10Y", date(2018, 1, 1)))
    old = compute(judged, offences=("CHILD_DEFILEMENT",), on=date(2020, 1, 1))
    assert old.parole_status is ParoleStatus.NOT_ELIGIBLE
    assert compute(judged, offences=("CHILD_DEFILEMENT",)).parole_status is ParoleStatus.FROM_DATE


def test_without_sentence_no_date() -> None:
    done = compute(None, status=LegalStatus.REMAND)
    assert done.parole_status is ParoleStatus.NOT_SENTENCED
    assert done.expected_release_on is None
    assert done.trace


def test_the_inclusive_day_is_a_setting() -> None:
    done = compute(terms(one("P1Y", date(2025, 1, 1))), inclusive=False)
    assert done.expected_release_on == date(2026, 1, 1)


def test_the_trace_names_rule_set_and_every_step() -> None:
    escape = Interruption(date(2024, 3, 1), date(2024, 4, 10))
    done = compute(terms(one("P4Y", date(2024, 1, 1)), credit_days=10), interruptions=(escape,))
    codes = [step.code for step in done.trace]
    assert codes[0] == "RULE_SET"
    assert {"START", "PART_CONCURRENT", "TOTAL_DAYS", "CREDIT", "INTERRUPTION", "END", "PAROLE"} <= set(codes)


def test_equal_inputs_give_equal_hashes_and_another_input_another() -> None:
    judged = terms(one("P4Y", date(2024, 1, 1)))
    first, again = compute(judged), compute(judged, on=date(2026, 12, 24))
    assert first.inputs_hash == again.inputs_hash
    assert first.inputs_hash != compute(judged, offences=("THEFT",)).inputs_hash
    assert first.inputs_hash != compute(judged, on=date(2023, 1, 1)).inputs_hash


def test_credits_beyond_the_sentence_end_it_on_its_first_day() -> None:
    done = compute(terms(one("P1D", date(1900, 1, 5)), credit_days=20_000))
    assert done.expected_release_on == done.parole_eligible_on == date(1900, 1, 5)
    assert "ALREADY_SERVED" in [step.code for step in done.trace]


@given(
    years=st.integers(0, 40),
    months=st.integers(0, 30),
    days=st.integers(1, 400),
    start=st.dates(date(1980, 1, 1), date(2026, 1, 1)),
    lost=st.integers(0, 300),
)
def test_parole_never_falls_after_the_end_nor_before_the_start(
    years: int, months: int, days: int, start: date, lost: int
) -> None:
    judged = terms(SentencePart(Duration(years, months, days), start))
    escape = Interruption(start, date.fromordinal(start.toordinal() + lost))
    done = compute(judged, interruptions=(escape,))
    assert done.expected_release_on is not None
    assert done.parole_eligible_on is not None
    assert start <= done.parole_eligible_on <= done.expected_release_on
    calm = compute(judged)
    assert calm.expected_release_on is not None
    assert (done.expected_release_on - calm.expected_release_on).days == lost
