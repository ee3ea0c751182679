"""Who carries whom: a caseworker sees a person from assignment to closure."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from inzira_contracts.codes import ClosureCode, WorkerRole
from inzira_contracts.reintegration import CaseClosed, WorkerAssigned
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api
from inzira_platform.testing.deliveries import Deliveries

Body = dict[str, Any]
Admit = Callable[..., Awaitable[Body]]
Agree = Callable[[UUID, str], Awaitable[None]]
AT = datetime(2026, 10, 1, tzinfo=UTC)


def assigned(person_id: UUID, case_id: UUID) -> WorkerAssigned:
    return WorkerAssigned(
        person_id=person_id,
        occurred_at=AT,
        recorded_by="acc-x",
        case_id=case_id,
        assignment_id=new_id(),
        worker_id="acc-worker",
        org="PFR",
        role=WorkerRole.PRIMARY,
    )


async def test_a_caseworker_sees_who_they_carry_and_no_longer_after_closure(
    api: Api, admit: Admit, agree: Agree, deliveries: Deliveries
) -> None:
    made = await admit(person={"full_name": "Carried Invented"})
    person_id, case_id = UUID(made["person_id"]), new_id()
    worker = api.as_("caseworker", org="PFR", sub="acc-worker")
    assert (await worker.get(f"/v1/persons/{person_id}")).status_code == 404
    await deliveries.send(assigned(person_id, case_id))
    assert (await worker.get(f"/v1/persons/{person_id}")).status_code == 404, "nobody asked the person yet"
    await agree(person_id, "PFR")
    assert (await worker.get(f"/v1/persons/{person_id}")).json()["full_name"] == "Carried Invented"
    episodes = (await worker.get(f"/v1/persons/{person_id}/custody")).json()["episodes"]
    assert all(section["text"] is None for section in episodes[0]["sections"])
    assert (await api.as_("caseworker", org="PFR", sub="acc-other").get(f"/v1/persons/{person_id}")).status_code == 404
    assert (await api.as_("supervisor", org="PFR").get(f"/v1/persons/{person_id}")).status_code == 200
    assert (await api.as_("supervisor", org="DIDE").get(f"/v1/persons/{person_id}")).status_code == 404
    closed = CaseClosed(
        person_id=person_id,
        occurred_at=AT,
        recorded_by="acc-worker",
        case_id=case_id,
        closure_code=ClosureCode.GOALS_MET,
    )
    await deliveries.send(closed)
    assert (await worker.get(f"/v1/persons/{person_id}")).status_code == 404


async def test_an_assignment_before_the_admission_waits(deliveries: Deliveries) -> None:
    await deliveries.send(assigned(new_id(), new_id()))
    assert [row["reason"] for row in await deliveries.parked()] != []
