"""A crowd with a release of figures, and partners with every kind of grant of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from gateway_scene import Person
from inzira_contracts.intake import ConsentGranted
from inzira_gateway.statistics.catalogue import load_cubes
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import Partner, administrator, consent, granted, registered
from seed_partners import table
from statistics_scene import FIGURES, NATIONAL

Place = tuple[str | None, str | None]
"""Stage and value of the cube's dimension; None: over all of them."""
CUBES = tuple(cube.name for cube in load_cubes())
IN_HUYE = {"facilities": ["HUY"]}
STATUS = {"not-granted": 403, "unauthenticated": 401, "view-invalid": 409}
AFTERWARDS = {
    "ended": "UPDATE partner_grant SET valid_to = '2026-11-22' WHERE id = $1",
    "gone": "UPDATE partner_grant SET view_version = 9 WHERE id = $1",
}
"""What nobody can grant; time, and a release of ours without a cube, bring it about."""


@dataclass(frozen=True)
class Reader:
    """What one partner is to be answered: numbers by cube, and the code that refuses the other cubes."""

    name: str
    reads: Mapping[str, Mapping[Place, int]]
    refused: str
    but_for: frozenset[str]

    def answer(self, cube: str) -> Mapping[Place, int] | str:
        return self.reads.get(cube, self.refused)


@dataclass
class Crowd:
    """Who came, by place in `policy/partners.yaml`, what they agreed to, and the partners' grants and callers."""

    people: dict[str, list[Person]] = field(default_factory=dict)
    consents: dict[UUID, ConsentGranted] = field(default_factory=dict)
    partners: dict[str, Partner] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    grants: dict[str, list[str]] = field(default_factory=dict)

    def at(self, facility: str) -> list[Person]:
        return [person for people in self.people.values() for person in people if person.facility == facility]

    def agreeing(self, facility: str) -> list[Person]:
        """Those there who agreed to NGO-1."""
        return [person for person in self.at(facility) if person.id in self.consents]


def figures() -> dict[str, Any]:
    """The part of `policy/partners.yaml`."""
    found: dict[str, Any] = table()["figures"]
    return found


def readers() -> dict[str, Reader]:
    """By partner."""
    shown = {name: dict(_places(numbers)) for name, numbers in figures()["shown"].items()}
    return {
        name: Reader(
            name,
            {cube: shown[what] for cube, what in given.get("reads", {}).items()},
            given.get("refused", "not-granted"),
            frozenset(given.get("but_for", ())),
        )
        for name, given in figures()["partners"].items()
    }


def _places(numbers: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[Place, int]]:
    for stage, by_value in numbers.items():
        for value, number in by_value.items():
            yield (None if stage == "all" else stage, None if value == "all" else value), number


async def seed_crowd(api: Api, door: Api, deliveries: Deliveries) -> Crowd:
    """Partners first, then everybody: the feeds have something to tell."""
    crowd = Crowd()
    for name, given in figures()["partners"].items():
        await _reader(api, door, crowd, name, given)
    for name, terms in figures()["together"].items():
        await _together(api, door, crowd, name, terms)
    for name, place in figures()["crowd"].items():
        crowd.people[name] = [Person(new_id(), place["facility"]) for _ in range(place["persons"])]
        for number, person in enumerate(crowd.people[name]):
            if number < place["agreed"]:
                crowd.consents[person.id] = consent(person.id)
            await _come(deliveries, person, place, crowd.consents.get(person.id))
    return crowd


async def _reader(api: Api, door: Api, crowd: Crowd, name: str, given: Mapping[str, Any]) -> None:
    partner = await registered(api, door, name.replace("_", "-"), agency=given.get("agency", "NGO-1"))
    crowd.partners[name], crowd.grants[name] = partner, []
    for wanted in given["grants"]:
        terms = {**FIGURES, "row_filter": NATIONAL, **wanted}
        later = [deed for deed in ("ended", "gone", "suspended") if terms.pop(deed, False)]
        made = await granted(api, partner, terms.pop("approved", True), **terms)
        crowd.grants[name].append(made)
        for deed in later:
            if deed == "suspended":
                assert (await administrator(api).post(f"/v1/admin/grants/{made}/suspension")).status_code == 200
            else:
                await api.database.execute(AFTERWARDS[deed], made)
    crowd.callers[name] = await partner.sign_in()
    if given.get("switched_off"):
        assert (await administrator(api).post(f"/v1/admin/partners/{partner.id}/suspension")).status_code == 200


async def _together(api: Api, door: Api, crowd: Crowd, name: str, terms: Mapping[str, Any]) -> None:
    """A partner that lists, follows and counts the same rows."""
    partner = await registered(api, door, name.replace("_", "-"))
    for route in ("persons", "feed"):
        await granted(api, partner, **{**terms, "route": route, "row_filter": IN_HUYE})
    await granted(api, partner, **{**FIGURES, "view": "stage-by-facility", "row_filter": IN_HUYE})
    crowd.partners[name] = partner
    crowd.callers[name] = await partner.sign_in()


async def _come(
    deliveries: Deliveries, person: Person, place: Mapping[str, Any], agreed: ConsentGranted | None
) -> None:
    events: list[Any] = [person.admitted(return_district=place["district"])]
    events += [agreed] if agreed is not None else []
    events += [person.enrolled()] if place["stage"] == "IN_CURRICULUM" else []
    events += [person.released(return_district=place["district"])] if place["stage"] == "RELEASED" else []
    await deliveries.send(*events)
