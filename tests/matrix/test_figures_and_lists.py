"""A list, single persons, a feed and figures over the same rows: they say the same, through withdrawals and moves."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from counting import Counting
from fleet import Ground
from gateway_scene import Person
from inzira_contracts.intake import PersonMoved
from inzira_platform.ids import new_id
from partner_scene import withdrawal
from statistics_attack import Attack
from statistics_scene import STATS, members, renewed

CUBE = "stage-by-facility"
GONE = "inzira.partner.person.gone.v1"
TOGETHER = ("by_law", "by_consent")
NOVEMBER, DECEMBER, JANUARY, FEBRUARY = (
    date(2026, 11, 23), date(2026, 12, 7), date(2027, 1, 4), date(2027, 2, 2),
)  # fmt: skip


@pytest.fixture
async def counting(module_ground: Ground) -> AsyncIterator[Counting]:
    """Everybody of the figures in `policy/partners.yaml`, from November on."""
    begun = module_ground.clock.now()
    async with Counting.begun(module_ground) as made:
        yield made
    made.clock.set(begun)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


def moved(person: Person, to: str) -> PersonMoved:
    return PersonMoved.model_validate({
        "person_id": person.id, "occurred_at": noon(NOVEMBER), "recorded_by": "acc-intake", "episode_id": new_id(),
        "movement_id": new_id(), "kind": "TRANSFER_RECEIVED", "from_facility": person.facility, "to_facility": to,
        "custody_state": "IN_FACILITY",
    })  # fmt: skip


def by_stage(items: dict[str, dict[str, Any]]) -> dict[tuple[str | None, str | None], int]:
    """Persons of a list, as a cube of facilities counts them."""
    return dict(Counter((item["stage"], item["facility"]) for item in items.values()))


async def test_who_is_outside_the_rows_is_listed_told_and_counted_by_none(counting: Counting) -> None:
    crowd = counting.crowd
    inside = {"by_law": crowd.at("HUY"), "by_consent": crowd.agreeing("HUY")}
    everybody = [person.id for people in crowd.people.values() for person in people]
    for partner in TOGETHER:
        wanted = {counting.pid(partner, person.id) for person in inside[partner]}
        told, _ = await counting.told(partner)
        assert {item["subject"] for item in told} == wanted
        assert set(await counting.listed(partner)) == wanted
        assert await counting.found(partner, everybody) == wanted
    of_everybody = by_stage(await counting.listed("by_law"))
    assert of_everybody == {("ADMITTED", "HUY"): 12, ("IN_CURRICULUM", "HUY"): 11}
    assert await counting.numbers("by_law", CUBE) == of_everybody
    assert await counting.numbers("by_consent", CUBE) == of_everybody, "nobody is asked for a number"


async def test_who_takes_a_consent_back_is_gone_from_lists_and_is_not_seen_to_go_in_figures(
    counting: Counting,
) -> None:
    cursors = {partner: (await counting.told(partner))[1] for partner in TOGETHER}
    kept = {partner: (await counting.ask(partner, f"{STATS}/{CUBE}")).content for partner in TOGETHER}
    leaving = counting.crowd.agreeing("HUY")[:6]
    await counting.gateway.deliveries.send(*[withdrawal(counting.crowd.consents[one.id]) for one in leaving])
    gone = {counting.pid("by_consent", person.id) for person in leaving}
    told = {partner: (await counting.told(partner, cursors[partner]))[0] for partner in TOGETHER}
    assert [(item["type"], set(item["data"])) for item in told["by_consent"]] == [(GONE, {"id"})] * 6
    assert {item["subject"] for item in told["by_consent"]} == gone
    assert told["by_law"] == [], "a law does not ask"
    assert set(await counting.listed("by_consent")).isdisjoint(gone)
    assert await counting.found("by_consent", [person.id for person in leaving]) == set()
    assert {partner: (await counting.ask(partner, f"{STATS}/{CUBE}")).content for partner in TOGETHER} == kept
    before = await counting.numbers("by_consent", CUBE)
    await counting.on(noon(DECEMBER), *TOGETHER)
    rows = await counting.rows("by_consent", CUBE)
    assert {place: row["persons"] for place, row in rows.items()} == before, "next month either"
    assert {row["as_known_on"] for row in rows.values()} == {DECEMBER.isoformat()}


async def test_who_leaves_the_rows_is_counted_by_none_of_them_and_a_few_are_not_seen_to_leave(
    counting: Counting,
) -> None:
    """Seven leave a facility in one month and four come back in the next; whoever reads both cubes works nobody out."""
    readers = ("national", "of_facilities")
    told, truth = [await renewed(*[counting.crowd.callers[name] for name in readers])], [await members(counting.inside)]
    _, cursor = await counting.told("by_law")
    for day, people, to in (
        (JANUARY, counting.crowd.people["waiting"][:7], "MUS"),
        (FEBRUARY, counting.crowd.people["waiting"][:4], "HUY"),
    ):
        await counting.gateway.deliveries.send(*[moved(person, to) for person in people])
        told.append(await renewed(*await counting.on(noon(day), *readers)))
        truth.append(await members(counting.inside))
        counting.crowd.callers["by_law"] = await counting.crowd.partners["by_law"].sign_in()
        if day == JANUARY:
            await _agree_on_who_left(counting, cursor, people)
    listed = by_stage(await counting.listed("by_law"))
    rows = await counting.rows("by_law", CUBE)
    assert listed["ADMITTED", "HUY"] == 9
    number = rows["ADMITTED", "HUY"]
    assert (number["persons"], number["as_known_on"]) == (5, JANUARY.isoformat()), "four came: nobody is told"
    found, targets = Attack(truth, told).recovered()
    assert found == []
    assert targets > 50
    assert all(told), "each release told something new"


async def _agree_on_who_left(counting: Counting, cursor: str, people: list[Person]) -> None:
    """Exactly those are gone from list, feed and single persons, and the numbers are those of the list."""
    gone = {counting.pid("by_law", person.id) for person in people}
    told, _ = await counting.told("by_law", cursor)
    assert {(item["type"], item["subject"]) for item in told} == {(GONE, pid) for pid in gone}
    listed = await counting.listed("by_law")
    assert set(listed).isdisjoint(gone)
    assert await counting.found("by_law", [person.id for person in people]) == set()
    assert by_stage(listed) == await counting.numbers("by_law", CUBE) == {
        ("ADMITTED", "HUY"): 5, ("IN_CURRICULUM", "HUY"): 11,
    }  # fmt: skip
