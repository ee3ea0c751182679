"""Leg: after the release somebody near home takes over; the old worker stays responsible until they accept."""

from datetime import timedelta

from inzira_cli.road.cases import BASE, ask
from inzira_cli.road.cast import DIDE_SUPERVISOR, DIDE_WORKER, PFR_WORKER
from inzira_cli.road.days import months_after
from inzira_cli.road.people import UNASSIGNED, WHOLE
from inzira_cli.road.preparing import accept
from inzira_cli.road.state import Road


async def walk(road: Road) -> None:
    """One handover between organisations, one person nobody had been named for. Raises RoadError."""
    await _across(road)
    await _named_late(road)
    road.show.step(
        "One asked, handed over from PFR to DiDE and accepted; one taken out of the duty queue by the supervisor"
    )


async def _across(road: Road) -> None:
    traveller = road.one(WHOLE)
    leaves = traveller.leaves_on
    await ask(road, traveller, "DIDE", leaves, leaves, months_after(leaves, 24))
    offered_on = traveller.leaves_on + timedelta(days=1)
    offer = {
        "to_worker": road.by(DIDE_WORKER).account_id,
        "to_org": "DIDE",
        "reason_code": "DISTRICT_CHANGED",
        "offered_on": offered_on.isoformat(),
    }
    made = await road.by(PFR_WORKER).post(f"{BASE}/cases/{traveller.case_id}/handovers", offer)
    await accept(road.by(DIDE_WORKER), made.body["id"], offered_on + timedelta(days=1))


async def _named_late(road: Road) -> None:
    """At the release the duty worker's case was offered by itself; the supervisor names somebody instead."""
    traveller = road.one(UNASSIGNED)
    started_on = (traveller.leaves_on + timedelta(days=1)).isoformat()
    body = {"worker_id": road.by(DIDE_WORKER).account_id, "role": "PRIMARY", "started_on": started_on}
    await road.by(DIDE_SUPERVISOR).post(f"{BASE}/cases/{traveller.case_id}/assignments", body)
