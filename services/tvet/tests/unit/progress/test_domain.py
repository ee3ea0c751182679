"""What is still needed, reason by reason; no award while anything is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_tvet.progress.domain import (
    WORDS,
    Attendance,
    Reason,
    Requirements,
    Standing,
    completed_modules,
    unmet_for_award,
    unmet_requirements,
)

NEEDED = Requirements(
    modules=("G1", "C1", "S1"),
    min_attendance_percent=80,
    assessor_differs_from_instructor=True,
    verifier_differs_from_assessor=True,
)
DONE = Standing(
    competent=frozenset({"G1", "C1", "S1"}),
    credited=frozenset(),
    integrated_competent=True,
    integrated_assessor="assessor-1",
    instructor="instructor-1",
    attendance=Attendance(present=80, marked=100),
)


def _reasons(standing: Standing) -> list[Reason]:
    return [unmet.reason for unmet in unmet_requirements(NEEDED, standing)]


def test_nothing_is_needed_when_everything_is_met() -> None:
    assert _reasons(DONE) == []
    assert unmet_for_award(NEEDED, DONE, "verifier-1") == []


def test_a_new_trainee_hears_every_reason_at_once() -> None:
    fresh = Standing(frozenset(), frozenset(), None, None, "instructor-1", Attendance(0, 0))
    assert _reasons(fresh) == [
        Reason.MODULES_NOT_COMPETENT,
        Reason.INTEGRATED_MISSING,
        Reason.ATTENDANCE_MISSING,
    ]


def test_missing_modules_are_named_in_teaching_order() -> None:
    unmet = unmet_requirements(NEEDED, replace(DONE, competent=frozenset({"C1"})))
    assert unmet[0].modules == ("G1", "S1")


def test_credits_count_as_modules_shown() -> None:
    standing = replace(DONE, competent=frozenset({"S1"}), credited=frozenset({"G1", "C1", "OTHER"}))
    assert _reasons(standing) == []
    assert completed_modules(NEEDED, standing) == ["G1", "C1", "S1"]


@pytest.mark.parametrize(
    ("present", "marked", "met"),
    [(80, 100, True), (79, 100, False), (4, 5, True), (7999, 10000, False), (0, 0, False)],
)
def test_attendance_is_exact(present: int, marked: int, met: bool) -> None:
    assert Attendance(present, marked).reaches(80) is met


def test_attendance_too_low_says_how_many_days_would_mend_it() -> None:
    unmet = unmet_requirements(NEEDED, replace(DONE, attendance=Attendance(7, 10)))
    assert unmet[0].reason is Reason.ATTENDANCE_TOO_LOW
    assert unmet[0].figures == {"present": 7, "marked": 10, "percent_needed": 80, "days_needed": 5}


@pytest.mark.parametrize(
    ("integrated", "reason"), [(None, Reason.INTEGRATED_MISSING), (False, Reason.INTEGRATED_NOT_COMPETENT)]
)
def test_the_integrated_assessment_is_needed(integrated: bool | None, reason: Reason) -> None:
    assert _reasons(replace(DONE, integrated_competent=integrated)) == [reason]


def test_an_instructor_who_judged_the_integrated_assessment_stands_against_it() -> None:
    standing = replace(DONE, integrated_assessor="INSTRUCTOR-1")
    assert _reasons(standing) == [Reason.ASSESSOR_IS_INSTRUCTOR]
    lenient = replace(NEEDED, assessor_differs_from_instructor=False)
    assert unmet_requirements(lenient, standing) == []


@pytest.mark.parametrize("verifier", [None, ""])
def test_an_award_needs_a_verifier(verifier: str | None) -> None:
    assert [u.reason for u in unmet_for_award(NEEDED, DONE, verifier)] == [Reason.VERIFIER_MISSING]


def test_the_verifier_is_not_the_assessor() -> None:
    assert [u.reason for u in unmet_for_award(NEEDED, DONE, "assessor-1")] == [Reason.VERIFIER_IS_ASSESSOR]
    lenient = replace(NEEDED, verifier_differs_from_assessor=False)
    assert unmet_for_award(lenient, DONE, "assessor-1") == []


def test_share_is_none_before_the_first_day() -> None:
    assert Attendance(0, 0).share is None
    assert Attendance(2, 3).share == 0.6667


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Reason)


counts = st.integers(0, 400).flatmap(lambda marked: st.tuples(st.integers(0, marked), st.just(marked)))


@given(counts, st.integers(1, 99))
def test_days_needed_is_the_least_number_that_mends_it(count: tuple[int, int], percent: int) -> None:
    attendance = Attendance(*count)
    days = attendance.days_needed(percent)
    assert Attendance(attendance.present + days, attendance.marked + days).reaches(percent) or attendance.marked == 0
    if days > 1:
        fewer = Attendance(attendance.present + days - 1, attendance.marked + days - 1)
        assert not fewer.reaches(percent)


@given(
    st.frozensets(st.sampled_from(["G1", "C1", "S1"])),
    st.frozensets(st.sampled_from(["G1", "C1", "S1", "X"])),
    st.sampled_from([None, True, False]),
    st.sampled_from(["instructor-1", "assessor-1"]),
    counts,
)
def test_complete_means_all_three_conditions_and_nothing_else(
    competent: frozenset[str],
    credited: frozenset[str],
    integrated: bool | None,
    assessor: str,
    count: tuple[int, int],
) -> None:
    standing = Standing(competent, credited, integrated, assessor, "instructor-1", Attendance(*count))
    complete = not unmet_requirements(NEEDED, standing)
    modules = {"G1", "C1", "S1"} <= competent | credited
    enough = count[1] > 0 and count[0] / count[1] >= 0.8
    assert complete == (modules and integrated is True and assessor != "instructor-1" and enough)
