"""Reads: the journey with the tokens of one's writes, the services' own views, lists and figures."""

from campaign_world import FACILITIES, Someone, World
from casework import SUPERVISOR
from client import User
from inzira_cli.road.cases import BASE


def reader_of(world: World, someone: Someone) -> User:
    """Somebody who may see the person."""
    return world.officer(someone.facility, world.dice.choice(("intake", "psychosocial")))


async def journey(world: World, someone: Someone) -> None:
    """Their journey, holding what was just written about them."""
    tokens = list(dict.fromkeys(someone.tokens)) if world.dice.random() < 0.7 else []
    path = f"/v1/persons/{someone.person_id}/journey?limit=200"
    await reader_of(world, someone).read("journey", path, someone.person_id, tokens)


async def person(world: World, someone: Someone) -> None:
    await reader_of(world, someone).read("person", f"/v1/persons/{someone.person_id}", someone.person_id)


async def custody(world: World, someone: Someone) -> None:
    await reader_of(world, someone).read("custody", f"/v1/persons/{someone.person_id}/custody", someone.person_id)


async def enrolments(world: World, someone: Someone) -> None:
    path = f"/v1/curriculum/persons/{someone.person_id}/enrolments"
    await world.officer(someone.facility, "psychosocial").read("enrolments", path, someone.person_id)


async def trainings(world: World, someone: Someone) -> None:
    path = f"/v1/tvet/persons/{someone.person_id}/trainings"
    await world.officer(someone.facility, "psychosocial").read("trainings", path, someone.person_id)


async def schedule(world: World, someone: Someone) -> None:
    path = f"{BASE}/cases/{someone.case_id}/schedule"
    await world.users[SUPERVISOR[someone.org]].read("schedule", path, someone.person_id)


async def consents(world: World, someone: Someone) -> None:
    path = f"/v1/persons/{someone.person_id}/consents"
    await world.officer(someone.facility, "psychosocial").read("consents", path, someone.person_id)


async def lists(world: World, _someone: Someone) -> None:
    """Something that is about many."""
    facility = world.dice.choice(FACILITIES)
    user, kind, path = world.dice.choice(
        (
            (world.officer(facility, "intake"), "search", "/v1/persons?limit=20"),
            (world.officer(facility, "intake"), "due", "/v1/custody/due?within=P2M&limit=20"),
            (world.users["me.officer"], "stages", "/v1/facilities/stages"),
            (world.users["pfr.supervisor"], "worklist", f"{BASE}/worklist"),
            (world.officer(facility, "psychosocial"), "cohorts", "/v1/curriculum/cohorts"),
        )
    )
    await user.read(kind, path)


async def access_log(world: World, someone: Someone) -> None:
    """Who saw this person: the data-protection officer asks."""
    path = f"/v1/persons/{someone.person_id}/access-log?limit=20"
    await world.users["dpo"].read("access", path, someone.person_id)
