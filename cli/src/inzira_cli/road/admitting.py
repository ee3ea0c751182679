"""Leg: the group is admitted with everything Rule 7 asks for, sentence and computed dates with it."""

from typing import Any

from inzira_cli.road.days import at
from inzira_cli.road.errors import RoadError
from inzira_cli.road.people import Traveller
from inzira_cli.road.state import STAFF, Road

SECTIONS = {
    "identity": {"answer": "RECORDED", "text": "Known by the name on the card."},
    "reasons": {"answer": "RECORDED", "text": "Judgement and commitment order seen."},
    "times": {"answer": "UNKNOWN"},
    "injuries": {"answer": "NONE"},
    "property": {"answer": "RECORDED", "text": "One bag, clothes; receipt given."},
    "family": {"answer": "DECLINED"},
    "contacts": {"answer": "UNKNOWN"},
}


async def walk(road: Road) -> None:
    """Admit everybody where their road begins. Raises RoadError when a computed date is not the expected one."""
    await road.together(_admit(road, traveller) for traveller in road.travellers)
    road.show.step(f"{len(road.travellers)} people admitted in {len(STAFF)} facilities, release dates computed")


async def _admit(road: Road, traveller: Traveller) -> None:
    officer = road.by(STAFF[traveller.facility].intake)
    made = (await officer.post("/v1/admissions", admission(traveller))).body
    traveller.person_id = str(made["person_id"])
    custody = (await officer.get(f"/v1/persons/{traveller.person_id}/custody")).body
    computed = custody["episodes"][0]["expected_release_on"]
    if computed != traveller.leaves_on.isoformat():
        raise RoadError(f"The end of a sentence was computed as {computed}, not {traveller.leaves_on}.")


def admission(traveller: Traveller) -> dict[str, Any]:
    """The body of a first admission."""
    return {
        "person": person(traveller),
        "facility": traveller.facility,
        "admitted_at": at(traveller.admitted_on, 10),
        "order": {"number": f"MD-{traveller.rcs_number}", "authority": "Intermediate Court"},
        "legal_status": "CONVICTED_FINAL",
        "sections": SECTIONS,
        "sentence": {
            "parts": [{"duration": f"P{traveller.years}Y", "starts_on": traveller.admitted_on.isoformat()}],
            "legal_status": "CONVICTED_FINAL",
        },
    }


def person(traveller: Traveller) -> dict[str, Any]:
    """Who they are, as written on the papers."""
    return {
        "full_name": traveller.full_name,
        "sex": traveller.sex,
        "born_on": traveller.born_on.isoformat(),
        "rcs_number": traveller.rcs_number,
        "national_id": traveller.national_id,
        "return_district": traveller.district,
    }
