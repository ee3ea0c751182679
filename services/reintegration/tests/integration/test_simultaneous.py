"""Acts that arrive at the same moment: one responsible worker before, during and after."""

import asyncio
from datetime import timedelta
from uuid import UUID

from inzira_platform.testing.database import ServiceDatabase
from reintegration_scene import COMMUNITY, ORG, TODAY, Intake, Office

BASE = "/v1/reintegration"


async def responsible(database: ServiceDatabase, person_id: UUID) -> list[str]:
    """Workers whose responsibility is live."""
    rows = await database.rows(
        "SELECT worker_id FROM worker_assignment WHERE person_id = $1 AND role = 'PRIMARY' AND ended_at IS NULL",
        person_id,
    )
    return [row["worker_id"] for row in rows]


async def test_accepting_and_assigning_at_once_leaves_one_responsible_worker(
    intake: Intake, office: Office, database: ServiceDatabase
) -> None:
    person = await intake.free(TODAY - timedelta(days=5))
    case = (await office.case_of(person))["id"]
    offer = await database.value("SELECT id FROM handover WHERE person_id = $1", person)
    answers = await asyncio.gather(
        office.worker.post(f"{BASE}/handovers/{offer}/decisions", {"decision": "ACCEPT"}),
        office.supervisor.post(f"{BASE}/cases/{case}/assignments", {"worker_id": "acc-anna"}),
        office.second.post(f"{BASE}/cases/{case}/assignments", {"worker_id": "acc-clara"}),
        office.supervisor.post(f"{BASE}/cases/{case}/assignments", {"worker_id": "acc-dina"}),
    )
    assert {answer.status_code for answer in answers} <= {201, 409}, [answer.text for answer in answers]
    holders = await responsible(database, person)
    assert holders == [(await office.case_of(person))["worker_id"]]
    assert holders[0] in {COMMUNITY.worker_id, "acc-anna", "acc-clara", "acc-dina"}
    reach = await database.value("SELECT worker_id FROM person_scope WHERE person_id = $1", person)
    assert reach == holders[0]


async def test_the_same_visit_by_two_workers_settles_its_item_once(
    intake: Intake, office: Office, database: ServiceDatabase
) -> None:
    person = await intake.free(TODAY - timedelta(days=20))
    await office.take_over(person)
    case = (await office.case_of(person))["id"]
    body = {"kind": "HOME", "held_on": str(TODAY - timedelta(days=6)), "due_code": "D14"}
    answers = await asyncio.gather(
        *(caller.post(f"{BASE}/cases/{case}/visits", body) for caller in (office.worker, office.supervisor))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert await database.value("SELECT count(*) FROM visit") == 1


async def test_a_death_and_a_visit_at_once_end_in_a_closed_case(intake: Intake, office: Office) -> None:
    person = await intake.free(TODAY - timedelta(days=20))
    await office.take_over(person)
    case = (await office.case_of(person))["id"]
    anna = office.api.as_("supervisor", sub="acc-supervisor", org=ORG)
    visit = {"kind": "PHONE", "held_on": str(TODAY)}
    answer, _ = await asyncio.gather(
        anna.post(f"{BASE}/cases/{case}/visits", visit), intake.deliveries.send(intake.died(person, TODAY))
    )
    assert answer.status_code in {201, 409}
    assert (await office.case_of(person))["closure_code"] == "DECEASED"
    assert await responsible(office.api.database, person) == []
    assert not await office.items(person, "DUE")
