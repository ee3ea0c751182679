"""Naming and handing over: the old worker stays until the new one accepts."""

from datetime import timedelta
from uuid import UUID

import pytest
from reintegration_scene import COMMUNITY, DUTY, ORG, SOON, TODAY, Intake, Office

BASE = "/v1/reintegration"


@pytest.fixture
async def case_id(intake: Intake, office: Office) -> UUID:
    """A case before release, in the duty queue."""
    found: UUID = (await office.case_of(await intake.prospect(SOON)))["id"]
    return found


async def test_a_supervisor_names_the_worker_who_then_sees_the_case(office: Office, case_id: UUID) -> None:
    anna = office.api.as_("caseworker", sub="acc-anna", org=ORG)
    assert (await anna.get(f"{BASE}/cases/{case_id}")).status_code == 404
    await office.post(office.supervisor, f"cases/{case_id}/assignments", {"worker_id": "acc-anna"})
    assert (await anna.get(f"{BASE}/cases/{case_id}")).json()["worker_id"] == "acc-anna"
    assert (await office.duty.get(f"{BASE}/cases/{case_id}")).status_code == 404
    again = await office.post(office.supervisor, f"cases/{case_id}/assignments", {"worker_id": "acc-anna"}, 409)
    assert again["code"] == "already-responsible"


async def test_a_facility_names_its_contact_but_not_the_responsible_worker(office: Office, case_id: UUID) -> None:
    path = f"cases/{case_id}/assignments"
    await office.post(office.officer, path, {"worker_id": "acc-officer"}, 403)
    await office.post(office.officer, path, {"worker_id": "acc-officer", "role": "RCS"})
    shown = (await office.officer.get(f"{BASE}/cases/{case_id}")).json()
    assert (shown["worker_id"], shown["rcs_worker_id"]) == (DUTY.worker_id, "acc-officer")


async def test_days_to_come_and_days_before_the_case_are_refused(office: Office, case_id: UUID) -> None:
    path = f"cases/{case_id}/assignments"
    late = {"worker_id": "acc-anna", "started_on": str(TODAY + timedelta(days=1))}
    assert (await office.post(office.supervisor, path, late, 422))["code"] == "date-in-future"
    early = {"worker_id": "acc-anna", "started_on": "2019-01-01"}
    assert (await office.post(office.supervisor, path, early, 422))["code"] == "date-too-early"


async def test_a_declined_offer_leaves_the_case_and_tells_the_supervisor(office: Office, case_id: UUID) -> None:
    offer = {"to_worker": COMMUNITY.worker_id, "to_org": ORG}
    made = await office.post(office.duty, f"cases/{case_id}/handovers", offer)
    twice = await office.post(office.supervisor, f"cases/{case_id}/handovers", offer, 409)
    assert twice["code"] == "handover-pending"
    waiting = (await office.worker.get(f"{BASE}/worklist")).json()["handovers"]
    assert [one["id"] for one in waiting] == [made["id"]]
    path = f"handovers/{made['id']}/decisions"
    await office.post(office.stranger, path, {"decision": "ACCEPT"}, 404)
    answer = await office.post(office.worker, path, {"decision": "DECLINE", "reason_code": "CASELOAD_FULL"})
    assert answer["state"] == "DECLINED"
    assert (await office.post(office.worker, path, {"decision": "ACCEPT"}, 409))["code"] == "handover-settled"
    assert (await office.case_of_id(case_id))["worker_id"] == DUTY.worker_id
    event = (await office.api.database.events())[-1]
    assert (type(event).__name__, event.reason_code) == ("HandoverEscalated", "CASELOAD_FULL")


async def test_only_the_holder_or_their_supervisor_offers(office: Office, case_id: UUID) -> None:
    offer = {"to_worker": DUTY.worker_id, "to_org": ORG}
    same = await office.post(office.supervisor, f"cases/{case_id}/handovers", offer, 409)
    assert same["code"] == "already-responsible"
    await office.post(office.stranger, f"cases/{case_id}/handovers", offer, 404)


async def test_the_other_organisations_supervisor_may_answer(office: Office, case_id: UUID) -> None:
    made = await office.post(office.duty, f"cases/{case_id}/handovers", {"to_worker": "acc-ben", "to_org": "PFR"})
    boss = office.api.as_("supervisor", sub="acc-boss", org="PFR")
    await office.post(boss, f"handovers/{made['id']}/decisions", {"decision": "ACCEPT"})
    case = await office.case_of_id(case_id)
    assert (case["worker_id"], case["org"]) == ("acc-ben", "PFR")
    assert (await boss.get(f"{BASE}/cases/{case_id}")).status_code == 200
    assert (await office.supervisor.get(f"{BASE}/cases/{case_id}")).status_code == 404


async def test_an_assignment_withdraws_the_offer(office: Office, case_id: UUID) -> None:
    offer = {"to_worker": "acc-ben", "to_org": ORG}
    made = await office.post(office.duty, f"cases/{case_id}/handovers", offer)
    await office.post(office.supervisor, f"cases/{case_id}/assignments", {"worker_id": "acc-anna"})
    ben = office.api.as_("caseworker", sub="acc-ben", org=ORG)
    await office.post(ben, f"handovers/{made['id']}/decisions", {"decision": "ACCEPT"}, 409)
    assert (await office.case_of_id(case_id))["worker_id"] == "acc-anna"


async def test_the_database_refuses_a_second_responsible_worker(office: Office, case_id: UUID) -> None:
    import asyncpg

    copy = (
        "INSERT INTO worker_assignment(id, case_id, person_id, worker_id, org, role, reason, started_at, recorded_at, "
        "recorded_by) SELECT gen_random_uuid(), case_id, person_id, 'acc-second', org, role, reason, started_at, "
        "recorded_at, recorded_by FROM worker_assignment WHERE case_id = $1"
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await office.api.database.execute(copy, case_id)
    with pytest.raises(asyncpg.NotNullViolationError):
        await office.api.database.execute("UPDATE reintegration_case SET worker_id = NULL")


async def test_caseloads_are_counted_and_weighted(intake: Intake, office: Office) -> None:
    for _ in range(2):
        await intake.prospect(SOON)
    case = await office.case_of(await intake.prospect(SOON))
    await office.plan(office.duty, case["id"], [], tier="HIGH")
    found = (await office.supervisor.get(f"{BASE}/workers")).json()["items"]
    assert [(row["worker_id"], row["cases"], row["weighted"]) for row in found] == [(DUTY.worker_id, 3, 4.0)]
