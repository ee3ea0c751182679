"""Milestones, schedule, recomputation, matching, escalation."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_platform.ids import new_id
from inzira_reintegration.followup.completion import check_completion
from inzira_reintegration.followup.domain import (
    Cause,
    ChecklistError,
    CompletedElsewhereError,
    DueItemSettledError,
    DueKind,
    DueState,
    Level,
    OutcomeError,
    Planned,
    Scheduled,
    VisitKindError,
    check_matches,
    escalation,
    follow_up,
    lost_contact_tasks,
    matching_item,
    milestones,
    overtaken,
    reconcile,
    state_on,
)
from inzira_reintegration.ruleset import rules_on

RULES = rules_on(date(2026, 1, 1))
RELEASED = date(2025, 9, 20)
TIERS = st.sampled_from(sorted(RULES.tiers))
DAYS = st.dates(date(2015, 1, 1), date(2040, 1, 1))


def on_schedule(planned: tuple[Planned, ...], state: DueState = DueState.DUE) -> list[Scheduled]:
    return [Scheduled(new_id(), item, state) for item in planned]


def by_code(items: tuple[Planned, ...]) -> dict[str, Planned]:
    return {item.code: item for item in items}


def test_milestones_count_back_from_release() -> None:
    items = by_code(milestones(RULES, date(2026, 9, 20)))
    assert list(items) == ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8"]
    assert items["R1"].due_on == date(2025, 9, 20)
    assert items["R2"].due_on == date(2026, 3, 20)
    assert items["R6"].due_on == date(2026, 9, 20) - timedelta(days=90)
    assert (items["R7"].earliest_on, items["R7"].latest_on) == (date(2026, 8, 21), date(2026, 9, 20))
    assert items["R5"].optional


def test_follow_up_counts_forward_with_windows() -> None:
    items = by_code(follow_up(RULES, "STANDARD", RELEASED, "NONE"))
    assert items["D3"].dates == (date(2025, 9, 21), date(2025, 9, 23), date(2025, 9, 25))
    assert items["M6"].due_on == date(2026, 3, 20)
    assert items["R10"].due_on == date(2026, 9, 20)
    assert not [code for code in items if code.startswith("L")]


def test_a_parolee_has_legal_tasks_and_others_do_not() -> None:
    items = by_code(follow_up(RULES, "LOW", RELEASED, "PAROLE"))
    assert items["L15"].latest_on == RELEASED + timedelta(days=15)
    assert items["LM1"].due_on == date(2025, 10, 20)
    assert sum(code.startswith("LM") for code in items) == 12


@given(DAYS, TIERS, st.sampled_from(["NONE", "PAROLE", "TIG"]))
def test_every_window_holds_its_due_day_and_none_opens_before_release(
    released: date, tier: str, supervision: str
) -> None:
    items = follow_up(RULES, tier, released, supervision)
    assert all(released <= item.earliest_on <= item.due_on <= item.latest_on for item in items)
    assert len({item.key for item in items}) == len(items)


@given(DAYS, DAYS, TIERS)
def test_recomputation_keeps_what_was_done_and_leaves_one_live_item_per_code(
    first: date, second: date, tier: str
) -> None:
    existing = on_schedule(follow_up(RULES, tier, first, None))
    done = existing[0]
    existing[0] = Scheduled(done.item_id, done.planned, DueState.DONE)
    changes = reconcile(existing, follow_up(RULES, tier, second, None))
    kept = [item for item in existing if item.item_id not in changes.cancelled]
    assert done.item_id not in changes.cancelled
    live = [item.planned.key for item in kept] + [item.key for item in changes.added]
    assert len(live) == len(set(live)) == len(existing)
    assert changes.any == (first != second)


def test_an_item_that_did_not_move_is_not_touched_and_one_no_longer_asked_for_is_taken_off() -> None:
    existing = on_schedule(follow_up(RULES, "STANDARD", RELEASED, None))
    changes = reconcile(existing, follow_up(RULES, "LOW", RELEASED, None))
    gone = {item.planned.code for item in existing if item.item_id in changes.cancelled}
    assert gone == {"D14", "D60", "M9", "M18", "M24"}
    assert changes.added == ()


def test_the_last_day_of_the_window_still_counts() -> None:
    assert state_on(date(2026, 1, 10), date(2026, 1, 10)) is DueState.DUE
    assert state_on(date(2026, 1, 10), date(2026, 1, 11)) is DueState.OVERDUE


def test_a_visit_satisfies_the_nearest_item_whose_window_it_is_in() -> None:
    items = on_schedule(follow_up(RULES, "STANDARD", RELEASED, None))
    found = matching_item("HOME", RELEASED + timedelta(days=12), items)
    assert found is not None
    assert found.planned.code == "D14"
    assert matching_item("PHONE", RELEASED + timedelta(days=12), items[1:]) is None


def test_a_late_visit_satisfies_the_last_missed_item() -> None:
    items = on_schedule(follow_up(RULES, "STANDARD", RELEASED, None))
    found = matching_item("HOME", RELEASED + timedelta(days=21), items)
    assert found is not None
    assert found.planned.code == "D14"
    assert not check_matches(found, "HOME", RELEASED + timedelta(days=21))


def test_a_visit_before_any_window_is_an_extra_one() -> None:
    items = on_schedule(follow_up(RULES, "STANDARD", RELEASED, None))
    assert matching_item("HOME", RELEASED, items) is None


def test_an_item_overtaken_is_still_satisfied_by_a_visit_held_in_its_window() -> None:
    items = on_schedule(follow_up(RULES, "STANDARD", RELEASED, None))
    contact = items[0]
    missed = overtaken(items[1].planned, RELEASED + timedelta(days=14), items)
    assert missed == (contact.item_id,)
    items[0] = Scheduled(contact.item_id, contact.planned, DueState.CANCELLED, Cause.OVERTAKEN)
    items[1] = Scheduled(items[1].item_id, items[1].planned, DueState.DONE)
    assert matching_item("PHONE", RELEASED + timedelta(days=3), items) == items[0]
    assert matching_item("HOME", RELEASED + timedelta(days=20), items) is None


def test_a_named_item_must_be_open_and_accept_the_kind() -> None:
    items = {item.planned.code: item for item in on_schedule(follow_up(RULES, "STANDARD", RELEASED, None))}
    with pytest.raises(VisitKindError):
        check_matches(items["D14"], "PHONE", RELEASED)
    done = Scheduled(new_id(), items["D14"].planned, DueState.DONE)
    with pytest.raises(DueItemSettledError):
        check_matches(done, "HOME", RELEASED)


@pytest.mark.parametrize(
    ("days_after", "level"),
    [
        (0, Level.NONE),
        (1, Level.WORKER),
        (3, Level.SUPERVISOR),
        (13, Level.SUPERVISOR),
        (14, Level.LOST_CONTACT),
    ],
)
def test_a_missed_contact_climbs(days_after: int, level: Level) -> None:
    latest = date(2026, 3, 1)
    today = latest + timedelta(days=days_after)
    assert escalation(latest, date(2025, 1, 1), None, today, RULES.overdue) is level


def test_nobody_is_late_before_they_could_know_and_a_person_seen_since_is_not_lost() -> None:
    today = date(2026, 11, 23)
    assert escalation(date(2025, 10, 1), today, None, today, RULES.overdue) is Level.WORKER
    seen = escalation(date(2025, 10, 1), date(2025, 9, 1), date(2025, 11, 1), today, RULES.overdue)
    assert seen is Level.SUPERVISOR


def test_the_search_for_a_lost_person_has_two_calls_on_different_days() -> None:
    tasks = by_code(lost_contact_tasks(RULES, date(2026, 3, 1)))
    assert tasks["LC1"].due_on != tasks["LC2"].due_on
    assert {"LC3", "LC4"} <= set(tasks)


def test_the_release_checklist_asks_for_all_five_items() -> None:
    item = by_code(milestones(RULES, RELEASED))["R7"]
    answers = {
        "IDENTITY_DOCUMENTS": "YES",
        "PLACE_TO_LIVE": "YES",
        "WORK_OR_INCOME": "NO",
        "CLOTHING": "YES",
        "TRANSPORT": "NOT_NEEDED",
    }
    check_completion(RULES, item, "COMPLETE", answers)
    with pytest.raises(ChecklistError):
        check_completion(RULES, item, "COMPLETE", {"CLOTHING": "YES"})
    with pytest.raises(OutcomeError):
        check_completion(RULES, item, "WELCOMING", answers)


def test_items_with_an_act_of_their_own_are_not_completed_by_hand() -> None:
    assessment = by_code(milestones(RULES, RELEASED))["R2"]
    contact = by_code(follow_up(RULES, "LOW", RELEASED, None))["D3"]
    for item in (assessment, contact):
        with pytest.raises(CompletedElsewhereError):
            check_completion(RULES, item, "COMPLETE", {})
    call = lost_contact_tasks(RULES, RELEASED)[0]
    assert call.kind is DueKind.PROTOCOL
    check_completion(RULES, call, "NO_ANSWER", {})


def test_ids_of_cancelled_items_are_those_of_the_schedule() -> None:
    existing = on_schedule(milestones(RULES, date(2026, 1, 1)))
    changes = reconcile(existing, ())
    assert set(changes.cancelled) == {item.item_id for item in existing}
    assert all(isinstance(item_id, UUID) for item_id in changes.cancelled)
