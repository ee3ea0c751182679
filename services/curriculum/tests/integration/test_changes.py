"""Suspending, resuming, withdrawing; a person's enrolments; who was shown whom."""

from datetime import date
from typing import Any

import pytest
from curriculum_scene import STARTS, Custody, Office, refused, written
from inzira_contracts.codes import WorkerRole
from inzira_contracts.reintegration import WorkerAssigned
from inzira_platform.clock import kigali_midnight
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api
from inzira_platform.testing.consents import agreement


@pytest.fixture
async def active(custody: Custody, office: Office) -> str:
    """An enrolment under way."""
    cohort = await office.open()
    enrolment = await office.enrol(cohort, await custody.admit())
    written(await office.mark(cohort, "M1-S1", {enrolment: "P"}))
    return enrolment


async def test_an_enrolment_is_suspended_and_resumed(api: Api, office: Office, active: str) -> None:
    assert (
        written(await office.change(active, "SUSPEND", reason_code="HEALTH", on="2026-02-01"))["state"] == "SUSPENDED"
    )
    assert written(await office.change(active, "RESUME", on="2026-03-01"))["state"] == "ACTIVE"
    changed = (await api.database.events())[-2:]
    assert [(event.from_state, event.to_state) for event in changed] == [
        ("ACTIVE", "SUSPENDED"),
        ("SUSPENDED", "ACTIVE"),
    ]
    assert changed[0].reason_code is None  # why somebody was suspended may tell of their health
    reasons = [one["reason_code"] for one in (await office.read(active))["changes"]]
    assert reasons[-2:] == ["HEALTH", "READY_AGAIN"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"action": "RESUME"}, 409, "enrolment-state-conflict"),
        ({"action": "SUSPEND", "reason_code": "OWN_WISH"}, 422, "reason-not-allowed"),
        ({"action": "WITHDRAW"}, 422, "reason-not-allowed"),
        ({"action": "DIE"}, 422, "invalid-fields"),
        ({"action": "COMPLETE"}, 422, "invalid-fields"),
        ({"action": "WITHDRAW", "reason_code": "OWN_WISH", "on": "2025-12-31"}, 422, "change-date-out-of-range"),
        ({"action": "WITHDRAW", "reason_code": "OWN_WISH", "on": "2026-12-31"}, 422, "change-date-out-of-range"),
        ({"action": "FORGET"}, 422, "invalid-fields"),
        ({}, 422, "invalid-fields"),
    ],
)
async def test_a_change_is_refused(office: Office, active: str, change: dict[str, Any], status: int, code: str) -> None:
    path = f"/v1/curriculum/enrolments/{active}/changes"
    refused(await office.caller.post(path, json=change), status, code)


async def test_the_same_key_changes_once(api: Api, office: Office, active: str) -> None:
    path, key = f"/v1/curriculum/enrolments/{active}/changes", {"Idempotency-Key": "withdraw-1"}
    body = {"action": "WITHDRAW", "reason_code": "OWN_WISH"}
    assert written(await office.caller.post(path, json=body, headers=key)) == written(
        await office.caller.post(path, json=body, headers=key)
    )
    assert await api.database.value("SELECT count(*) FROM enrolment_change WHERE action = 'WITHDRAW'") == 1


async def test_changing_and_reading_need_reach_token_and_role(api: Api, office: Office, active: str) -> None:
    body = {"action": "WITHDRAW", "reason_code": "OWN_WISH"}
    path = f"/v1/curriculum/enrolments/{active}"
    stranger = Office(api, "MUS").caller
    refused(await stranger.post(f"{path}/changes", json=body), 404, "enrolment-not-found")
    refused(await stranger.get(path), 404, "enrolment-not-found")
    refused(await stranger.get(f"{path}/attendance"), 404, "enrolment-not-found")
    refused(await office.caller.get(f"/v1/curriculum/enrolments/{new_id()}"), 404, "enrolment-not-found")
    for method, address in (("POST", f"{path}/changes"), ("GET", path), ("GET", f"{path}/attendance")):
        refused(await api.nobody().request(method, address, json=body), 401, "unauthenticated")
        officer = api.as_("rcs_intake_officer", facility="HUY")
        refused(await officer.request(method, address, json=body), 403, "forbidden")


async def test_a_persons_enrolments_are_listed_to_whom_they_concern(api: Api, custody: Custody, office: Office) -> None:
    person = await custody.admit()
    enrolment = await office.enrol(await office.open(), person)
    path = f"/v1/curriculum/persons/{person}/enrolments"
    assert [one["id"] for one in (await office.caller.get(path)).json()["items"]] == [enrolment]
    refused(await Office(api, "MUS").caller.get(path), 404, "person-not-found")
    refused(await api.as_("caseworker", sub="acc-cw", org="PFR").get(path), 404, "person-not-found")
    refused(await api.nobody().get(path), 401, "unauthenticated")
    refused(await api.as_("administrator").get(path), 403, "forbidden")
    nobody_yet = await custody.admit()
    assert (await office.caller.get(f"/v1/curriculum/persons/{nobody_yet}/enrolments")).json() == {"items": []}


async def test_every_read_of_a_person_leaves_a_record(api: Api, custody: Custody, office: Office) -> None:
    person = await custody.admit()
    cohort = await office.open()
    enrolment = await office.enrol(cohort, person)
    written(await office.mark(cohort, "M1-S1", {enrolment: "P"}, STARTS))
    for path in (
        f"enrolments/{enrolment}",
        f"enrolments/{enrolment}/attendance",
        f"persons/{person}/enrolments",
        f"cohorts/{cohort}/enrolments",
    ):
        assert (await office.caller.get(f"/v1/curriculum/{path}")).status_code == 200
    seen = await api.database.events(access=True)
    assert [event.operation for event in seen] == [
        "curriculum.enrolment.read",
        "curriculum.attendance.read",
        "curriculum.enrolments.list",
        "curriculum.cohort.enrolments",
    ]
    assert all(event.person_ids == [person] and event.actor == "acc-HUY" for event in seen)


async def test_the_assigned_worker_reads_an_enrolment(api: Api, custody: Custody, office: Office) -> None:
    person = await custody.admit()
    enrolment = await office.enrol(await office.open(), person)
    worker = api.as_("caseworker", sub="acc-cw", org="PFR")
    refused(await worker.get(f"/v1/curriculum/enrolments/{enrolment}"), 404, "enrolment-not-found")
    await custody.send(
        agreement(person, "PFR"),
        WorkerAssigned(
            person_id=person,
            occurred_at=kigali_midnight(date(2026, 3, 1)),
            recorded_by="acc-x",
            case_id=new_id(),
            assignment_id=new_id(),
            worker_id="acc-cw",
            org="PFR",
            role=WorkerRole.PRIMARY,
        ),
    )
    assert (await worker.get(f"/v1/curriculum/enrolments/{enrolment}")).status_code == 200
