"""How reintegration's operations are asked."""

from collections.abc import Mapping
from typing import Any

from asked_intake import ALL, query, with_body
from cells import matrix
from reintegration_scene import GOOD
from runs import Cell, Sent, Writing
from seed_reintegration import GOAL
from world import PREPARING, World


def _assessed(_world: World, cell: Cell) -> Sent:
    kind = "PRE_RELEASE" if cell.situation in PREPARING else "REVIEW"
    return Sent({"kind": kind, "held_on": "2026-11-21", "scores": dict(GOOD)})


def _planned(world: World, cell: Cell) -> Sent:
    body = {"goals": [GOAL], "tier": "STANDARD", "signed_on": "2026-11-21"}
    return Sent(body, headers={"If-Match": f'"{world.versions.get(cell.situation, 1)}"'})


def _assigned(_world: World, cell: Cell) -> Sent:
    """A facility names its own contact, a supervisor the responsible worker."""
    role = "RCS" if cell.who.startswith("psychosocial") else "PRIMARY"
    return Sent({"worker_id": "acc-somebody-else", "role": role, "started_on": "2026-11-20"})


def _offered(_world: World, cell: Cell) -> Sent:
    org = matrix().principals[cell.who].principal.org or "DIDE"
    body: dict[str, Any] = {"to_worker": "acc-somebody-else", "to_org": org, "offered_on": "2026-11-20"}
    return Sent(body)


CASE = "POST /v1/reintegration/cases/{case_id}"
BASE = "POST /v1/reintegration"
REINTEGRATION: Mapping[str, Writing] = {
    "GET /v1/reintegration/cases": query(*ALL),
    "GET /v1/reintegration/worklist": query(("days", "92")),
    "PUT /v1/reintegration/cases/{case_id}/plan": _planned,
    f"{CASE}/assessments": _assessed,
    f"{CASE}/flags": with_body({"level": "AMBER"}),
    f"{CASE}/handovers": _offered,
    f"{CASE}/visits": with_body({"kind": "HOME", "held_on": "2026-10-20", "scores": dict(GOOD)}),
    f"{CASE}/closures": with_body({"closure_code": "MOVED", "closes_on": "2026-11-22"}),
    f"{CASE}/assignments": _assigned,
    f"{CASE}/reopenings": with_body({"reopened_on": "2026-11-22"}),
    f"{BASE}/due-items/{{due_item_id}}/completions": with_body({"done_on": "2026-11-21", "outcome_code": "PREPARED"}),
    f"{BASE}/flags/{{flag_id}}/changes": with_body({"to_state": "ACKNOWLEDGED"}),
    f"{BASE}/handovers/{{handover_id}}/decisions": with_body({"decision": "DECLINE", "decided_on": "2026-11-21"}),
    f"{BASE}/closures/{{closure_id}}/approval": with_body({}),
}
