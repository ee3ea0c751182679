"""Leg: people of the imported register form a group that is under way today."""

from datetime import date, timedelta

from inzira_cli.road.cast import HUYE, HUYE_PSYCHOSOCIAL
from inzira_cli.road.days import SESSION_WEEKDAYS
from inzira_cli.road.gathering import PROGRAMME
from inzira_cli.road.state import Road

WEEKS = 8
MEMBERS = 15
COHORTS = "/v1/curriculum/cohorts"


async def walk(road: Road) -> None:
    """Open a group of imported people, unless one is under way already. Raises RoadError."""
    officer = road.by(HUYE_PSYCHOSOCIAL)
    starts_on = road.days.today - timedelta(days=7 * WEEKS + road.days.today.weekday())
    found = (await officer.get(COHORTS, facility=HUYE, sort="-starts_on", limit=20)).body["items"]
    if any(date.fromisoformat(group["starts_on"]) >= starts_on - timedelta(days=90) for group in found):
        road.show.step("A group of the register is under way already")
        return
    eligible = await officer.get("/v1/curriculum/eligible", facility=HUYE, as_of=starts_on.isoformat(), limit=MEMBERS)
    people = [item["person_id"] for item in eligible.body["items"]]
    if people:
        await _begin(road, starts_on, people)
    road.show.step(f"{len(people)} people of the register, soonest to leave first, are in week {WEEKS + 1} of a group")


async def _begin(road: Road, starts_on: date, people: list[str]) -> None:
    officer = road.by(HUYE_PSYCHOSOCIAL)
    body = {"facility": HUYE, "programme_code": PROGRAMME, "starts_on": starts_on.isoformat()}
    cohort = (await officer.post(COHORTS, body)).body["id"]

    async def enrol(person_id: str) -> str:
        made = await officer.post(f"{COHORTS}/{cohort}/enrolments", {"person_id": person_id})
        return str(made.body["id"])

    members = await road.together(enrol(person_id) for person_id in people)
    plan = (await officer.get(f"{COHORTS}/{cohort}")).body["sessions"]
    for place in range(WEEKS * len(SESSION_WEEKDAYS)):
        week, turn = divmod(place, len(SESSION_WEEKDAYS))
        held_on = starts_on + timedelta(days=7 * week + SESSION_WEEKDAYS[turn])
        marks = [{"enrolment_id": one, "code": "P" if (place + at) % 7 else "L"} for at, one in enumerate(members)]
        path = f"{COHORTS}/{cohort}/sessions/{plan[place]['code']}/attendance"
        await officer.post(path, {"held_on": held_on.isoformat(), "marks": marks})
