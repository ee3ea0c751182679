"""Leg: cases opened by the approaching release, the person asked, a responsible worker, assessment and a plan."""

from datetime import date, timedelta

from inzira_cli.road.caller import Caller
from inzira_cli.road.cases import (
    BASE,
    NOT_YET_AGREED,
    ask,
    find_case,
    opened_on,
    psychosocial,
    scores,
    supervisor_of,
    write_plan,
)
from inzira_cli.road.cast import PFR_WORKER, Officer
from inzira_cli.road.days import months_after
from inzira_cli.road.errors import RoadError
from inzira_cli.road.people import INSIDE, MOVED, NORTH, RETURNED, SECOND, UNASSIGNED, WHOLE, Traveller
from inzira_cli.road.state import Road

ASSIGNED = (WHOLE, RETURNED, INSIDE)
"""By the supervisor; the others are handed over by the facility, or on the day of release."""
HANDED_OVER = (SECOND, MOVED, NORTH)
CHECKLIST = {item: "YES" for item in ("IDENTITY_DOCUMENTS", "PLACE_TO_LIVE", "WORK_OR_INCOME", "CLOTHING", "TRANSPORT")}


async def walk(road: Road) -> None:
    """Prepare the return of everybody who leaves. Raises RoadError."""
    everybody = road.some((*ASSIGNED, *HANDED_OVER, UNASSIGNED))
    await road.together(_prepare(road, traveller) for traveller in everybody)
    told = f"{len(ASSIGNED)} assigned by their supervisor, {len(HANDED_OVER)} accepted from the facility"
    road.show.step(f"{len(everybody)} cases opened by the approaching release; each person asked first")
    road.show.step(f"{told}; assessed, prepared, planned")


async def _prepare(road: Road, traveller: Traveller) -> None:
    supervisor, worker, case = await supervisor_of(road, traveller)
    if case["opened_on"] != opened_on(traveller).isoformat():
        raise RoadError(f"The case of '{traveller.part}' counts from {case['opened_on']}, not {opened_on(traveller)}.")
    await _ask(road, traveller, case["org"])
    carrier: Officer = psychosocial(traveller)
    if traveller.part in ASSIGNED:
        await _assign(road, traveller, supervisor, worker)
        carrier = worker
    elif traveller.part in HANDED_OVER:
        await _hand_over(road, traveller)
        carrier = PFR_WORKER
    await _assess(road, traveller)
    await _work_through(road, traveller, road.by(carrier))


async def _ask(road: Road, traveller: Traveller, org: str) -> None:
    """For the year before the release, and, when that comes near, for the two years after it."""
    leaves = traveller.leaves_on
    await ask(road, traveller, org, opened_on(traveller), opened_on(traveller), leaves)
    again = leaves - timedelta(days=30)
    if again < road.days.today:
        await ask(road, traveller, org, again, leaves, months_after(leaves, 24))


async def _assign(road: Road, traveller: Traveller, supervisor: Officer, worker: Officer) -> None:
    """The supervisor names the worker, and the facility's contact, once the consent lets them see the case."""
    await find_case(traveller, road.by(supervisor))
    path = f"{BASE}/cases/{traveller.case_id}/assignments"
    started_on = (opened_on(traveller) + timedelta(days=3)).isoformat()
    for officer, role in ((worker, "PRIMARY"), (psychosocial(traveller), "RCS")):
        body = {"worker_id": road.by(officer).account_id, "role": role, "started_on": started_on}
        await road.by(supervisor).post(path, body)


async def _hand_over(road: Road, traveller: Traveller) -> None:
    """The facility offers, the caseworker accepts."""
    offered_on = opened_on(traveller) + timedelta(days=10)
    offer = {"to_worker": road.by(PFR_WORKER).account_id, "to_org": "PFR", "offered_on": offered_on.isoformat()}
    path = f"{BASE}/cases/{traveller.case_id}/handovers"
    made = await road.by(psychosocial(traveller)).post(path, offer)
    await accept(road.by(PFR_WORKER), made.body["id"], offered_on + timedelta(days=2))


async def accept(worker: Caller, handover_id: str, day: date) -> None:
    """Take the person over. Raises RoadError."""
    body = {"decision": "ACCEPT", "decided_on": day.isoformat()}
    await worker.post_once_known(f"{BASE}/handovers/{handover_id}/decisions", body, NOT_YET_AGREED)


async def _assess(road: Road, traveller: Traveller) -> None:
    held_on = months_after(traveller.leaves_on, -6).isoformat()
    body = {"kind": "PRE_RELEASE", "held_on": held_on, "scores": scores(2)}
    await road.by(psychosocial(traveller)).post(f"{BASE}/cases/{traveller.case_id}/assessments", body)


async def _work_through(road: Road, traveller: Traveller, carrier: Caller) -> None:
    """Family, community, survivors, plan and checklist, as far as their days have come."""
    leaves = traveller.leaves_on
    schedule = (await carrier.get(f"{BASE}/cases/{traveller.case_id}/schedule")).body["items"]
    items = {item["code"]: item["id"] for item in schedule if item["state"] in ("DUE", "OVERDUE")}
    steps = (
        ("R3", months_after(leaves, -4), "WELCOMING"),
        ("R4", months_after(leaves, -3), "PREPARED"),
        ("R5", months_after(leaves, -3), "NOT_APPLICABLE"),
        ("R7", leaves - timedelta(days=7), "COMPLETE"),
    )
    for code, day, outcome in steps:
        if day < road.days.today and code in items:  # an optional step whose time has passed is taken off
            body = {"done_on": day.isoformat(), "outcome_code": outcome}
            checklist = {"checklist": CHECKLIST} if code == "R7" else {}
            await carrier.post(f"{BASE}/due-items/{items[code]}/completions", {**body, **checklist})
    planned_on = leaves - timedelta(days=90)
    if planned_on < road.days.today:
        await write_plan(traveller, carrier, planned_on, "OPEN", months_after(leaves, 6))
