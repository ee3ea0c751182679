"""POST corrections: the original stays, the dates follow, and what is superseded is named."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from intake_scene import release_plan
from inzira_contracts.intake import DatesComputed, FactCorrected
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase

Body = dict[str, Any]
Admit = Callable[..., Awaitable[Body]]
MakeAdmission = Callable[..., Body]
PLAN = release_plan("2026-01-31")
EARLIER = {"fact": "ADMISSION", "occurred_at": "2024-02-20T08:00:00+02:00", "reason_code": "LATE_DOCUMENT"}


def corrections(made: Body) -> str:
    return f"/v1/persons/{made['person_id']}/corrections"


async def test_an_admission_gets_another_time_and_the_first_one_stays(
    officer: Caller, admit: Admit, database: ServiceDatabase
) -> None:
    made = await admit()
    assert (await officer.post(corrections(made), EARLIER)).status_code == 201
    told = (await database.events())[-1]
    assert isinstance(told, FactCorrected)
    assert told.occurred_at.isoformat() == "2024-02-20T06:00:00+00:00"
    first = await database.value("SELECT event_id FROM outbox WHERE type LIKE '%admitted%'")
    assert told.supersedes == first
    [episode] = (await officer.get(f"/v1/persons/{made['person_id']}/custody")).json()["episodes"]
    [fact] = episode["facts"]
    assert fact["occurred_at"].startswith("2024-02-20T06:00")
    assert fact["first_occurred_at"].startswith("2024-03-01T07:30")
    assert [item["reason_code"] for item in fact["corrections"]] == ["LATE_DOCUMENT"]


async def test_a_second_correction_supersedes_the_first(
    officer: Caller, admit: Admit, database: ServiceDatabase
) -> None:
    made = await admit()
    await officer.post(corrections(made), EARLIER)
    await officer.post(corrections(made), {**EARLIER, "occurred_at": "2024-02-21"})
    first, second = (event for event in await database.events() if isinstance(event, FactCorrected))
    rows = await database.rows("SELECT event_id FROM outbox WHERE type LIKE '%corrected%' ORDER BY seq")
    assert second.supersedes == rows[0]["event_id"]
    assert first.fact_id == second.fact_id
    again = await officer.post(corrections(made), {**EARLIER, "occurred_at": "2024-02-21"})
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-correct")


async def test_a_corrected_recapture_moves_the_dates(officer: Caller, admit: Admit, database: ServiceDatabase) -> None:
    made = await admit()
    path = f"/v1/persons/{made['person_id']}/movements"
    await officer.post(path, {"kind": "ESCAPED", "occurred_at": "2025-01-01", "reference": "REP/1"})
    back = await officer.post(path, {"kind": "RECAPTURED", "occurred_at": "2025-02-10", "reference": "REP/2"})
    movement = {"fact": "MOVEMENT", "fact_id": back.json()["id"], "reason_code": "ENTRY_ERROR"}
    assert (await officer.post(corrections(made), {**movement, "occurred_at": "2025-01-11"})).status_code == 201
    told = (await database.events())[-1]
    assert isinstance(told, DatesComputed)
    assert (str(told.expected_release_on), told.reason_code) == ("2028-02-10", "CORRECTION")
    before = await officer.post(corrections(made), {**movement, "occurred_at": "2024-12-01"})
    assert (before.status_code, before.json()["code"]) == (409, "order-contradiction")


async def test_facts_are_never_changed_in_the_database(admit: Admit, database: ServiceDatabase) -> None:
    await admit()
    for table in ("custody_fact", "sentence", "date_computation", "admission_section"):
        with pytest.raises(Exception, match="append-only"):
            await database.execute(f"UPDATE {table} SET recorded_by = 'x'")  # noqa: S608 - names from the list above


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"fact": "RELEASE"}, 404, "fact-not-found"),
        ({"fact": "MOVEMENT"}, 422, "fact-id-missing"),
        ({"fact_id": str(uuid4())}, 404, "fact-not-found"),
        ({"occurred_at": "2027-01-01"}, 422, "in-the-future"),
        ({"reason_code": "BORED"}, 422, "invalid-fields"),
        ({"occurred_at": None}, 422, "invalid-fields"),
    ],
)
async def test_corrections_refused_with_a_code(
    officer: Caller, admit: Admit, change: Body, status: int, code: str
) -> None:
    answer = await officer.post(corrections(await admit()), {**EARLIER, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_corrections_need_token_role_and_reach(api: Api, elsewhere: Caller, admit: Admit) -> None:
    path = corrections(await admit())
    assert (await api.nobody().post(path, EARLIER)).status_code == 401
    assert (await api.as_("caseworker", org="PFR").post(path, EARLIER)).status_code == 403
    assert (await elsewhere.post(path, EARLIER)).status_code == 404


async def test_a_corrected_release_leaves_whoever_came_back_since_where_they_are(
    officer: Caller, second_officer: Caller, admit: Admit, make_admission: MakeAdmission, database: ServiceDatabase
) -> None:
    made = await admit(sentence={"parts": [{"duration": "P2Y", "starts_on": "2024-02-01"}]})
    prepared = await officer.post(f"/v1/persons/{made['person_id']}/releases", PLAN)
    await second_officer.post(f"/v1/releases/{prepared.json()['id']}/approval")
    again = {"type": "NEW_OFFENCE", "person_id": made["person_id"]}
    back = await officer.post(
        "/v1/admissions", make_admission(admitted_at="2026-05-01", readmission=again, sentence=None)
    )
    assert back.status_code == 201, back.text
    departed = {"kind": "TRANSFER_DEPARTED", "occurred_at": "2026-06-01", "to_facility": "MUS", "reference": "TO/1"}
    assert (await officer.post(f"/v1/persons/{made['person_id']}/movements", departed)).status_code == 201
    release = {"fact": "RELEASE", "occurred_at": "2026-02-02T08:00:00+02:00", "reason_code": "LATE_DOCUMENT"}
    answer = await officer.post(corrections(made), release)
    assert answer.status_code == 201, answer.text
    [reach] = await database.rows("SELECT facility, incoming_facility, custody_state FROM person_scope")
    assert reach == {"facility": "HUY", "incoming_facility": "MUS", "custody_state": "IN_TRANSIT"}
