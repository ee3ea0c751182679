"""Leg: cases closed when their criteria are met, asked for by the worker and approved by the supervisor."""

from datetime import timedelta

from inzira_cli.road.cases import BASE, write_plan
from inzira_cli.road.cast import DIDE_SUPERVISOR, DIDE_WORKER, PFR_SUPERVISOR, PFR_WORKER, Officer
from inzira_cli.road.days import months_after
from inzira_cli.road.errors import RoadError
from inzira_cli.road.people import SECOND, WHOLE, Traveller
from inzira_cli.road.state import Road

CLOSED: dict[str, tuple[Officer, Officer]] = {
    WHOLE: (DIDE_WORKER, DIDE_SUPERVISOR),
    SECOND: (PFR_WORKER, PFR_SUPERVISOR),
}


async def walk(road: Road) -> None:
    """Close two cases with every goal met. Raises RoadError."""
    await road.together(_close(road, road.one(part), *officers) for part, officers in CLOSED.items())
    road.show.step(f"{len(CLOSED)} cases closed, goals met, each approved by a supervisor")


async def _close(road: Road, traveller: Traveller, worker: Officer, supervisor: Officer) -> None:
    closes_on = months_after(traveller.leaves_on, 12) + timedelta(days=10)
    carrier = road.by(worker)
    await write_plan(traveller, carrier, closes_on - timedelta(days=2), "DONE", closes_on)
    asked = {"closure_code": "GOALS_MET", "closes_on": closes_on.isoformat()}
    request = (await carrier.post(f"{BASE}/cases/{traveller.case_id}/closures", asked)).body
    approval = f"{BASE}/closures/{request['id']}/approval"
    decided = await road.by(supervisor).post(approval, {"decision": "APPROVE"})
    if decided.body["state"] != "APPROVED":
        raise RoadError(f"The closure of '{traveller.part}' is {decided.body['state']}.")
    traveller.tokens.append(decided.token)
