"""Leg: one person comes back into custody, elsewhere; the open case ends by itself."""

from datetime import timedelta

from inzira_cli.road.admitting import SECTIONS, person
from inzira_cli.road.caller import eventually
from inzira_cli.road.cases import BASE
from inzira_cli.road.cast import MUSANZE, MUSANZE_INTAKE, PFR_SUPERVISOR
from inzira_cli.road.days import at
from inzira_cli.road.people import RETURNED
from inzira_cli.road.state import Road

DAYS_AFTER_RELEASE = 120


async def walk(road: Road) -> None:
    """Readmit under the same person, found by the RCS number. Raises RoadError."""
    traveller = road.one(RETURNED)
    day = traveller.leaves_on + timedelta(days=DAYS_AFTER_RELEASE)
    body = {
        "person": person(traveller),
        "facility": MUSANZE,
        "admitted_at": at(day, 16),
        "order": {"number": f"MD-{traveller.rcs_number}-2", "authority": "Primary Court"},
        "legal_status": "CONVICTED_FINAL",
        "sections": SECTIONS,
        "sentence": {"parts": [{"duration": "P2Y", "starts_on": day.isoformat()}]},
        "readmission": {"type": "NEW_OFFENCE"},
    }
    made = (await road.by(MUSANZE_INTAKE).post("/v1/admissions", body)).body
    same = made["person_id"] == traveller.person_id
    traveller.facility = MUSANZE
    supervisor, path = road.by(PFR_SUPERVISOR), f"{BASE}/cases/{traveller.case_id}"

    async def closed() -> str | None:
        answer = await supervisor.look(path)
        return answer.body["closure_code"] if answer.status == 200 and answer.body["state"] == "CLOSED" else None

    code = await eventually(closed, "the case of the person who came back is closed")
    road.show.step(f"One readmitted at Musanze ({'the same person' if same else 'NOT the same person'}); case: {code}")
