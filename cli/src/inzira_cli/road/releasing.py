"""Leg: each release prepared by one officer and approved by another; the follow-up starts by itself."""

from typing import Any

from inzira_cli.road.cases import ORGANISATIONS, find_case, psychosocial, wait_for_state
from inzira_cli.road.cast import PFR_SUPERVISOR
from inzira_cli.road.days import at
from inzira_cli.road.people import MOVED, NORTH, RETURNED, SECOND, UNASSIGNED, WHOLE, Traveller
from inzira_cli.road.state import STAFF, Road

RELEASED = (WHOLE, SECOND, MOVED, RETURNED, UNASSIGNED, NORTH)
NEW_DISTRICT = {WHOLE: "24"}
"""Who returns to another district than the one the case was prepared for."""
CHECKED = {name: "YES" for name in ("id_documents", "home", "work", "clothing", "means_to_travel")}


async def walk(road: Road) -> None:
    """Release everybody whose sentence ended, on its last day. Raises RoadError."""
    released = road.some(RELEASED)
    await road.together(_release(road, traveller) for traveller in released)
    road.show.step(f"{len(released)} released at the end of their sentence, each by two officers")


async def _release(road: Road, traveller: Traveller) -> None:
    staff = STAFF[traveller.facility]
    case = await find_case(traveller, road.by(psychosocial(traveller)))
    path = f"/v1/persons/{traveller.person_id}/releases"
    order = (await road.by(staff.intake).post(path, _order(traveller))).body
    await road.by(staff.second_intake).post(f"/v1/releases/{order['id']}/approval")
    traveller.district = NEW_DISTRICT.get(traveller.part, traveller.district)
    supervisor = ORGANISATIONS.get(case["org"], (PFR_SUPERVISOR,))[0]
    await wait_for_state(traveller, road.by(supervisor), "FOLLOW_UP")


def _order(traveller: Traveller) -> dict[str, Any]:
    return {
        "reason": "SENTENCE_EXPIRED",
        "order_number": f"RL-{traveller.rcs_number}",
        "order_authority": "Director of the facility",
        "released_at": at(traveller.leaves_on, 9),
        "verified_end_on": traveller.leaves_on.isoformat(),
        "property_return": "RETURNED",
        "file_copy": "GIVEN",
        "checklist": CHECKED,
        "return_district": NEW_DISTRICT.get(traveller.part, traveller.district),
        "aftercare_accepted": True,
    }
