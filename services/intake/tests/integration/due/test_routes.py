"""GET /v1/custody/due: who leaves soon, who may ask for parole, who is held past the date."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from inzira_platform.testing.client import Api, Caller

Body = dict[str, Any]
Admit = Callable[..., Awaitable[Body]]
PATH = "/v1/custody/due"


async def sentenced(admit: Admit, duration: str) -> str:
    made = await admit(sentence={"parts": [{"duration": duration, "starts_on": "2024-02-01"}]})
    person_id: str = made["person_id"]
    return person_id


@pytest.fixture
async def people(admit: Admit) -> dict[str, str]:
    """Ends: overdue since January 2026; in January 2027; in January 2029. Nobody's parole date lies ahead."""
    durations = {"overdue": "P2Y", "soon": "P3Y", "later": "P5Y"}
    return {name: await sentenced(admit, duration) for name, duration in durations.items()}


async def test_overdue_comes_first_and_every_date_is_explained(officer: Caller, people: dict[str, str]) -> None:
    items = (await officer.get(PATH)).json()["items"]
    assert [(item["person_id"], item["kind"], item["milestone"]) for item in items] == [
        (people["overdue"], "OVERDUE", "OVERDUE"),
        (people["soon"], "RELEASE", "T-90"),
    ]
    assert items[0]["days_left"] < 0
    assert items[1]["days_left"] == 69
    assert any("quarter" in step or "1/4" in step for step in items[0]["explanation"])


async def test_looking_further_finds_more_and_kinds_narrow(officer: Caller, people: dict[str, str]) -> None:
    far = (await officer.get(PATH, params={"within": "P3Y"})).json()["items"]
    assert [item["person_id"] for item in far] == [people["overdue"], people["soon"], people["later"]]
    only = (await officer.get(PATH, params={"within": "P3Y", "kind": "OVERDUE"})).json()["items"]
    assert [item["person_id"] for item in only] == [people["overdue"]]
    none = (await officer.get(PATH, params={"facility": "MUS"})).json()["items"]
    assert none == []


async def test_a_parole_date_ahead_is_listed(officer: Caller, admit: Admit) -> None:
    person_id = await sentenced(admit, "P9Y")
    items = (await officer.get(PATH, params={"within": "P12M", "kind": "PAROLE"})).json()["items"]
    assert [(item["person_id"], item["due_on"]) for item in items] == [(person_id, "2027-01-31")]


@pytest.mark.parametrize("sort", ["due_on", "-due_on"])
async def test_pages_follow_the_order(officer: Caller, people: dict[str, str], sort: str) -> None:
    query = {"within": "P3Y", "limit": 1, "sort": sort}
    seen: list[str] = []
    while True:
        page = (await officer.get(PATH, params=query)).json()
        seen += [item["person_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    expected = [people["overdue"], people["soon"], people["later"]]
    assert seen == (expected if sort == "due_on" else expected[::-1])


async def test_who_is_not_held_is_not_due(officer: Caller, people: dict[str, str]) -> None:
    escaped = {"kind": "ESCAPED", "occurred_at": "2025-01-01", "reference": "REP/1"}
    await officer.post(f"/v1/persons/{people['overdue']}/movements", escaped)
    assert people["overdue"] not in (await officer.get(PATH)).text


async def test_an_unreceived_transfer_and_an_overdue_leave_are_alerts(
    officer: Caller, elsewhere: Caller, admit: Admit
) -> None:
    sent, away, back = [await admit(sentence=None, legal_status="REMAND") for _ in range(3)]
    departed = {
        "kind": "TRANSFER_DEPARTED",
        "occurred_at": "2026-11-22T09:00:00+02:00",
        "to_facility": "MUS",
        "reference": "TR/1",
    }
    leave = {
        "kind": "LEAVE_GRANTED",
        "occurred_at": "2026-11-19",
        "reference": "LV/1",
        "authority": "RCS",
        "due_back_on": "2026-11-21",
    }
    await officer.post(f"/v1/persons/{sent['person_id']}/movements", departed)
    for made in (away, back):
        await officer.post(f"/v1/persons/{made['person_id']}/movements", leave)
    returned = {"kind": "LEAVE_RETURNED", "occurred_at": "2026-11-21"}
    await officer.post(f"/v1/persons/{back['person_id']}/movements", returned)
    items = (await officer.get(PATH)).json()["items"]
    assert [(item["person_id"], item["kind"], item["milestone"]) for item in items] == [
        (away["person_id"], "LEAVE_OVERDUE", "OVERDUE"),
        (sent["person_id"], "TRANSFER_UNRECEIVED", "OVERDUE"),
    ]
    assert all(item["explanation"] for item in items)
    received = {"kind": "TRANSFER_RECEIVED", "occurred_at": "2026-11-23T09:30:00+02:00"}
    await elsewhere.post(f"/v1/persons/{sent['person_id']}/movements", received)
    assert (await elsewhere.get(PATH)).json()["items"] == []


@pytest.mark.parametrize(
    "query",
    [{"within": "P4Y"}, {"within": "LIFE"}, {"within": "soon"}, {"sort": "name"}, {"cursor": "abc"}, {"limit": 0}],
)
async def test_what_is_not_understood_is_refused(officer: Caller, query: Body) -> None:
    answer = await officer.get(PATH, params=query)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_list_needs_token_and_role_and_shows_the_own_facility(
    api: Api, elsewhere: Caller, people: dict[str, str]
) -> None:
    assert (await api.nobody().get(PATH)).status_code == 401
    assert (await api.as_("caseworker", org="PFR").get(PATH)).status_code == 403
    assert (await elsewhere.get(PATH)).json()["items"] == []
    psychosocial = api.as_("rcs_psychosocial_officer", facility="HUY")
    assert len((await psychosocial.get(PATH)).json()["items"]) == 2
