"""Marking a group: one call, edited for 72 hours, corrected after, never overwritten."""

from datetime import timedelta
from typing import Any

import pytest
from curriculum_scene import CODES, STARTS, Custody, Office, refused, written
from inzira_platform.clock import FixedClock
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api

LATER = STARTS + timedelta(days=3)


@pytest.fixture
async def group(custody: Custody, office: Office) -> tuple[str, list[str]]:
    """A cohort with three enrolled."""
    cohort = await office.open()
    return cohort, [await office.enrol(cohort, await custody.admit()) for _ in range(3)]


async def test_a_group_is_marked_in_one_call(api: Api, office: Office, group: tuple[str, list[str]]) -> None:
    cohort, (a, b, c) = group
    body = written(await office.mark(cohort, "M1-S1", {a: "P", b: "L", c: "U"}))
    assert (body["recorded"], body["sessions_held"], body["cohort_state"]) == (3, 1, "RUNNING")
    assert {(await office.read(one))["state"] for one in (a, b, c)} == {"ACTIVE"}
    held = [event for event in await api.database.events() if event.type == "inzira.curriculum.session.held.v1"]
    assert [(one.present, one.absent, one.held_on) for one in held] == [(2, 1, STARTS)]


async def test_marks_may_be_edited_for_72_hours_and_nothing_is_lost(
    api: Api, office: Office, group: tuple[str, list[str]], clock: FixedClock
) -> None:
    cohort, (a, b, _) = group
    written(await office.mark(cohort, "M1-S1", {a: "P", b: "P"}))
    clock.set(clock.now() + timedelta(hours=71))
    body = written(await office.mark(cohort, "M1-S1", {a: "U", b: "P"}))
    assert (body["changed"], body["unchanged"], body["recorded"]) == (1, 1, 0)
    clock.set(clock.now() + timedelta(hours=2))
    refused(await office.mark(cohort, "M1-S1", {a: "P"}), 409, "attendance-edit-window-closed")
    marks = (await office.caller.get(f"/v1/curriculum/enrolments/{a}/attendance")).json()["items"]
    assert [(one["code"], one["is_current"], one["kind"]) for one in marks] == [
        ("P", False, "FIRST"),
        ("U", True, "EDIT"),
    ]
    assert marks[1]["supersedes_id"] == marks[0]["id"]


async def test_a_late_correction_supersedes_with_its_reason(
    api: Api, office: Office, group: tuple[str, list[str]], clock: FixedClock
) -> None:
    cohort, (a, *_) = group
    written(await office.mark(cohort, "M1-S1", {a: "U"}))
    clock.set(clock.now() + timedelta(days=30))
    written(await office.mark(cohort, "M1-S1", {a: "P"}, reason_code="WRONG_CODE"))
    rows = await api.database.rows("SELECT event_id FROM outbox WHERE type LIKE '%attendance%' ORDER BY seq")
    last = (await api.database.events())[-1]
    assert (last.supersedes, last.reason_code, last.code) == (rows[0]["event_id"], "WRONG_CODE", "P")
    held = [event for event in await api.database.events() if event.type == "inzira.curriculum.session.held.v1"]
    assert [one.present for one in held] == [0, 1]
    assert held[1].supersedes is not None
    refused(await office.mark(cohort, "M1-S1", {a: "E"}, reason_code="BECAUSE"), 422, "correction-reason-unknown")


async def test_an_absence_is_made_up_weeks_later(
    api: Api, office: Office, group: tuple[str, list[str]], clock: FixedClock
) -> None:
    cohort, (a, b, _) = group
    written(await office.mark(cohort, "M1-S1", {a: "E", b: "P"}))
    clock.set(clock.now() + timedelta(days=30))
    body = written(await office.mark(cohort, "M1-S1", {a: "M"}, STARTS + timedelta(days=40)))
    assert body["changed"] == 1
    progress = (await office.read(a))["progress"]
    assert (progress["attended"], progress["made_up"], progress["make_ups_left"]) == (1, 1, 7)
    assert (await api.database.events())[-1].supersedes is None  # a new fact, not a correction
    session = (await office.caller.get(f"/v1/curriculum/cohorts/{cohort}")).json()["sessions"][0]
    assert (session["held_on"], session["present"]) == (str(STARTS), 2)


async def test_only_eight_sessions_are_made_up(office: Office, group: tuple[str, list[str]]) -> None:
    cohort, (a, *_) = group
    for code in CODES[:8]:
        written(await office.mark(cohort, code, {a: "M"}))
    refused(await office.mark(cohort, CODES[8], {a: "M"}), 409, "make-up-limit-reached")
    written(await office.mark(cohort, CODES[8], {a: "P"}))


