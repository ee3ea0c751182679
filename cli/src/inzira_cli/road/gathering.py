"""Leg: a group in each of two facilities, its members enrolled as of the first day, and the test before."""

from inzira_cli.road.cast import HUYE, MUSANZE
from inzira_cli.road.people import Traveller
from inzira_cli.road.state import STAFF, Road

PROGRAMME = "CORRECTIONAL"
NOT_YET = frozenset({"person-not-found", "not-eligible"})
"""The admission, or its computed date, has not reached the curriculum service."""


async def walk(road: Road) -> None:
    """Open both groups and enrol everybody. Raises RoadError."""
    starts_on = road.days.cohort_starts.isoformat()
    for facility in (HUYE, MUSANZE):
        body = {"facility": facility, "programme_code": PROGRAMME, "starts_on": starts_on}
        made = await road.by(STAFF[facility].psychosocial).post("/v1/curriculum/cohorts", body)
        road.cohorts[facility] = made.body["id"]
    await road.together(_enrol(road, traveller) for traveller in road.travellers)
    road.show.step(f"Two groups opened on {starts_on}, {len(road.travellers)} enrolled and tested before")


async def _enrol(road: Road, traveller: Traveller) -> None:
    officer = road.by(STAFF[traveller.facility].psychosocial)
    path = f"/v1/curriculum/cohorts/{road.cohorts[traveller.facility]}/enrolments"
    made = await officer.post_once_known(path, {"person_id": traveller.person_id}, NOT_YET)
    traveller.enrolment_id = made.body["id"]
    test = {"phase": "PRE", "score": 38, "taken_on": road.days.session(0).isoformat()}
    await officer.post(f"/v1/curriculum/enrolments/{traveller.enrolment_id}/tests", test)
