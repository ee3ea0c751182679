"""Acts that arrive at the same moment: one responsible worker before, during and after."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from inzira_contracts.event import Event
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.simultaneous import (
    Stop,
    before_moving_on_from,
    before_telling_of,
    deadlocks,
    one_into_another,
)
from inzira_reintegration.main import SERVICE
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


async def settled(intake: Intake, office: Office, *, closed: bool = True) -> tuple[UUID, Any]:
    """Somebody released and taken over by a worker, their case closed again; and its id."""
    person = await intake.free(TODAY - timedelta(days=30))
    await office.take_over(person)
    case = (await office.case_of(person))["id"]
    if closed:
        closure = await office.post(office.worker, f"cases/{case}/closures", {"closure_code": "MOVED"})
        await office.post(office.supervisor, f"closures/{closure['id']}/approval", {"decision": "APPROVE"})
    return person, case


ENDINGS = [
    (Intake.readmitted, "RETURNED_TO_CUSTODY", "person-not-released"),
    (Intake.died_today, "DECEASED", "case-not-reopenable"),
]


@pytest.mark.parametrize(("ending", "closure", "code"), ENDINGS)
async def test_a_case_opened_again_first_is_ended(
    intake: Intake, office: Office, database: ServiceDatabase, ending: Callable[..., Event], closure: str, code: str
) -> None:
    person, case = await settled(intake, office)
    answer, _ = await one_into_another(
        database,
        before_telling_of(person),
        office.supervisor.post(f"{BASE}/cases/{case}/reopenings", {}),
        intake.deliveries.send(ending(intake, person)),
    )
    assert answer.status_code == 201, code
    assert (await office.case_of(person))["closure_code"] == closure
    assert await responsible(database, person) == []
    assert await deadlocks(database) == 0


@pytest.mark.parametrize(("ending", "closure", "code"), ENDINGS)
async def test_nobody_is_followed_anew_who_has_just_come_back_or_died(
    intake: Intake, office: Office, database: ServiceDatabase, ending: Callable[..., Event], closure: str, code: str
) -> None:
    person, case = await settled(intake, office)
    _, answer = await one_into_another(
        database,
        before_moving_on_from(person, SERVICE.consumer),
        intake.deliveries.send(ending(intake, person)),
        office.supervisor.post(f"{BASE}/cases/{case}/reopenings", {}),
    )
    assert (answer.status_code, answer.json()["code"]) == (409, code), closure
    assert (await office.case_of(person))["closure_code"] == "MOVED"


async def test_a_person_is_handed_on_while_they_come_back(
    intake: Intake, office: Office, database: ServiceDatabase
) -> None:
    person, case = await settled(intake, office, closed=False)
    carried = "SELECT FROM worker_assignment WHERE person_id = $1 AND ended_at IS NULL FOR UPDATE"
    answer, _ = await one_into_another(
        database,
        Stop(carried, (person,)),
        office.supervisor.post(f"{BASE}/cases/{case}/assignments", {"worker_id": "acc-anna"}),
        intake.deliveries.send(intake.readmitted(person)),
    )
    assert answer.status_code == 201
    assert (await office.case_of(person))["closure_code"] == "RETURNED_TO_CUSTODY"
    assert await responsible(database, person) == []
    assert await deadlocks(database) == 0


async def test_the_clock_of_a_flag_raised_while_its_case_ends_is_stopped(
    intake: Intake, office: Office, database: ServiceDatabase
) -> None:
    person, case = await settled(intake, office, closed=False)
    answer, _ = await one_into_another(
        database,
        before_telling_of(person),
        office.worker.post(f"{BASE}/cases/{case}/flags", {"level": "RED"}),
        intake.deliveries.send(intake.died_today(person)),
    )
    assert answer.status_code == 201, answer.text
    rows = await database.rows("SELECT clock_due_at FROM flag WHERE person_id = $1", person)
    assert [row["clock_due_at"] for row in rows] == [None]


@pytest.mark.parametrize("ends_first", [True, False])
async def test_the_clock_of_a_flag_answered_while_its_case_ends_is_stopped(
    intake: Intake, office: Office, database: ServiceDatabase, ends_first: bool
) -> None:
    person, case = await settled(intake, office, closed=False)
    flag = await office.post(office.worker, f"cases/{case}/flags", {"level": "AMBER"})
    ends = intake.deliveries.send(intake.died_today(person))
    answered = office.supervisor.post(f"{BASE}/flags/{flag['id']}/changes", {"to_state": "ACKNOWLEDGED"})
    if ends_first:
        _, answer = await one_into_another(database, before_moving_on_from(person, SERVICE.consumer), ends, answered)
    else:
        answer, _ = await one_into_another(database, before_telling_of(person), answered, ends)
    assert answer.status_code == 201, answer.text
    rows = await database.rows("SELECT clock_due_at, state FROM flag WHERE person_id = $1", person)
    assert [(row["clock_due_at"], row["state"]) for row in rows] == [(None, "ACKNOWLEDGED")]
    assert await deadlocks(database) == 0


async def test_no_flag_is_raised_on_a_case_that_has_just_ended(
    intake: Intake, office: Office, database: ServiceDatabase
) -> None:
    person, case = await settled(intake, office, closed=False)
    _, answer = await one_into_another(
        database,
        before_moving_on_from(person, SERVICE.consumer),
        intake.deliveries.send(intake.died_today(person)),
        office.worker.post(f"{BASE}/cases/{case}/flags", {"level": "RED"}),
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "case-closed")
