"""GET /v1/tvet/trainings and /v1/tvet/persons/{person_id}/trainings."""

from typing import Any
from uuid import uuid4

import pytest
from inzira_contracts.access import AccessRecorded
from inzira_platform.testing.client import Api
from tvet_scene import Intake, Workshop

PATH = "/v1/tvet/trainings"


async def _list(workshop: Workshop, **params: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - query parameters
    answer = await workshop.caller.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_each_facility_lists_its_own(intake: Intake, huye: Workshop, musanze: Workshop) -> None:
    mine = await huye.open(await intake.admit("HUY"))
    theirs = await musanze.open(await intake.admit("MUS"))
    assert [one["id"] for one in await _list(huye)] == [mine]
    assert [one["id"] for one in await _list(musanze)] == [theirs]
    assert await _list(huye, facility="MUS") == []


async def test_a_list_is_narrowed_by_facility_programme_and_state(intake: Intake, huye: Workshop) -> None:
    person = await intake.admit()
    farm, walls = await huye.open(person), await huye.open(person, "MASONRY-L3", enrolled=False)
    assert [one["id"] for one in await _list(huye, programme="MASONRY-L3")] == [walls]
    assert [one["id"] for one in await _list(huye, state="ENROLLED")] == [farm]
    assert len(await _list(huye, facility="HUY")) == 2
    assert await _list(huye, state="AWARDED") == []


@pytest.mark.parametrize("sort", ["opened_on", "-opened_on", "state_on", "-state_on"])
async def test_pages_go_through_everything_once_in_order(intake: Intake, huye: Workshop, sort: str) -> None:
    days = ["2026-01-05", "2026-01-07", "2026-01-05", "2026-01-06", "2026-01-07"]
    for day in days:
        await huye.open(await intake.admit(), opened_on=day)
    seen: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        params = {"limit": 2, "sort": sort} | ({"cursor": cursor} if cursor else {})
        page = (await huye.caller.get(PATH, params=params)).json()
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len({one["id"] for one in seen}) == len(days)
    assert [one["opened_on"] for one in seen] == sorted(days, reverse=sort.startswith("-"))


@pytest.mark.parametrize(
    "params",
    [
        {"cursor": "nonsense"},
        {"cursor": "WyJ4IiwieSJd"},
        {"limit": "0"},
        {"limit": "201"},
        {"state": "LOST"},
        {"sort": "name"},
    ],
)
async def test_a_parameter_at_fault_is_refused(huye: Workshop, params: dict[str, str]) -> None:
    assert (await huye.caller.get(PATH, params=params)).status_code == 422


async def test_a_list_records_everybody_it_showed(intake: Intake, huye: Workshop, api: Api) -> None:
    persons = {await intake.admit() for _ in range(2)}
    for person in persons:
        await huye.open(person)
    await _list(huye)
    (record,) = await api.database.events(access=True)
    assert isinstance(record, AccessRecorded)
    assert (set(record.person_ids), record.operation) == (persons, "list_trainings")


async def test_the_trainings_of_a_person_are_listed_oldest_first(intake: Intake, huye: Workshop, api: Api) -> None:
    person = await intake.admit()
    second = await huye.open(person, "MASONRY-L3", opened_on="2026-02-02")
    first = await huye.open(person)
    answer = await huye.caller.get(f"/v1/tvet/persons/{person}/trainings")
    assert [one["id"] for one in answer.json()["items"]] == [first, second]
    (record,) = await api.database.events(access=True)
    assert isinstance(record, AccessRecorded)
    assert record.person_ids == [person]


async def test_a_person_out_of_reach_looks_like_nobody(intake: Intake, musanze: Workshop) -> None:
    hidden = await musanze.caller.get(f"/v1/tvet/persons/{await intake.admit('HUY')}/trainings")
    unknown = await musanze.caller.get(f"/v1/tvet/persons/{uuid4()}/trainings")
    assert hidden.status_code == 404
    assert hidden.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
