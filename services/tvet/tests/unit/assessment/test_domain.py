"""Module and integrated assessment: every outcome, no averaging, two reassessments five days apart."""

from datetime import date, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_tvet.assessment.domain import (
    WHOLE,
    AlreadyCompetentError,
    AssessorIsInstructorError,
    Judged,
    OutcomesMissingError,
    OutcomeUnknownError,
    ReassessmentsUsedUpError,
    ReassessmentTooSoonError,
    Result,
    Sitting,
    check_assessor,
    integrated_sitting,
    judge,
    overall,
    result_of,
)

C, NYC = Result.C, Result.NYC
DAY = date(2026, 3, 2)
OUTCOMES = frozenset({"LO1", "LO2"})


def _judge(*sittings: Sitting) -> list[Judged]:
    return judge(OUTCOMES, sittings, max_reassessments=2, min_days_between=5)


def _sitting(days: int, **outcomes: Result) -> Sitting:
    return Sitting(DAY + timedelta(days=days), outcomes)


def test_module_is_competent_when_every_outcome_is() -> None:
    assert result_of(_judge(_sitting(0, LO1=C, LO2=C))) is C


def test_one_outcome_not_yet_competent_is_the_result_of_the_module() -> None:
    assert result_of(_judge(_sitting(0, LO1=C, LO2=NYC))) is NYC


def test_without_a_sitting_there_is_no_result() -> None:
    assert result_of(_judge()) is None


def test_reassessment_judges_what_was_missing_and_keeps_what_was_shown() -> None:
    judged = _judge(_sitting(0, LO1=C, LO2=NYC), _sitting(5, LO2=C))
    assert [(one.attempt, one.result) for one in judged] == [(1, NYC), (2, C)]


def test_reassessment_may_take_an_outcome_back() -> None:
    assert result_of(_judge(_sitting(0, LO1=C, LO2=NYC), _sitting(5, LO1=NYC, LO2=C))) is NYC


def test_first_sitting_judges_every_outcome() -> None:
    with pytest.raises(OutcomesMissingError):
        _judge(_sitting(0, LO1=C))


def test_reassessment_judges_every_outstanding_outcome() -> None:
    with pytest.raises(OutcomesMissingError):
        _judge(_sitting(0, LO1=NYC, LO2=NYC), _sitting(6, LO1=C))


def test_an_outcome_of_another_module_is_refused() -> None:
    with pytest.raises(OutcomeUnknownError):
        _judge(_sitting(0, LO1=C, LO2=C, LO9=C))


@pytest.mark.parametrize(("days", "refused"), [(0, True), (4, True), (5, False)])
def test_reassessment_waits_five_days(days: int, refused: bool) -> None:
    sittings = (_sitting(0, LO1=NYC, LO2=NYC), _sitting(days, LO1=C, LO2=C))
    if refused:
        with pytest.raises(ReassessmentTooSoonError):
            _judge(*sittings)
    else:
        assert result_of(_judge(*sittings)) is C


def test_a_third_reassessment_is_refused() -> None:
    three = [_sitting(days, LO1=NYC, LO2=NYC) for days in (0, 5, 10)]
    assert [one.attempt for one in _judge(*three)] == [1, 2, 3]
    with pytest.raises(ReassessmentsUsedUpError):
        _judge(*three, _sitting(15, LO1=C, LO2=C))


def test_a_competent_module_is_not_assessed_again() -> None:
    with pytest.raises(AlreadyCompetentError):
        _judge(_sitting(0, LO1=C, LO2=C), _sitting(9, LO1=C, LO2=C))


def test_a_late_sitting_takes_its_place_by_its_day() -> None:
    late_last = _judge(_sitting(10, LO1=C, LO2=C), _sitting(0, LO1=NYC, LO2=NYC))
    assert [(one.sitting.assessed_on, one.result) for one in late_last] == [
        (DAY, NYC),
        (DAY + timedelta(days=10), C),
    ]


def test_a_late_sitting_that_makes_a_later_one_needless_is_refused() -> None:
    with pytest.raises(AlreadyCompetentError):
        _judge(_sitting(10, LO1=C, LO2=C), _sitting(0, LO1=C, LO2=C))


def test_the_integrated_assessment_follows_the_same_rule_as_one_whole() -> None:
    sittings = [integrated_sitting(DAY, NYC), integrated_sitting(DAY + timedelta(days=7), C)]
    judged = judge({WHOLE}, sittings, max_reassessments=2, min_days_between=5)
    assert [(one.attempt, one.result) for one in judged] == [(1, NYC), (2, C)]


def test_the_instructor_does_not_judge_the_integrated_assessment() -> None:
    check_assessor("outside-1", "tvet-huy-1")
    with pytest.raises(AssessorIsInstructorError) as refused:
        check_assessor("TVET-HUY-1", "tvet-huy-1")
    assert refused.value.field == "assessor"


def test_no_judgement_at_all_is_not_competence() -> None:
    assert overall([]) is NYC


rows = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.dictionaries(st.sampled_from(["LO1", "LO2"]), st.sampled_from(Result), min_size=1),
    ),
    max_size=4,
)


@given(rows)
def test_accepted_sittings_keep_every_rule_and_any_order_of_recording(
    row: list[tuple[int, dict[str, Result]]],
) -> None:
    sittings = [Sitting(DAY + timedelta(days=days), outcomes) for days, outcomes in row]
    try:
        judged = _judge(*sittings)
    except (AlreadyCompetentError, OutcomesMissingError, ReassessmentTooSoonError, ReassessmentsUsedUpError):
        return
    days = [one.sitting.assessed_on for one in judged]
    assert len(days) <= 3
    assert all((later - earlier).days >= 5 for earlier, later in pairwise(days))
    latest = dict.fromkeys(OUTCOMES, NYC)
    for one in judged:
        latest.update(one.sitting.outcomes)
    if judged:
        assert (judged[-1].result is C) == (set(latest.values()) == {C})
    for order in permutations(sittings):
        assert _judge(*order) == judged
