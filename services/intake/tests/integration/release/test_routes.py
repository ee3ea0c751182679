"""Two officers release; a released person comes back into a new episode, wherever that is."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from intake_scene import release_plan
from inzira_contracts.intake import PersonAdmitted, PersonDied, PersonReleased
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase

Body = dict[str, Any]
Admit = Callable[..., Awaitable[Body]]
MakeAdmission = Callable[..., Body]
NID = "9199081234567890"
SHORT = {"parts": [{"duration": "P2Y", "starts_on": "2024-02-01"}]}
PLAN = release_plan("2026-01-31")


def releases(made: Body) -> str:
    return f"/v1/persons/{made['person_id']}/releases"


async def release(first: Caller, second: Caller, made: Body, **parts: Any) -> Body:  # noqa: ANN401 - JSON
    prepared = await first.post(releases(made), {**PLAN, **parts})
    assert prepared.status_code == 201, prepared.text
    approved = await second.post(f"/v1/releases/{prepared.json()['id']}/approval")
    assert approved.status_code == 201, approved.text
    body: Body = approved.json()
    return body


async def test_two_officers_release_and_the_second_one_tells(
    officer: Caller, second_officer: Caller, admit: Admit, database: ServiceDatabase
) -> None:
    made = await admit(sentence=SHORT)
    prepared = await officer.post(releases(made), PLAN)
    assert (prepared.status_code, prepared.json()["state"]) == (201, "PREPARED")
    assert not any(isinstance(event, PersonReleased) for event in await database.events())
    path = f"/v1/releases/{prepared.json()['id']}/approval"
    alone = await officer.post(path)
    assert (alone.status_code, alone.json()["code"]) == (403, "two-persons-needed")
    approved = await second_officer.post(path)
    assert (approved.status_code, approved.json()["state"]) == (201, "APPROVED")
    told = (await database.events())[-1]
    assert isinstance(told, PersonReleased)
    assert (told.release_reason, told.supervision, str(told.released_on)) == (
        "SENTENCE_EXPIRED",
        "VOLUNTARY_AFTERCARE",
        "2026-01-31",
    )
    assert (told.facility, told.return_district, told.recorded_by) == ("HUY", "24", "acc-huye-2")
    again = await second_officer.post(path)
    assert (again.status_code, again.json()["code"]) == (409, "release-not-prepared")


async def test_a_second_preparation_supersedes_the_first(officer: Caller, second_officer: Caller, admit: Admit) -> None:
    made = await admit(sentence=SHORT)
    first = (await officer.post(releases(made), PLAN)).json()["id"]
    await officer.post(releases(made), {**PLAN, "order_number": "REL/2"})
    answer = await second_officer.post(f"/v1/releases/{first}/approval")
    assert answer.json()["code"] == "release-not-prepared"


async def test_an_approval_replayed_answers_the_same(officer: Caller, second_officer: Caller, admit: Admit) -> None:
    prepared = await officer.post(releases(await admit(sentence=SHORT)), PLAN)
    path, key = f"/v1/releases/{prepared.json()['id']}/approval", {"Idempotency-Key": "one-approval"}
    assert (await second_officer.post(path, headers=key)).json() == (
        await second_officer.post(path, headers=key)
    ).json()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"verified_end_on": "2026-02-01"}, 409, "end-not-verified"),
        ({"verified_end_on": None}, 409, "end-not-verified"),
        ({"released_at": "2026-01-30"}, 409, "release-before-end"),
        ({"reason": "PAROLE", "released_at": "2024-07-30"}, 409, "parole-not-open"),
        ({"return_district": "99"}, 422, "district-unknown"),
        ({"reason": "FORGOTTEN"}, 422, "invalid-fields"),
        ({"property_return": None}, 422, "invalid-fields"),
        ({"checklist": {"secret-value": "YES"}}, 422, "invalid-fields"),
    ],
)
async def test_a_release_is_refused_with_a_code(
    officer: Caller, admit: Admit, change: Body, status: int, code: str
) -> None:
    answer = await officer.post(releases(await admit(sentence=SHORT)), {**PLAN, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("reason", "supervision"), [("PAROLE", "PAROLE"), ("PARDON", "PARDON_CONDITIONS"), ("CONVERTED_TO_TIG", "TIG")]
)
async def test_the_reason_decides_what_binds_afterwards(
    officer: Caller,
    second_officer: Caller,
    admit: Admit,
    database: ServiceDatabase,
    reason: str,
    supervision: str,
) -> None:
    await release(officer, second_officer, await admit(sentence=SHORT), reason=reason, released_at="2025-06-01")
    told = (await database.events())[-1]
    assert isinstance(told, PersonReleased)
    assert told.supervision == supervision


async def test_a_release_in_the_future_waits_for_its_day(officer: Caller, second_officer: Caller, admit: Admit) -> None:
    made = await admit()
    plan = {**PLAN, "released_at": "2028-01-31", "verified_end_on": "2028-01-31"}
    prepared = await officer.post(releases(made), plan)
    answer = await second_officer.post(f"/v1/releases/{prepared.json()['id']}/approval")
    assert (answer.status_code, answer.json()["code"]) == (422, "in-the-future")


async def test_nobody_is_released_from_the_road(officer: Caller, admit: Admit) -> None:
    made = await admit(sentence=SHORT)
    departed = {
        "kind": "TRANSFER_DEPARTED",
        "occurred_at": "2025-01-01",
        "to_facility": "MUS",
        "reference": "TR/1",
    }
    await officer.post(f"/v1/persons/{made['person_id']}/movements", departed)
    answer = await officer.post(releases(made), PLAN)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal-transition")


async def test_releases_need_token_role_and_reach(api: Api, officer: Caller, elsewhere: Caller, admit: Admit) -> None:
    made = await admit(sentence=SHORT)
    order = (await officer.post(releases(made), PLAN)).json()["id"]
    for path, body in ((releases(made), PLAN), (f"/v1/releases/{order}/approval", None)):
        assert (await api.nobody().post(path, body)).status_code == 401
        assert (await api.as_("supervisor", org="PFR").post(path, body)).status_code == 403
        assert (await elsewhere.post(path, body)).status_code == 404
    assert (await officer.post(f"/v1/releases/{uuid4()}/approval")).status_code == 404


async def test_a_released_person_comes_back_elsewhere_by_their_number(
    officer: Caller,
    second_officer: Caller,
    elsewhere: Caller,
    admit: Admit,
    make_admission: MakeAdmission,
    database: ServiceDatabase,
) -> None:
    made = await admit(sentence=SHORT, person={"national_id": NID})
    body = make_admission(
        facility="MUS",
        admitted_at="2026-05-01",
        person={"national_id": NID},
        readmission={"type": "NEW_OFFENCE"},
        sentence=None,
        legal_status="REMAND",
    )
    in_custody = await elsewhere.post("/v1/admissions", body)
    assert (in_custody.status_code, in_custody.json()["code"]) == (404, "readmission-unknown")
    await release(officer, second_officer, made)
    early = await elsewhere.post("/v1/admissions", {**body, "admitted_at": "2025-05-01"})
    assert (early.status_code, early.json()["code"]) == (409, "overlaps-episode")
    back = await elsewhere.post("/v1/admissions", body)
    assert back.status_code == 201, back.text
    assert back.json()["person_id"] == made["person_id"]
    told = (await database.events())[-1]
    assert isinstance(told, PersonAdmitted)
    assert (told.admission_kind, told.readmission_type) == ("READMISSION", "NEW_OFFENCE")
    assert str(told.previous_episode_id) == made["episode_id"]
    episodes = (await elsewhere.get(f"/v1/persons/{made['person_id']}/custody")).json()["episodes"]
    assert [episode["custody_state"] for episode in episodes] == ["RELEASED", "IN_FACILITY"]
    assert (await officer.get(f"/v1/persons/{made['person_id']}")).status_code == 404


async def test_a_death_after_release_ends_the_road_too(
    officer: Caller,
    second_officer: Caller,
    admit: Admit,
    make_admission: MakeAdmission,
    database: ServiceDatabase,
) -> None:
    made = await admit(sentence=SHORT)
    await release(officer, second_officer, made)
    death = {
        "occurred_at": "2026-06-01",
        "place": "ELSEWHERE",
        "reference": "REP/1",
        "family_notified": "YES",
        "authority_notified": "YES",
        "remains": "HANDED_TO_FAMILY",
    }
    assert (await officer.post(f"/v1/persons/{made['person_id']}/death", death)).status_code == 201
    told = (await database.events())[-1]
    assert isinstance(told, PersonDied)
    assert told.episode_id is None
    again = make_admission(admitted_at="2026-07-01", readmission={"type": "RECAPTURE", "person_id": made["person_id"]})
    answer = await officer.post("/v1/admissions", again)
    assert (answer.status_code, answer.json()["code"]) == (409, "person-deceased")
