"""Statistics through the API: who may read which numbers, and that a release never changes."""

from datetime import timedelta

import pytest
from gateway_scene import Person
from inzira_platform.clock import FixedClock
from inzira_platform.testing.client import Api
from inzira_platform.testing.deliveries import Deliveries
from inzira_platform.testing.plugin import NOON
from partner_scene import granted, registered
from statistics_attack import Attack
from statistics_scene import (
    DISTRICTS,
    FIGURES,
    FOR_FIGURES,
    NATIONAL,
    STATS,
    come,
    entitled,
    members,
    numbers,
    read,
    release,
    renewed,
)


async def are_taught(deliveries: Deliveries, persons: list[Person]) -> None:
    await deliveries.send(*[person.enrolled() for person in persons])


@pytest.fixture
async def people(deliveries: Deliveries) -> list[Person]:
    """54 persons in three stages; small groups in Rubavu, Nyabihu and Ngororero."""
    huye, nyamagabe = await come(deliveries, 18, "24"), await come(deliveries, 20, "25", "MUS")
    few = [*await come(deliveries, 3, "33", "RUB"), *await come(deliveries, 2, "34", "RUB")]
    ngororero, free = await come(deliveries, 5, "35"), await come(deliveries, 6, "41", "GIC")
    await are_taught(deliveries, [*huye[:6], *nyamagabe[:7], *ngororero])
    await deliveries.send(*[person.released(return_district="41") for person in free])
    return [*huye, *nyamagabe, *few, *ngororero, *free]


ADMITTED = {("ADMITTED", "24"): 12, ("ADMITTED", "25"): 13}
TAUGHT = {("IN_CURRICULUM", "24"): 6, ("IN_CURRICULUM", "25"): 7}
TOTALS = {(None, None): 54, ("ADMITTED", None): 30, ("IN_CURRICULUM", None): 18}


@pytest.mark.parametrize(
    ("row_filter", "wanted"),
    [
        (NATIONAL, {**TOTALS, **ADMITTED, **TAUGHT}),
        ({"districts": ["24", "33"]}, {("ADMITTED", "24"): 12, ("IN_CURRICULUM", "24"): 6}),
        ({"districts": ["24", "25"], "stages": ["ADMITTED"]}, ADMITTED),
        ({"stages": ["ADMITTED", "RELEASED"]}, {("ADMITTED", None): 30, **ADMITTED}),
        ({"districts": ["33", "34", "35", "41"]}, {}),
        ({"districts": []}, {}),
        ({}, {}),
    ],
)
async def test_a_partner_reads_the_numbers_of_its_rows_and_no_small_ones(
    api: Api,
    door: Api,
    people: list[Person],
    row_filter: dict[str, list[str]],
    wanted: dict[tuple[str | None, ...], int],
) -> None:
    await release(api)
    caller = await (await entitled(api, door, row_filter=row_filter)).sign_in()
    assert await numbers(caller) == wanted
    answer = await caller.get(DISTRICTS, headers=FOR_FIGURES)
    assert not any(str(person.id) in answer.text for person in people)


async def test_what_is_shown_is_what_the_summary_and_the_list_say(api: Api, door: Api, people: list[Person]) -> None:
    await release(api)
    partner = await registered(api, door)
    for view in ("stage-by-district", "stage-by-facility"):
        await granted(api, partner, **{**FIGURES, "row_filter": NATIONAL, "view": view})
    caller = await partner.sign_in()
    summary = (await api.as_("me_officer").get("/v1/facilities/stages")).json()
    by_facility = {row["facility"]: row["stages"] for row in summary["facilities"]}
    found = await numbers(caller, f"{STATS}/stage-by-facility")
    assert found[None, None] == summary["total"] == len(people)
    for (stage, facility), persons in found.items():
        if stage is not None:
            told = summary["stages"] if facility is None else by_facility[facility]
            assert told[stage] == persons
    officer = api.as_("rcs_intake_officer", facility="HUY")
    listed = (await officer.get("/v1/persons?stage=ADMITTED&facility=HUY&limit=200")).json()["items"]
    assert len(listed) == found["ADMITTED", "HUY"] == 12
    shared = {key: value for key, value in (await numbers(caller)).items() if key[1] is None}
    assert shared == TOTALS == {key: value for key, value in found.items() if key[1] is None}


