"""Dosage and completion.

Each rule by itself, all of them together, and what an oracle says of random attendance.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_curriculum.completion.domain import (
    CompletionUnmetError,
    Facts,
    Mark,
    Rule,
    decide,
    dose,
    per_module,
    weigh,
)
from inzira_curriculum.programme.service import get_newest

PROGRAMME = get_newest("CORRECTIONAL")
CODES = PROGRAMME.session_codes
MANDATORY = [session.code for session in PROGRAMME.sessions if session.mandatory]
OPTIONAL = [code for code in CODES if code not in MANDATORY]
DAY = date(2025, 3, 3)
TESTED = Facts(post_test_taken=True)


def marks(**special: str) -> list[Mark]:
    """Present everywhere, but for the sessions named (`M1_S1="U"`)."""
    codes = {name.replace("_", "-"): code for name, code in special.items()}
    return [Mark(code, codes.get(code, "P"), DAY + timedelta(days=order)) for order, code in enumerate(CODES)]


def missing(sessions: list[str], code: str = "U") -> list[Mark]:
    return marks(**{session.replace("-", "_"): code for session in sessions})


def spread(count: int) -> list[str]:
    """Optional sessions, taken from the modules in turn so that none falls short."""
    by_turn = sorted(OPTIONAL, key=lambda code: (code.split("-S")[1], code))
    return by_turn[:count]


def rules_unmet(given_marks: list[Mark], facts: Facts = TESTED) -> set[tuple[str, str]]:
    return {(unmet.rule.value, unmet.subject) for unmet in weigh(PROGRAMME, given_marks, facts).unmet}


def test_full_attendance_and_a_post_test_complete() -> None:
    assert decide(PROGRAMME, marks(), TESTED).is_complete


def test_39_of_48_is_enough_and_38_is_not() -> None:
    assert rules_unmet(missing(spread(9))) == set()
    assert rules_unmet(missing(spread(10))) == {("MINIMUM_SESSIONS", "CORRECTIONAL")}


def test_each_module_needs_its_share() -> None:
    assert rules_unmet(missing(["M3-S1", "M3-S2"])) == set()
    assert rules_unmet(missing(["M3-S1", "M3-S2", "M3-S3"])) == {("MODULE_SHARE", "M3")}


@pytest.mark.parametrize("session", MANDATORY)
def test_each_mandatory_session_must_be_had(session: str) -> None:
    assert rules_unmet(missing([session])) == {("MANDATORY_SESSION", session)}
    assert rules_unmet(missing([session], "M")) == set()


def test_the_post_test_must_be_taken_but_need_not_be_passed() -> None:
    assert rules_unmet(marks(), Facts()) == {("POST_TEST", "TAKEN")}
    assert rules_unmet(marks(), Facts(post_test_taken=True, post_test_passed=False)) == set()


def test_late_counts_and_excused_does_not() -> None:
    assert len(dose(PROGRAMME, missing(spread(9), "L")).attended) == 48
    assert len(dose(PROGRAMME, missing(spread(9), "E")).attended) == 39


def test_only_8_made_up_sessions_count_the_first_by_day() -> None:
    made_up = [Mark(code, "M", DAY - timedelta(days=order)) for order, code in enumerate(OPTIONAL[:10])]
    dosage = dose(PROGRAMME, made_up)
    assert len(dosage.made_up) == 8
    assert dosage.missed == frozenset(OPTIONAL[:2])


def test_the_better_of_two_marks_counts_whichever_came_first() -> None:
    twice = [Mark("M1-S1", "U", DAY), Mark("M1-S1", "P", DAY), Mark("M1-S1", "M", DAY)]
    for order in (twice, twice[::-1]):
        dosage = dose(PROGRAMME, order)
        assert dosage.here == {"M1-S1"}
        assert not dosage.made_up


def test_sessions_held_without_a_mark_are_missed() -> None:
    dosage = dose(PROGRAMME, [Mark("M1-S2", "P", DAY)], held=["M1-S1", "M1-S2", "UNKNOWN"])
    assert dosage.missed == {"M1-S1"}


def test_absences_left_are_counted_and_risk_is_told() -> None:
    missed = [Mark(code, "U", DAY) for code in spread(7)]
    progress = weigh(PROGRAMME, missed, Facts())
    assert progress.absences_left == 2
    assert "FEW_ABSENCES_LEFT" in progress.at_risk
    assert weigh(PROGRAMME, missed[:6], Facts()).at_risk == ()


def test_a_short_module_and_a_missed_mandatory_session_are_risks() -> None:
    progress = weigh(PROGRAMME, [Mark(code, "U", DAY) for code in ("M3-S1", "M3-S2", "M3-S3", "M1-S5")], Facts())
    assert progress.at_risk == ("MODULE_SHORT:M3", "MANDATORY_MISSED:M1-S5")
    assert progress.is_possible


def test_more_absences_than_can_be_made_up_end_the_hope() -> None:
    assert weigh(PROGRAMME, [Mark(code, "U", DAY) for code in spread(17)], Facts()).is_possible
    assert not weigh(PROGRAMME, [Mark(code, "U", DAY) for code in spread(18)], Facts()).is_possible


def test_an_unmet_decision_names_the_rules() -> None:
    with pytest.raises(CompletionUnmetError) as refused:
        decide(PROGRAMME, missing(["M8-S2"]), Facts())
    assert refused.value.facts["unmet"] == "MANDATORY_SESSION M8-S2 0/1, POST_TEST TAKEN 0/1"


attendance = st.dictionaries(st.sampled_from(CODES), st.sampled_from("PLEUM"), max_size=48)


def as_marks(codes: dict[str, str]) -> list[Mark]:
    return [Mark(session, code, DAY) for session, code in codes.items()]


@given(attendance, st.booleans())
def test_the_decision_agrees_with_a_plain_count(codes: dict[str, str], tested: bool) -> None:
    progress = weigh(PROGRAMME, as_marks(codes), Facts(post_test_taken=tested))
    made_up = [session for session in CODES if codes.get(session) == "M"][:8]
    had = {session for session, code in codes.items() if code in "PL"} | set(made_up)
    complete = (
        len(had) >= 39
        and all(sum(s.code in had for s in m.sessions) * 100 >= 60 * len(m.sessions) for m in PROGRAMME.modules)
        and set(MANDATORY) <= had
        and tested
    )
    assert progress.is_complete is complete


@given(attendance, st.sampled_from(CODES))
def test_one_more_presence_never_harms(codes: dict[str, str], session: str) -> None:
    before = weigh(PROGRAMME, as_marks(codes), TESTED)
    after = weigh(PROGRAMME, as_marks({**codes, session: "P"}), TESTED)
    assert after.is_complete or not before.is_complete
    assert after.is_possible or not before.is_possible
    assert after.absences_left >= before.absences_left


@given(attendance)
def test_what_is_complete_is_possible_and_counts_agree(codes: dict[str, str]) -> None:
    progress = weigh(PROGRAMME, as_marks(codes), TESTED)
    assert progress.is_possible or not progress.is_complete
    assert sum(per_module(PROGRAMME, progress.dosage.attended).values()) == len(progress.dosage.attended)
    assert not progress.dosage.missed & progress.dosage.attended


@given(attendance, st.integers(0, 48))
def test_credits_in_two_parts_count_as_one(codes: dict[str, str], cut: int) -> None:
    whole = as_marks(codes)
    assert dose(PROGRAMME, whole) == dose(PROGRAMME, whole[cut:] + whole[:cut])


def test_an_open_flag_can_stand_against_completion() -> None:
    unmet = weigh(PROGRAMME, marks(), Facts(post_test_taken=True, flag_levels=frozenset({"RED"}))).unmet
    assert Rule.OPEN_FLAG not in {one.rule for one in unmet}
