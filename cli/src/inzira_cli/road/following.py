"""Leg: the follow-up by the computed schedule, D+3 to M12, and one RED flag on the way."""

from datetime import date, timedelta
from typing import Any

from inzira_cli.road.caller import Caller
from inzira_cli.road.cases import BASE, scores
from inzira_cli.road.cast import DIDE_SUPERVISOR, DIDE_WORKER, PFR_WORKER, Officer
from inzira_cli.road.days import at
from inzira_cli.road.errors import RoadError
from inzira_cli.road.people import MOVED, NORTH, RETURNED, SECOND, UNASSIGNED, WHOLE, Traveller
from inzira_cli.road.state import Road

FOLLOWED: dict[str, Officer] = {
    WHOLE: DIDE_WORKER,
    SECOND: PFR_WORKER,
    MOVED: PFR_WORKER,
    RETURNED: PFR_WORKER,
    UNASSIGNED: DIDE_WORKER,
    NORTH: PFR_WORKER,
}
LAST_BEFORE_RETURN = "D90"
FLAG_AFTER = "D30"


async def walk(road: Road) -> None:
    """Make every visit that has come due, in its window. Raises RoadError."""
    made = await road.together(_follow(road, road.one(part), officer) for part, officer in FOLLOWED.items())
    road.counts["visits"] = sum(made)
    road.show.step(f"{sum(made)} visits from D+3 to M12; one RED flag raised, acknowledged, acted on and resolved")


async def _follow(road: Road, traveller: Traveller, officer: Officer) -> int:
    worker = road.by(officer)
    items = (await worker.get(f"{BASE}/cases/{traveller.case_id}/schedule")).body["items"]
    due = [item for item in items if item["kind"] == "VISIT" and not item["optional"] and item["state"] != "CANCELLED"]
    made = 0
    for item in sorted(due, key=lambda one: str(one["due_on"])):
        await _visit(worker, traveller, item)
        made += 1
        if traveller.part == WHOLE and item["code"] == FLAG_AFTER:
            await _flag(road, traveller, date.fromisoformat(item["due_on"]))
        if traveller.part == RETURNED and item["code"] == LAST_BEFORE_RETURN:
            break
    return made


async def _visit(worker: Caller, traveller: Traveller, item: dict[str, Any]) -> None:
    kind = item["accepts"][0] if item["accepts"] else "PHONE"
    body: dict[str, Any] = {"kind": kind, "held_on": item["due_on"], "due_code": item["code"]}
    if item["review"]:
        body["scores"] = scores(3)
    visit = (await worker.post(f"{BASE}/cases/{traveller.case_id}/visits", body)).body
    if not visit["in_time"]:
        raise RoadError(f"The visit {item['code']} of '{traveller.part}' did not count as made in time: {visit}")


async def _flag(road: Road, traveller: Traveller, day: date) -> None:
    """RED: the worker raises it, the supervisor acknowledges it, the worker acts and resolves."""
    worker, supervisor = road.by(DIDE_WORKER), road.by(DIDE_SUPERVISOR)
    body = {"level": "RED", "domain_code": "D2", "reason_code": "SAFETY", "raised_at": at(day, 11)}
    raised = (await worker.post(f"{BASE}/cases/{traveller.case_id}/flags", body)).body
    traveller.flag_id = raised["id"]
    path = f"{BASE}/flags/{raised['id']}/changes"
    await supervisor.post(path, {"to_state": "ACKNOWLEDGED", "occurred_at": at(day, 11, 20)})
    action = {"to_state": "ACTION_TAKEN", "action_code": "REFERRED_HEALTH", "occurred_at": at(day, 12)}
    await worker.post(path, action)
    ended = at(day + timedelta(days=5), 9)
    resolved = {"to_state": "RESOLVED", "outcome_code": "ARRIVED", "occurred_at": ended}
    await worker.post(path, resolved)