async def test_a_release_answers_the_same_for_ever(
    api: Api, door: Api, deliveries: Deliveries, people: list[Person], clock: FixedClock
) -> None:
    await release(api)
    partner = await entitled(api, door)
    caller = await partner.sign_in()
    first = await caller.get(DISTRICTS, headers=FOR_FIGURES)
    assert (first.json()["release"], first.json()["as_known_on"]) == ("2026-11", "2026-11-23")
    await come(deliveries, 9, "24")
    await come(deliveries, 6, "25", "MUS")
    assert (await caller.get(DISTRICTS, headers=FOR_FIGURES)).content == first.content
    clock.set(clock.now() + timedelta(days=14))
    await release(api)
    caller = await partner.sign_in()
    assert (await read(caller))["as_known_on"] == "2026-12-07"
    assert (await numbers(caller))["ADMITTED", "24"] == 21
    kept = await caller.get(f"{DISTRICTS}?release=2026-11", headers=FOR_FIGURES)
    assert kept.content == first.content
    listed = await caller.get(STATS, headers=FOR_FIGURES)
    assert listed.json()["releases"] == ["2026-12", "2026-11"]
    for change in ("UPDATE statistic_cell SET shown = 50", "DELETE FROM statistic_release"):
        with pytest.raises(Exception, match="append-only"):
            await api.database.execute(change)


async def test_where_few_came_the_numbers_before_stand(
    api: Api, door: Api, deliveries: Deliveries, people: list[Person], clock: FixedClock
) -> None:
    partner = await entitled(api, door)
    await release(api)
    before = await numbers(await partner.sign_in())
    clock.set(clock.now() + timedelta(days=14))
    await come(deliveries, 1, "24")
    made = await release(api)
    assert (made["is_carried_forward"], made["renewed"]) == (True, 0)
    caller = await partner.sign_in()
    assert await numbers(caller) == before
    assert {row["as_known_on"] for row in (await read(caller))["numbers"]} == {"2026-11-23"}
    clock.set(clock.now() + timedelta(days=31))
    await come(deliveries, 7, "25", "MUS")
    await come(deliveries, 4, "35")
    made = await release(api)
    assert made["is_carried_forward"] is False
    caller = await partner.sign_in()
    assert await numbers(caller) == {
        **before, (None, None): 66, ("ADMITTED", None): 42, ("ADMITTED", "25"): 20,
    }  # fmt: skip
    rows = (await read(caller))["numbers"]
    days = {(row.get("stage"), row.get("return_district")): row["as_known_on"] for row in rows}
    assert days["ADMITTED", "25"] == "2027-01-07"
    assert days["ADMITTED", "24"] == "2026-11-23", "one came: nobody is told"


async def test_releases_resist_the_attack(
    api: Api, door: Api, deliveries: Deliveries, people: list[Person], clock: FixedClock
) -> None:
    """What a partner with every number of both cubes reads over three months, under linear programming."""
    partner = await registered(api, door)
    for view in ("stage-by-district", "stage-by-facility"):
        await granted(api, partner, **{**FIGURES, "row_filter": NATIONAL, "view": view})
    told, truth = [], []
    for month, arrivals in enumerate(([], [(7, "24"), (2, "25")], [(1, "24"), (3, "33"), (6, "41")])):
        clock.set(NOON + timedelta(days=30 * month))
        for persons, district in arrivals:
            await come(deliveries, persons, district, "NYZ" if persons > 2 else "HUY")
        await release(api)
        told.append(await renewed(await partner.sign_in()))
        truth.append(await members(api))
    found, targets = Attack(truth, told).recovered()
    assert found == []
    assert targets > 100
    assert all(told), "each of them told something new"
