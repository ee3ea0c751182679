"""Opening, listing and reading cohorts."""

from datetime import date
from typing import Any

import pytest
from curriculum_scene import STARTS, Office, refused, written
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api

BODY = {"programme_code": "CORRECTIONAL", "facility": "HUY", "starts_on": str(STARTS)}
PATH = "/v1/curriculum/cohorts"


async def test_a_cohort_opens_with_the_version_valid_that_day(api: Api, office: Office) -> None:
    body = written(await office.caller.post(PATH, json=BODY))
    assert (body["state"], body["version"], body["programme_version"]) == ("OPEN", 1, 1)
    read = (await office.caller.get(f"{PATH}/{body['id']}")).json()
    assert (read["capacity"], read["planned_end"], len(read["sessions"])) == (25, "2026-06-21", 48)
    assert [one["planned_week"] for one in read["sessions"]][:3] == [1, 1, 2]
    (event,) = await api.database.events()
    assert event.type == "inzira.curriculum.cohort.opened.v1"
    assert event.person_id is None


async def test_the_same_key_opens_one_cohort(api: Api, office: Office) -> None:
    key = {"Idempotency-Key": "open-a-cohort-1"}
    first = await office.caller.post(PATH, json=BODY, headers=key)
    again = await office.caller.post(PATH, json=BODY, headers=key)
    assert written(first) == written(again)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await api.database.value("SELECT count(*) FROM cohort") == 1
    other = {**BODY, "capacity": 20}
    refused(await office.caller.post(PATH, json=other, headers=key), 422, "idempotency-key-reused")


async def test_a_write_needs_a_key(office: Office) -> None:
    refused(await office.caller.post(PATH, json=BODY, keyed=False), 428, "idempotency-key-missing")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"facility": "MUS"}, 404, "facility-not-found"),
        ({"programme_code": "NOTHING"}, 404, "programme-not-found"),
        ({"starts_on": "2020-01-01"}, 404, "programme-not-found"),
        ({"programme_version": 3}, 404, "programme-not-found"),
        ({"capacity": 31}, 422, "capacity-out-of-range"),
        ({"capacity": 0}, 422, "invalid-fields"),
        ({"starts_on": "soon"}, 422, "invalid-fields"),
        ({"starts_on": "9999-01-01"}, 422, "invalid-fields"),
        ({"ethnicity": "x"}, 422, "invalid-fields"),
    ],
)
async def test_a_cohort_is_refused(office: Office, changes: dict[str, Any], status: int, code: str) -> None:
    body = refused(await office.caller.post(PATH, json={**BODY, **changes}), status, code)
    assert "2020" not in str(body)


async def test_only_psychosocial_officers_open_cohorts(api: Api) -> None:
    refused(await api.nobody().post(PATH, json=BODY), 401, "unauthenticated")
    for role in ("rcs_intake_officer", "tvet_instructor", "me_officer"):
        refused(await api.as_(role, facility="HUY").post(PATH, json=BODY), 403, "forbidden")


async def test_cohorts_are_filtered_sorted_and_paged(api: Api, office: Office) -> None:
    made = [await office.open(date(2026, month, 1)) for month in (1, 2, 3)]
    await Office(api, "MUS").open()
    first = (await office.caller.get(PATH, params={"limit": 2, "sort": "-starts_on"})).json()
    rest = (
        await office.caller.get(PATH, params={"limit": 2, "sort": "-starts_on", "cursor": first["next_cursor"]})
    ).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None
    ascending = (await office.caller.get(PATH, params={"state": "OPEN", "programme": "CORRECTIONAL"})).json()
    assert [one["id"] for one in ascending["items"]] == made
    assert (await office.caller.get(PATH, params={"state": "COMPLETED"})).json()["items"] == []


async def test_another_facility_looks_like_nothing(api: Api, office: Office) -> None:
    cohort = await office.open()
    stranger = Office(api, "MUS").caller
    refused(await stranger.get(f"{PATH}/{cohort}"), 404, "cohort-not-found")
    refused(await stranger.get(f"{PATH}/{new_id()}"), 404, "cohort-not-found")
    assert (await stranger.get(PATH, params={"facility": "HUY"})).json()["items"] == []
    everywhere = api.as_("me_officer")
    assert len((await everywhere.get(PATH, params={"facility": "HUY"})).json()["items"]) == 1


@pytest.mark.parametrize(
    "params", [{"cursor": "x"}, {"limit": 201}, {"state": "ODD"}, {"sort": "odd"}, {"facility": "huye"}]
)
async def test_a_malformed_list_is_refused(office: Office, params: dict[str, Any]) -> None:
    answer = await office.caller.get(PATH, params=params)
    assert answer.status_code == 422
