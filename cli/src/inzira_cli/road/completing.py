"""Leg: the test after, completion decided by the rules, and certificates that verify."""

from datetime import timedelta

from inzira_cli.road.cast import HUYE, MUSANZE
from inzira_cli.road.errors import RoadError
from inzira_cli.road.people import ABSENT, DECEASED, Traveller
from inzira_cli.road.state import STAFF, Road

LAST_SESSION = 47


async def walk(road: Road) -> None:
    """Test, complete and certify everybody who is left. Raises RoadError when a rule answers otherwise."""
    left = [one for one in road.travellers if one.part != DECEASED]
    await road.together(_complete(road, traveller) for traveller in left)
    by_enrolment = {one.enrolment_id: one for one in left}
    issued_on = (road.days.session(LAST_SESSION) + timedelta(days=14)).isoformat()
    for facility in (HUYE, MUSANZE):
        officer = road.by(STAFF[facility].psychosocial)
        path = f"/v1/curriculum/cohorts/{road.cohorts[facility]}/certificates"
        for made in (await officer.post(path, {"issued_on": issued_on})).body["issued"]:
            by_enrolment[made["enrolment_id"]].serial = made["serial"]
    certified = [one for one in left if one.serial]
    await _verify(road, certified[0].serial)
    road.show.step(f"{len(certified)} completed and hold certificates; one missed too much and did not complete")


async def _complete(road: Road, traveller: Traveller) -> None:
    officer = road.by(STAFF[traveller.facility].psychosocial)
    path = f"/v1/curriculum/enrolments/{traveller.enrolment_id}"
    after = road.days.session(LAST_SESSION) + timedelta(days=1)
    await officer.post(f"{path}/tests", {"phase": "POST", "score": 71, "taken_on": after.isoformat()})
    absent = traveller.part == ABSENT
    decision = {"decided_on": (after + timedelta(days=6)).isoformat(), "accept_incomplete": absent}
    decided = (await officer.post(f"{path}/completion", decision)).body
    if decided["state"] != ("NOT_COMPLETED" if absent else "COMPLETED"):
        raise RoadError(f"The completion of '{traveller.part}' ended {decided['state']}: {decided['unmet']}")


async def _verify(road: Road, serial: str) -> None:
    answer = (await road.by(STAFF[HUYE].psychosocial).get(f"/v1/curriculum/certificates/{serial}")).body
    if not answer["valid"]:
        raise RoadError(f"The certificate {serial} does not verify: {answer}")
    road.show.step(f"Certificate {serial} verifies: {answer['programme']}, {answer['issued_on']}")
