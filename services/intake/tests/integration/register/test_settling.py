"""Rows under review are settled by an officer: somebody else, the same person, back again, or nobody."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from intake_scene import release_plan
from inzira_platform.clock import FixedClock
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.deliveries import Deliveries

Send = Callable[..., Awaitable[Any]]
Row = Callable[..., list[Any]]
Register = Callable[..., bytes]
Review = tuple[str, str]
"""The path of an import whose second row (4) is under review, and the person of its first."""


@pytest.fixture
async def review(officer: Caller, send: Send, deliveries: Deliveries, make_register: Register, make_row: Row) -> Review:
    content = make_register(make_row(1), make_row(2, National_ID=make_row(1)[4]))
    sent = await send(officer, content)
    await deliveries.scan("register.import")
    path = f"/v1/imports/{sent.json()['id']}"
    rows = (await officer.get(f"{path}/rows")).json()["items"]
    assert [row["outcome"] for row in rows] == ["admitted", "review"]
    return path, rows[0]["person_id"]


async def settle(caller: Caller, review: Review, row: int = 4, **body: Any) -> Any:  # noqa: ANN401 - any JSON
    return await caller.post(f"{review[0]}/rows/{row}/settlement", json=body)


async def test_somebody_else_is_admitted_as_a_new_person(
    officer: Caller, review: Review, database: ServiceDatabase
) -> None:
    answer = await settle(officer, review, settlement="SOMEBODY_ELSE")
    assert answer.status_code == 201, answer.text
    assert answer.json()["person_id"] != review[1]
    assert await database.value("SELECT count(*) FROM person") == 2
    assert await database.value("SELECT count(*) FROM outbox WHERE type = 'inzira.intake.person.admitted.v1'") == 2
    (row,) = (await officer.get(f"{review[0]}/rows?outcome=review&settled=true")).json()["items"]
    assert (row["outcome"], row["settled_as"]) == ("review", "SOMEBODY_ELSE")
    assert row["person_id"] == answer.json()["person_id"]
    assert (await officer.get(f"{review[0]}/rows?outcome=review&settled=false")).json()["items"] == []


async def test_same_person_admits_nobody(officer: Caller, review: Review, database: ServiceDatabase) -> None:
    answer = await settle(officer, review, settlement="SAME_PERSON", person_id=review[1])
    assert (answer.status_code, answer.json()["person_id"]) == (201, review[1])
    assert await database.value("SELECT count(*) FROM person") == 1
    assert await database.value("SELECT count(*) FROM episode") == 1


async def test_person_who_is_still_in_custody_did_not_come_back(officer: Caller, review: Review) -> None:
    asked = {"settlement": "CAME_BACK", "readmission_type": "NEW_OFFENCE"}
    answer = await settle(officer, review, **asked, person_id=review[1])
    assert (answer.status_code, answer.json()["code"]) == (409, "open-episode")
    assert (await settle(officer, review, settlement="NOT_ADMITTED")).status_code == 201, "nothing was settled by it"


async def test_row_is_settled_once(officer: Caller, review: Review, database: ServiceDatabase) -> None:
    assert (await settle(officer, review, settlement="NOT_ADMITTED")).json()["person_id"] is None
    again = await settle(officer, review, settlement="SOMEBODY_ELSE")
    assert (again.status_code, again.json()["code"]) == (409, "register-row-settled")
    assert await database.value("SELECT count(*) FROM person") == 1


@pytest.mark.parametrize(
    ("row", "body", "status", "code"),
    [
        (3, {"settlement": "NOT_ADMITTED"}, 409, "register-row-not-in-review"),
        (99, {"settlement": "NOT_ADMITTED"}, 404, "register-row-not-found"),
        (4, {"settlement": "SAME_PERSON"}, 422, "settlement-incomplete"),
        (4, {"settlement": "CAME_BACK"}, 422, "settlement-incomplete"),
        (4, {"settlement": "NOT_ADMITTED", "person_id": str(uuid4())}, 422, "settlement-incomplete"),
        (4, {"settlement": "SAME_PERSON", "person_id": str(uuid4())}, 404, "person-not-found"),
        (4, {"settlement": "PERHAPS"}, 422, "invalid-fields"),
    ],
)
async def test_what_does_not_fit_is_refused_and_the_row_stays_under_review(
    officer: Caller, review: Review, row: int, body: dict[str, str], status: int, code: str
) -> None:
    answer = await settle(officer, review, row, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len((await officer.get(f"{review[0]}/rows?outcome=review&settled=false")).json()["items"]) == 1


async def test_other_facility_finds_no_row_to_settle(api: Api, review: Review) -> None:
    other = api.as_("rcs_intake_officer", facility="MUS")
    assert (await settle(other, review, settlement="NOT_ADMITTED")).status_code == 404


async def test_settled_row_no_longer_holds_its_number(
    officer: Caller, review: Review, send: Send, deliveries: Deliveries, make_register: Register, make_row: Row
) -> None:
    await settle(officer, review, settlement="NOT_ADMITTED")
    sent = await send(officer, make_register(make_row(2)))
    await deliveries.scan("register.import")
    assert (await officer.get(f"/v1/imports/{sent.json()['id']}")).json()["admitted"] == 1


async def test_draft_goes_with_the_settlement_when_the_file_is_gone(
    api: Api, review: Review, deliveries: Deliveries, database: ServiceDatabase, clock: FixedClock
) -> None:
    clock.set(clock.now() + timedelta(days=31))
    await deliveries.scan("register.retention")
    officer = api.as_("rcs_intake_officer", facility="HUY")
    assert (await settle(officer, review, settlement="NOT_ADMITTED")).status_code == 201
    assert await database.value("SELECT count(*) FROM register_row WHERE ciphertext IS NOT NULL") == 0


async def test_released_person_who_came_back_is_admitted_again(
    api: Api,
    officer: Caller,
    send: Send,
    deliveries: Deliveries,
    database: ServiceDatabase,
    make_register: Register,
    make_row: Row,
) -> None:
    first = make_row(1, Sentence="2 years")
    again = make_row(2, National_ID=first[4], Date_of_admission="7/6/2022", Start_of_sentence="7/6/2022")
    sent = await send(officer, make_register(first, again))
    await deliveries.scan("register.import")
    path = f"/v1/imports/{sent.json()['id']}"
    person = (await officer.get(f"{path}/rows")).json()["items"][0]["person_id"]
    prepared = await officer.post(f"/v1/persons/{person}/releases", json=release_plan("2020-04-02"))
    second = api.as_("rcs_intake_officer", facility="HUY", sub="second-officer")
    assert (await second.post(f"/v1/releases/{prepared.json()['id']}/approval")).status_code == 201
    answer = await settle(officer, (path, person), settlement="CAME_BACK", readmission_type="NEW_OFFENCE")
    assert (answer.status_code, answer.json().get("person_id")) == (201, person), answer.text
    assert await database.value("SELECT count(*) FROM person") == 1
    assert await database.value("SELECT count(*) FROM episode WHERE admission_kind = 'READMISSION'") == 1
