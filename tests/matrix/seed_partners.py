"""People with every kind of consent, and partners with every kind of grant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

import yaml
from cells import FOLDER
from gateway_scene import Person
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import ALL_CLASSES, administrator, consent, fresh, granted, registered, withdrawal

EXPECTED = "2027-08-20"


@dataclass(frozen=True)
class Expected:
    """What one partner is to be answered."""

    name: str
    lists: int
    feeds: int
    sees: Mapping[str, frozenset[str]]
    narrowed: Mapping[str, list[str] | int]
    """By query: who is found, or the status that refuses it."""


@dataclass
class Scene:
    """Ids of the people, callers of the partners, grants by partner."""

    people: dict[str, UUID] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    grants: dict[str, list[str]] = field(default_factory=dict)


@cache
def table() -> dict[str, Any]:
    """`policy/partners.yaml`."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / "partners.yaml").read_text("utf-8"))
    return found


def expected() -> dict[str, Expected]:
    """By partner."""
    shown = {name: frozenset(fields) for name, fields in table()["shown"].items()}
    found = {}
    for name, given in table()["partners"].items():
        answer = given.get("answers", 200)
        sees = {person: shown[view] for person, view in given.get("sees", {}).items()}
        narrowed = {query: by[name] for query, by in table()["narrowed"].items() if name in by}
        found[name] = Expected(name, given.get("lists", answer), given.get("feed", answer), sees, narrowed)
    return found


async def seed_scene(api: Api, door: Api, deliveries: Deliveries) -> Scene:
    """Grants first, then what happens to the people, so that the feed has something to tell."""
    scene = Scene(people={name: new_id() for name in table()["people"]})
    for name, given in table()["partners"].items():
        await _partner(api, door, scene, name, given)
    await fresh(api)
    for name, given in table()["people"].items():
        await _person(api, deliveries, scene.people[name], given)
    return scene


async def _partner(api: Api, door: Api, scene: Scene, name: str, given: Mapping[str, Any]) -> None:
    partner = await registered(api, door, name.replace("_", "-"), agency=given.get("agency", "NGO-1"))
    scene.grants[name] = []
    for wanted in given["grants"]:
        terms = dict(wanted)
        ended, suspended = terms.pop("ended", False), terms.pop("suspended", False)
        for route in given.get("routes", ["persons", "feed"]):
            made = await granted(api, partner, terms.get("approved", True), **{**_terms(terms), "route": route})
            scene.grants[name].append(made)
            if suspended:
                assert (await administrator(api).post(f"/v1/admin/grants/{made}/suspension")).status_code == 200
            if ended:  # nobody may grant what is over; time does it
                await api.database.execute(
                    "UPDATE partner_grant SET valid_from = '2026-01-01', valid_to = '2026-11-22' WHERE id = $1", made
                )
    scene.callers[name] = await partner.sign_in()
    if given.get("switched_off"):
        assert (await administrator(api).post(f"/v1/admin/partners/{partner.id}/suspension")).status_code == 200


def _terms(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "approved"}


async def _person(api: Api, deliveries: Deliveries, person_id: UUID, given: Mapping[str, Any]) -> None:
    person = Person(person_id, given.get("facility", "HUY"))
    await deliveries.send(person.admitted(return_district=given.get("district", "24")), person.dated(EXPECTED))
    if "consent" in given:
        said = given["consent"]
        now = api.clock.now()
        wanted = consent(
            person_id,
            tuple(said.get("classes", ALL_CLASSES)),
            purpose=said.get("purpose", "reintegration_support"),
            recipient=said.get("recipient", "NGO-1"),
            valid_from=now + timedelta(days=said.get("from", -100)),
            valid_to=now + timedelta(days=said.get("to", 300)),
        )
        await deliveries.send(wanted)
        if given.get("revoked"):
            await deliveries.send(withdrawal(wanted))
    await deliveries.send(person.enrolled(), person.certified())
    if given.get("released"):
        await deliveries.send(person.released(return_district=given.get("district", "24")))
