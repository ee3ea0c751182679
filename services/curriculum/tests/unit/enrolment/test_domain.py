"""The enrolment's states: the table is the only way, and it leads everywhere it must."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_curriculum.enrolment.domain import (
    ACHIEVED,
    BY_STATE,
    FINAL,
    OPEN,
    TRANSITIONS,
    Action,
    ChangeDateError,
    Earlier,
    EnrolmentState,
    IllegalTransitionError,
    LateJoinError,
    NotUnderWayError,
    ReasonNotAllowedError,
    check_change_date,
    check_under_way,
    lineage_to_continue,
    next_state,
    only_reason,
    refuse_late_join,
    starting_day,
)

S = EnrolmentState
DAY = date(2025, 3, 1)
TRAVEL = frozenset({"TRANSFERRED_OUT", "RELEASED_EARLY"})


def test_the_road_from_referral_to_certificate() -> None:
    state = S.REFERRED
    for action, reason in [
        (Action.CONFIRM, "RULES_MET"),
        (Action.WAITLIST, "GROUP_FULL"),
        (Action.ENROL, "PLACE_FREE"),
        (Action.BEGIN, "FIRST_ATTENDANCE"),
        (Action.SUSPEND, "HEALTH"),
        (Action.RESUME, "READY_AGAIN"),
        (Action.COMPLETE, "RULES_MET"),
        (Action.CERTIFY, "CERTIFICATE_ISSUED"),
    ]:
        state = next_state(state, action, reason)
    assert state is S.CERTIFIED


@pytest.mark.parametrize("state", sorted(OPEN))
@pytest.mark.parametrize(
    ("action", "target"),
    [(Action.TRANSFER_OUT, S.TRANSFERRED_OUT), (Action.RELEASE, S.RELEASED_EARLY), (Action.DIE, S.DECEASED)],
)
def test_custody_ends_every_open_enrolment(state: EnrolmentState, action: Action, target: EnrolmentState) -> None:
    assert next_state(state, action, only_reason(state, action)) is target


@pytest.mark.parametrize("state", sorted(ACHIEVED | FINAL))
@pytest.mark.parametrize("action", [Action.TRANSFER_OUT, Action.RELEASE, Action.DIE, Action.WITHDRAW])
def test_what_is_achieved_or_ended_stays(state: EnrolmentState, action: Action) -> None:
    with pytest.raises(IllegalTransitionError):
        next_state(state, action, "DEATH")


def test_late_facts_complete_somebody_who_has_left() -> None:
    assert next_state(S.RELEASED_EARLY, Action.COMPLETE, only_reason(S.RELEASED_EARLY, Action.COMPLETE)) is S.COMPLETED
    with pytest.raises(IllegalTransitionError):
        next_state(S.WITHDRAWN, Action.COMPLETE, "RULES_MET")


def test_a_reason_of_another_way_is_refused() -> None:
    with pytest.raises(ReasonNotAllowedError) as refused:
        next_state(S.ACTIVE, Action.SUSPEND, "OWN_WISH")
    assert refused.value.field == "reason_code"
    assert "HEALTH" in str(refused.value.facts["allowed"])


def test_a_way_with_several_reasons_needs_one_to_be_given() -> None:
    with pytest.raises(ReasonNotAllowedError):
        only_reason(S.ACTIVE, Action.WITHDRAW)
    with pytest.raises(IllegalTransitionError):
        only_reason(S.ACTIVE, Action.RESUME)


def test_no_state_has_two_ways_by_one_action() -> None:
    assert len(BY_STATE) == sum(len(transition.sources) for transition in TRANSITIONS)


def test_every_state_is_reached_from_referral() -> None:
    reached = {S.REFERRED}
    while True:
        more = {way.target for way in TRANSITIONS if way.sources & reached}
        if more <= reached:
            break
        reached |= more
    assert reached == set(EnrolmentState)


@given(st.lists(st.sampled_from(list(Action)), max_size=30))
def test_no_sequence_of_actions_leaves_the_table(actions: list[Action]) -> None:
    state = S.REFERRED
    for action in actions:
        way = BY_STATE.get((state, action))
        if way is None:
            with pytest.raises(IllegalTransitionError):
                next_state(state, action, "RULES_MET")
        else:
            state = next_state(state, action, min(way.reasons))
            assert state is way.target
    assert state in OPEN | ACHIEVED | FINAL


def earlier(state: EnrolmentState, ended: date = DAY, version: int = 1, code: str = "CORRECTIONAL") -> Earlier:
    return Earlier(UUID(int=ended.toordinal()), code, version, state, ended)


def test_credits_travel_from_the_latest_part_that_lets_them() -> None:
    parts = [
        earlier(S.TRANSFERRED_OUT),
        earlier(S.RELEASED_EARLY, date(2025, 9, 1)),
        earlier(S.WITHDRAWN, date(2026, 1, 1)),
    ]
    found = lineage_to_continue(parts, "CORRECTIONAL", 1, TRAVEL)
    assert found is not None
    assert found.ended_on == date(2025, 9, 1)


@pytest.mark.parametrize(
    "part",
    [earlier(S.WITHDRAWN), earlier(S.TRANSFERRED_OUT, version=2), earlier(S.TRANSFERRED_OUT, code="ROT")],
)
def test_credits_stay_within_one_version_of_one_programme(part: Earlier) -> None:
    assert lineage_to_continue([part], "CORRECTIONAL", 1, TRAVEL) is None


def test_an_enrolment_counts_from_the_cohorts_first_day_or_later() -> None:
    assert starting_day(DAY, None, None) == DAY
    assert starting_day(DAY, date(2025, 3, 9), None) == date(2025, 3, 9)
    assert starting_day(DAY, None, earlier(S.TRANSFERRED_OUT, date(2025, 4, 1))) == date(2025, 4, 1)
    with pytest.raises(ChangeDateError):
        starting_day(DAY, date(2025, 2, 28), None)


@pytest.mark.parametrize("on", [date(2025, 2, 28), date(2025, 3, 11)])
def test_a_change_is_dated_within_its_state_and_not_ahead(on: date) -> None:
    with pytest.raises(ChangeDateError):
        check_change_date(on, DAY, date(2025, 3, 10))


def test_a_closed_group_takes_nobody_after_its_limit() -> None:
    refuse_late_join(3, 2)
    refuse_late_join(None, 40)
    with pytest.raises(LateJoinError):
        refuse_late_join(3, 3)


@pytest.mark.parametrize(
    ("state", "since", "held", "takes"),
    [
        ("ENROLLED", DAY, DAY, True),
        ("ACTIVE", DAY, DAY + timedelta(days=90), True),
        ("ACTIVE", DAY, DAY - timedelta(days=1), False),
        ("SUSPENDED", DAY + timedelta(days=9), DAY + timedelta(days=9), True),
        ("SUSPENDED", DAY + timedelta(days=9), DAY + timedelta(days=10), False),
        ("TRANSFERRED_OUT", DAY + timedelta(days=9), DAY + timedelta(days=2), True),
        ("RELEASED_EARLY", DAY + timedelta(days=9), DAY + timedelta(days=10), False),
        ("WAITLISTED", DAY, DAY, False),
    ],
)
def test_facts_belong_to_days_the_enrolment_was_under_way(state: str, since: date, held: date, takes: bool) -> None:
    if takes:
        check_under_way(EnrolmentState(state), since, DAY, held)
    else:
        with pytest.raises(NotUnderWayError):
            check_under_way(EnrolmentState(state), since, DAY, held)
