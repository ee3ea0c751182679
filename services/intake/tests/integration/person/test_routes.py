"""GET and PATCH /v1/persons/{id}, GET /v1/names, GET /v1/identities."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from inzira_contracts.intake import PersonUpdated
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase

Body = dict[str, Any]
Admit = Callable[..., Awaitable[Body]]


async def test_an_officer_reads_names_and_last_four(officer: Caller, admit: Admit) -> None:
    made = await admit(person={"full_name": "Épiphanie  Invented", "national_id": "9199081234567890"})
    answer = await officer.get(f"/v1/persons/{made['person_id']}")
    body = answer.json()
    assert answer.status_code == 200
    assert body["full_name"] == "Épiphanie Invented"
    assert {"kind": "NATIONAL_ID", "last4": "7890"} in body["identifiers"]
    assert "9199081234567890" not in answer.text
    assert (body["facility"], body["custody_state"]) == ("HUY", "IN_FACILITY")
    assert answer.headers["ETag"] == '"1"'


async def test_a_number_that_disagrees_warns_and_does_not_block(officer: Caller, admit: Admit) -> None:
    made = await admit(person={"national_id": "9197071234567890", "sex": "M"})
    body = (await officer.get(f"/v1/persons/{made['person_id']}")).json()
    assert body["warnings"] == ["NATIONAL_ID_BIRTH_YEAR_DIFFERS", "NATIONAL_ID_SEX_DIFFERS"]


async def test_not_yours_looks_like_not_there(officer: Caller, elsewhere: Caller, admit: Admit) -> None:
    made = await admit()
    hidden = await elsewhere.get(f"/v1/persons/{made['person_id']}")
    absent = await officer.get(f"/v1/persons/{uuid4()}")
    assert hidden.status_code == absent.status_code == 404
    shared = ("type", "title", "status", "detail", "code", "instance")
    assert {name: hidden.json()[name] for name in shared} == {name: absent.json()[name] for name in shared}


@pytest.mark.parametrize("path", ["", "/custody"])
async def test_reading_needs_a_token_and_a_role(api: Api, admit: Admit, path: str) -> None:
    address = f"/v1/persons/{(await admit())['person_id']}{path}"
    assert (await api.nobody().get(address)).status_code == 401
    for role in ("administrator", "me_officer"):
        assert (await api.as_(role).get(address)).status_code == 403
    assert (await api.as_("caseworker", org="PFR").get(address)).status_code == 404


async def test_oversight_learns_that_a_person_exists_and_no_more(api: Api, admit: Admit) -> None:
    made = await admit()
    dpo = api.as_("data_protection_officer")
    body = (await dpo.get(f"/v1/persons/{made['person_id']}")).json()
    assert body.pop("person_id") == made["person_id"]
    assert not any(body.values())
    assert (await dpo.get(f"/v1/persons/{made['person_id']}/custody")).status_code == 403
    assert (await dpo.get(f"/v1/persons/{uuid4()}")).status_code == 404


async def test_every_read_leaves_an_access_record(officer: Caller, admit: Admit, database: ServiceDatabase) -> None:
    person_id = (await admit(person={"full_name": "Recorded Invented"}))["person_id"]
    for path in (f"/v1/persons/{person_id}", f"/v1/persons/{person_id}/custody", f"/v1/names?ids={person_id}"):
        await officer.get(path)
    await officer.get("/v1/identities", params={"name": "recorded"})
    await officer.get("/v1/custody/due", params={"within": "P3Y"})
    records = await database.events(access=True)
    assert [record.model_dump()["operation"] for record in records] == [
        "person.view",
        "custody.view",
        "person.names",
        "person.search",
        "custody.due",
    ]
    assert all(str(record.model_dump()["person_ids"][0]) == person_id for record in records)


async def test_a_change_needs_the_etag_and_tells_field_names(
    officer: Caller, admit: Admit, database: ServiceDatabase
) -> None:
    path = f"/v1/persons/{(await admit())['person_id']}"
    assert (await officer.patch(path, json={"sex": "F"})).status_code == 428
    assert (await officer.patch(path, json={"sex": "F"}, headers={"If-Match": '"7"'})).status_code == 412
    change = {"full_name": "Renamed Invented", "return_district": "43"}
    answer = await officer.patch(path, json=change, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    told = (await database.events())[-1]
    assert isinstance(told, PersonUpdated)
    assert (told.changed, told.return_district) == (["full_name", "return_district"], "43")
    found = (await officer.get("/v1/identities", params={"name": "renam"})).json()["items"]
    assert [item["full_name"] for item in found] == ["Renamed Invented"]
    assert (await officer.patch(path, json=change, headers={"If-Match": '"1"'})).status_code == 412


async def test_the_same_values_again_change_nothing(officer: Caller, admit: Admit, database: ServiceDatabase) -> None:
    path = f"/v1/persons/{(await admit())['person_id']}"
    answer = await officer.patch(path, json={"sex": "M"}, headers={"If-Match": '"1"'})
    assert answer.json()["version"] == 1
    assert not any(isinstance(event, PersonUpdated) for event in await database.events())


async def test_a_new_number_replaces_the_old_one(officer: Caller, admit: Admit) -> None:
    made, other = await admit(), await admit(person={"national_id": "9199081111111111"})
    path = f"/v1/persons/{made['person_id']}"
    taken = await officer.patch(path, json={"national_id": "9199081111111111"}, headers={"If-Match": '"1"'})
    assert (taken.status_code, taken.json()["code"]) == (409, "possible-duplicate")
    changed = await officer.patch(path, json={"national_id": "9199082222222222"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200
    body = (await officer.get(path)).json()
    assert [item["last4"] for item in body["identifiers"] if item["kind"] == "NATIONAL_ID"] == ["2222"]
    assert other["person_id"] != made["person_id"]


@pytest.mark.parametrize(
    "change",
    [
        {"born_on": "2030-01-01"},
        {"sex": "secret-value"},
        {"full_name": None},
        {"national_id": "secret-value"},
        {"return_district": "98"},
        {"unknown": 1},
        {"full_name": "x" * 201},
    ],
)
async def test_bad_changes_are_refused_without_echo(officer: Caller, admit: Admit, change: Body) -> None:
    path = f"/v1/persons/{(await admit())['person_id']}"
    answer = await officer.patch(path, json=change, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    assert "secret-value" not in answer.text


async def test_names_are_joined_for_those_in_reach_only(officer: Caller, elsewhere: Caller, admit: Admit) -> None:
    ids = [(await admit(person={"full_name": f"Named Invented{letter}"}))["person_id"] for letter in "ab"]
    query = {"ids": [*ids, str(uuid4())]}
    items = (await officer.get("/v1/names", params=query)).json()["items"]
    assert {item["person_id"] for item in items} == set(ids)
    assert (await elsewhere.get("/v1/names", params=query)).json()["items"] == []
    assert (await officer.get("/v1/names")).status_code == 422


async def test_names_are_not_for_everybody(api: Api, admit: Admit) -> None:
    made = await admit()
    for role in ("me_officer", "data_protection_officer", "administrator"):
        caller = api.as_(role)
        assert (await caller.get("/v1/names", params={"ids": made["person_id"]})).status_code == 403
        assert (await caller.get("/v1/identities", params={"name": "inv"})).status_code == 403


async def test_search_finds_words_by_their_beginning_in_pages(officer: Caller, admit: Admit) -> None:
    for first in ("Aline", "Béatrice", "Chantal"):
        await admit(person={"full_name": f"{first} Searchable", "known_names": ["Mado"]})
    first_page = (await officer.get("/v1/identities", params={"name": "SEARCH", "limit": 2})).json()
    assert [item["full_name"].split()[0] for item in first_page["items"]] == ["Aline", "Béatrice"]
    rest = await officer.get(
        "/v1/identities", params={"name": "SEARCH", "limit": 2, "cursor": first_page["next_cursor"]}
    )
    assert [item["full_name"].split()[0] for item in rest.json()["items"]] == ["Chantal"]
    assert rest.json()["next_cursor"] is None
    both = await officer.get("/v1/identities", params={"name": "beat mad"})
    assert len(both.json()["items"]) == 1
    assert (await officer.get("/v1/identities", params={"name": "atrice"})).json()["items"] == []


@pytest.mark.parametrize("text", ["TST-FIND", " tst-find ", "9 1990 8 7654321 0 99", "0700777888"])
async def test_search_by_any_identifier(officer: Caller, elsewhere: Caller, admit: Admit, text: str) -> None:
    made = await admit(person={"rcs_number": "TST-FIND", "national_id": "9199087654321099", "phone": "+250700777888"})
    found = (await officer.get("/v1/identities", params={"identifier": text})).json()["items"]
    assert [item["person_id"] for item in found] == [made["person_id"]]
    assert (await elsewhere.get("/v1/identities", params={"identifier": text})).json()["items"] == []


@pytest.mark.parametrize("query", [{}, {"name": "  "}, {"name": "?"}, {"name": "a", "cursor": "zzz"}, {"limit": 201}])
async def test_a_search_that_says_nothing_is_refused(officer: Caller, query: Body) -> None:
    assert (await officer.get("/v1/identities", params=query)).status_code == 422


async def test_facilities_and_districts_are_there_for_staff(api: Api, officer: Caller) -> None:
    facilities = (await officer.get("/v1/facilities")).json()["items"]
    assert {"HUY", "HRC", "NYM"} <= {item["code"] for item in facilities}
    assert len((await api.as_("caseworker", org="PFR").get("/v1/districts")).json()["items"]) == 30
    assert (await api.nobody().get("/v1/facilities")).status_code == 401
    assert (await api.as_("data_protection_officer").get("/v1/facilities")).status_code == 403
