"""Each consumer, fed what no producer should send: nothing escapes, everything ends applied, parked or known already,
and the events of persons who have no part in it go on at once.
"""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from fleet import SERVICES, Deployed, Ground
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inzira_contracts.codes import AdmissionKind, CustodyState, LegalStatus, Sex
from inzira_contracts.event import Event
from inzira_contracts.intake import PersonAdmitted, PersonMoved
from inzira_contracts.reintegration import CaseOpened, WorkerAssigned
from inzira_platform import consumer
from inzira_platform.clock import kigali_midnight
from inzira_platform.delivery import Incoming
from inzira_platform.ids import new_id
from mangling import batches
from seeds import admission

EXAMPLES = 30


@pytest.fixture(params=sorted(SERVICES))
async def deployed(
    request: pytest.FixtureRequest, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Deployed]:
    """Each consumer in turn; a failing record is tried once, which spares the waiting in between."""
    monkeypatch.setattr(consumer, "ATTEMPTS", 1)
    async with ground.deployed(request.param) as running:
        yield running


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_whatever_comes_is_applied_parked_or_known(deployed: Deployed, data: st.DataObject) -> None:
    """One batch after another on the same database, with a bystander in the middle of each."""
    bad = data.draw(batches(deployed.service.topics))
    good = await _bystander(deployed)
    middle = data.draw(st.integers(0, len(bad)))
    await deployed.deliveries.send_records(*bad[:middle], *good, *bad[middle:])
    for record in good:
        assert await _is_applied(deployed, record)
    for record in bad:
        assert await _is_settled(deployed, record)
    await deployed.deliveries.release()


async def _bystander(deployed: Deployed) -> list[Incoming]:
    """Two events in order of somebody nobody else speaks of, from a source this consumer listens to."""
    person = await _known_to_intake(deployed) if deployed.service.name == "intake" else new_id()
    common = {"person_id": person, "occurred_at": kigali_midnight(date(2026, 3, 2)), "recorded_by": "acc-1"}
    events = _told_by_intake(common) if "inzira.intake" in deployed.service.topics else _told_by_reintegration(common)
    return [deployed.deliveries.record(event) for event in events]


async def _known_to_intake(deployed: Deployed) -> UUID:
    number = int(await deployed.database.value("SELECT count(*) FROM person"))
    body = admission(number, born_on=None, national_id=None, full_name=f"Bystander {'abcdefghij'[number % 10]}{number}")
    answer = await deployed.api.as_("rcs_intake_officer", facility="HUY").post("/v1/admissions", body)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["person_id"])


def _told_by_intake(common: dict[str, Any]) -> list[Event]:
    kinds = {"admission_kind": AdmissionKind.NEW, "legal_status": LegalStatus.CONVICTED_FINAL, "sex": Sex.F}
    moved = {"kind": "HOSPITAL_OUT", "custody_state": CustodyState.HOSPITAL, "movement_id": new_id()}
    episode = new_id()
    return [
        PersonAdmitted.model_validate({**common, **kinds, "episode_id": episode, "facility": "HUY"}),
        PersonMoved.model_validate({**common, **moved, "episode_id": episode}),
    ]


def _told_by_reintegration(common: dict[str, Any]) -> list[Event]:
    case = new_id()
    told = {"case_id": case, "assignment_id": new_id(), "worker_id": "acc-2", "org": "PFR", "role": "PRIMARY"}
    return [
        CaseOpened.model_validate({**common, "case_id": case, "trigger": "RELEASE_IN_12_MONTHS"}),
        WorkerAssigned.model_validate({**common, **told}),
    ]


async def _is_applied(deployed: Deployed, record: Incoming) -> bool:
    assert record.envelope is not None
    stream = record.envelope.partitionkey
    version = await deployed.database.value("SELECT version FROM consumed_stream WHERE stream = $1", stream)
    parked = await deployed.database.value("SELECT reason || detail FROM parked_event WHERE key LIKE $1", f"%{stream}")
    return version == 2 and parked is None


async def _is_settled(deployed: Deployed, record: Incoming) -> bool:
    if record.envelope is None:
        parked = "SELECT count(*) FROM parked_event WHERE reason = 'undecodable' AND detail = $1"
        return bool(await deployed.database.value(parked, record.fault))
    return bool(await deployed.database.value("SELECT 1 FROM inbox WHERE event_id = $1", record.envelope.id))