async def test_the_day_of_a_session_is_corrected_for_all(office: Office, group: tuple[str, list[str]]) -> None:
    cohort, (a, b, _) = group
    written(await office.mark(cohort, "M1-S1", {a: "P", b: "P"}))
    refused(await office.mark(cohort, "M1-S1", {a: "P", b: "P"}, LATER), 409, "session-held-on-another-day")
    written(await office.mark(cohort, "M1-S1", {a: "P", b: "P"}, LATER, reason_code="WRONG_DATE"))
    session = (await office.caller.get(f"/v1/curriculum/cohorts/{cohort}")).json()["sessions"][0]
    assert (session["held_on"], session["present"]) == (str(LATER), 2)


async def test_the_same_register_again_changes_nothing(api: Api, office: Office, group: tuple[str, list[str]]) -> None:
    cohort, (a, b, c) = group
    marks = {a: "P", b: "P", c: "E"}
    written(await office.mark(cohort, "M1-S1", marks))
    before = len(await api.database.events())
    assert written(await office.mark(cohort, "M1-S1", marks))["unchanged"] == 3
    assert len(await api.database.events()) == before


async def test_the_same_key_marks_once(api: Api, office: Office, group: tuple[str, list[str]]) -> None:
    cohort, (a, *_) = group
    path = f"/v1/curriculum/cohorts/{cohort}/sessions/M1-S1/attendance"
    body = {"held_on": str(STARTS), "marks": [{"enrolment_id": a, "code": "P"}]}
    key = {"Idempotency-Key": "mark-group-1"}
    first = await office.caller.post(path, json=body, headers=key)
    again = await office.caller.post(path, json=body, headers=key)
    assert written(first) == written(again)
    assert await api.database.value("SELECT count(*) FROM attendance_mark") == 1


@pytest.mark.parametrize(
    ("session", "changes", "status", "code"),
    [
        ("M9-S1", {}, 404, "session-not-found"),
        ("M1-S1", {"held_on": "2026-01-04"}, 422, "held-on-out-of-range"),
        ("M1-S1", {"held_on": "2026-11-24"}, 422, "held-on-out-of-range"),
        ("M1-S1", {"marks": []}, 422, "invalid-fields"),
        ("M1-S1", {"marks": [{"enrolment_id": str(new_id()), "code": "X"}]}, 422, "invalid-fields"),
        ("M1-S1", {"marks": [{"enrolment_id": str(new_id()), "code": "P"}]}, 404, "enrolment-not-found"),
        ("m1", {}, 422, "invalid-fields"),
    ],
)
async def test_a_register_is_refused(
    office: Office, group: tuple[str, list[str]], session: str, changes: dict[str, Any], status: int, code: str
) -> None:
    cohort, (a, *_) = group
    body = {"held_on": str(STARTS), "marks": [{"enrolment_id": a, "code": "P"}], **changes}
    path = f"/v1/curriculum/cohorts/{cohort}/sessions/{session}/attendance"
    refused(await office.caller.post(path, json=body), status, code)


async def test_one_wrong_mark_refuses_the_whole_register(
    api: Api, office: Office, group: tuple[str, list[str]]
) -> None:
    cohort, (a, b, c) = group
    body = {"held_on": str(STARTS), "marks": [{"enrolment_id": a, "code": "P"}, {"enrolment_id": a, "code": "U"}]}
    path = f"/v1/curriculum/cohorts/{cohort}/sessions/M1-S1/attendance"
    refused(await office.caller.post(path, json=body), 422, "duplicate-mark")
    written(await office.change(c, "WITHDRAW", reason_code="OWN_WISH", on=str(STARTS)))
    refused(await office.mark(cohort, "M1-S2", {a: "P", b: "P", c: "P"}, LATER), 409, "enrolment-not-under-way")
    assert await api.database.value("SELECT count(*) FROM attendance_mark") == 0


async def test_attendance_needs_reach_token_and_role(api: Api, office: Office, group: tuple[str, list[str]]) -> None:
    cohort, (a, *_) = group
    refused(await Office(api, "MUS").mark(cohort, "M1-S1", {a: "P"}), 404, "cohort-not-found")
    path = f"/v1/curriculum/cohorts/{cohort}/sessions/M1-S1/attendance"
    refused(await api.nobody().post(path, json={}), 401, "unauthenticated")
    refused(await api.as_("caseworker", org="PFR").post(path, json={}), 403, "forbidden")
    other = await office.open()
    refused(await office.mark(other, "M1-S1", {a: "P"}), 404, "enrolment-not-found")
