"""What several legs ask of a reintegration case."""

from datetime import date
from typing import Any

from inzira_cli.road.caller import Caller, eventually
from inzira_cli.road.cast import (
    DIDE_SUPERVISOR,
    DIDE_WORKER,
    PFR_SUPERVISOR,
    PFR_WORKER,
    Officer,
)
from inzira_cli.road.days import at, months_after
from inzira_cli.road.people import Traveller
from inzira_cli.road.state import STAFF, Road

BASE = "/v1/reintegration"
NOT_YET_AGREED = frozenset({"consent-missing"})
"""What a worker is told until reintegration has heard of the consent."""
ORGANISATIONS = {"PFR": (PFR_SUPERVISOR, PFR_WORKER), "DIDE": (DIDE_SUPERVISOR, DIDE_WORKER)}


def psychosocial(traveller: Traveller) -> Officer:
    """The officer of the facility who prepares the return."""
    return STAFF[traveller.facility].psychosocial


def opened_on(traveller: Traveller) -> date:
    """The day the case counts from: twelve months before the sentence ends."""
    return months_after(traveller.leaves_on, -12)


async def find_case(traveller: Traveller, caller: Caller) -> dict[str, Any]:
    """The person's newest case, once it has been opened and is in the caller's reach. Raises RoadError."""

    async def look() -> dict[str, Any] | None:
        answer = await caller.look(f"{BASE}/persons/{traveller.person_id}/cases")
        found: list[dict[str, Any]] = answer.body.get("items", []) if answer.status == 200 else []
        return found[0] if found else None

    return await eventually(look, f"the case of '{traveller.part}' is opened and visible to {caller.username}")


async def wait_for_state(traveller: Traveller, caller: Caller, state: str) -> dict[str, Any]:
    """The case, once it has reached a state. Raises RoadError."""

    async def look() -> dict[str, Any] | None:
        answer = await caller.look(f"{BASE}/cases/{traveller.case_id}")
        return answer.body if answer.status == 200 and answer.body["state"] == state else None

    return await eventually(look, f"the case of '{traveller.part}' is {state} for {caller.username}")


async def supervisor_of(road: Road, traveller: Traveller) -> tuple[Officer, Officer, dict[str, Any]]:
    """Supervisor and worker of the organisation that carries the case, and the case. Raises RoadError."""
    case = await find_case(traveller, road.by(psychosocial(traveller)))
    traveller.case_id = case["id"]
    supervisor, worker = ORGANISATIONS[case["org"]]
    return supervisor, worker, case


async def write_plan(
    traveller: Traveller, caller: Caller, signed_on: date, state: str, due_on: date, tier: str | None = None
) -> None:
    """Write the next version of the plan, signed, every goal in this state. Raises RoadError."""
    case = (await caller.get(f"{BASE}/cases/{traveller.case_id}")).body
    goals = [
        {"domain_code": domain, "goal_code": code, "owner": owner, "due_on": due_on.isoformat(), "state": state}
        for domain, code, owner in (
            ("D1", "SAFE_HOME", "FAMILY"),
            ("D6", "WORK_OR_INCOME", "PERSON"),
            ("D8", "FAMILY_TIES", "WORKER"),
        )
    ]
    body: dict[str, Any] = {"goals": goals, "signed_on": signed_on.isoformat()}
    if tier:
        body["tier"] = tier
    await caller.put(f"{BASE}/cases/{traveller.case_id}/plan", body, case["version"])


def scores(level: int) -> dict[str, int]:
    """All twelve domains at one level: 0 crisis to 4 good."""
    return {f"D{number}": level for number in range(1, 13)}


async def ask(road: Road, traveller: Traveller, org: str, given_on: date, begins_on: date, ends_on: date) -> None:
    """The facility asks whether an organisation may follow the person, and writes the yes down. Raises RoadError."""
    body = {
        "purpose": "reintegration_support",
        "recipient": org,
        "data_classes": ["IDENTITY", "CONTACT", "FAMILY", "CUSTODY", "SENTENCE", "REINTEGRATION"],
        "agreement_code": "SHARE-REINTEGRATION",
        "agreement_version": 1,
        "language": "rw",
        "method": "ORAL",
        "witness": {"role": "CHAPLAIN", "full_name": "Invented Chaplain"},
        "given_at": at(given_on, 9),
        "valid_from": at(begins_on, 9),
        "valid_to": at(ends_on, 9),
    }
    await road.by(psychosocial(traveller)).post(f"/v1/persons/{traveller.person_id}/consents", body)
