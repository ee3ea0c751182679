"""People in four facilities in every service, each with a mark nobody elsewhere may see."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from curriculum_scene import Custody
from fleet import Deployed
from gateway_scene import Person
from inzira_platform.ids import new_id
from reintegration_scene import SOON
from reintegration_scene import Intake as News
from seeds import admission
from tvet_scene import Intake as Arrivals
from tvet_scene import Workshop

FACILITIES = ("HUY", "MUS", "NYA", "RWA")
NAMES = ("Agnes", "Bosco", "Clement")
PER_FACILITY = len(NAMES)
Marks = Mapping[str, list[str]]
"""Facility -> what shows that an answer holds somebody of it."""


@dataclass(frozen=True)
class Question:
    """A read that shows persons: whose it is, and its path."""

    role: str
    path: Callable[[Marks, str, random.Random], str]


def _some_id(marks: Marks, _facility: str, dice: random.Random) -> str:
    """Mostly lists by name, and now and then a person of any facility by id."""
    ids = [mark for found in marks.values() for mark in found if "-" in mark]
    return f"/v1/persons/{dice.choice(ids)}" if dice.random() < 0.5 else "/v1/identities?name=Kanari"


QUESTIONS: Mapping[str, Question] = {
    "intake": Question("rcs_intake_officer", _some_id),
    "curriculum": Question(
        "rcs_psychosocial_officer", lambda _, facility, __: f"/v1/curriculum/eligible?facility={facility}"
    ),
    "tvet": Question("tvet_instructor", lambda *_: "/v1/tvet/trainings"),
    "reintegration": Question("rcs_psychosocial_officer", lambda *_: "/v1/reintegration/cases"),
    "gateway": Question("rcs_psychosocial_officer", lambda *_: "/v1/persons"),
}


async def populate(deployed: Deployed) -> Marks:
    """People in every facility, by the service's own means; their marks."""
    return {facility: await _people(deployed, facility) for facility in FACILITIES}


async def _people(deployed: Deployed, facility: str) -> list[str]:
    match deployed.service.name:
        case "intake":
            return [mark for number in range(PER_FACILITY) for mark in await _admitted(deployed, facility, number)]
        case "curriculum":
            custody = Custody(deployed.deliveries)
            return [str(await custody.admit(facility, release=date(2028, 1, 7))) for _ in range(PER_FACILITY)]
        case "tvet":
            return await _trained(deployed, facility)
        case "reintegration":
            return [str(await _prospect(deployed, facility)) for _ in range(PER_FACILITY)]
        case _:
            people = [Person(new_id(), facility) for _ in range(PER_FACILITY)]
            await deployed.deliveries.send(*[person.admitted() for person in people])
            return [str(person.id) for person in people]


async def _admitted(deployed: Deployed, facility: str, number: int) -> list[str]:
    officer = deployed.api.as_("rcs_intake_officer", facility=facility)
    word = f"Kanari{facility}"
    body = admission(
        number,
        facility,
        full_name=f"{word} Kanari {NAMES[number]}",
        born_on=f"19{70 + number}-02-03",
        national_id=f"919{70 + number}8{FACILITIES.index(facility)}{number:09d}",
    )
    answer = await officer.post("/v1/admissions", body)
    assert answer.status_code == 201, answer.text
    return [str(answer.json()["person_id"]), word]


async def _trained(deployed: Deployed, facility: str) -> list[str]:
    arrivals = Arrivals(deployed.deliveries)
    workshop = Workshop(deployed.api.as_("tvet_instructor", facility=facility), facility)
    people = [await arrivals.admit(facility) for _ in range(PER_FACILITY)]
    for person in people:
        await workshop.open(person)
    return [str(person) for person in people]


async def _prospect(deployed: Deployed, facility: str) -> object:
    news, person = News(deployed.deliveries), new_id()
    await deployed.deliveries.send(news.admitted(person, date(2020, 1, 6), facility), news.dates(person, SOON))
    return person
