"""How the curriculum's operations are asked."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from asked_intake import ALL, query, with_body
from curriculum_scene import CODES, STARTS
from runs import Cell, Sent, Writing
from world import World

COMPLETED_IN = {"here": "preparing", "there": "preparing_there"}


def _of_own_group(world: World, cell: Cell) -> Sent:
    """Into the group of whoever asks, where they have one."""
    place = "there" if cell.who == "psychosocial_there" else "here"
    body = {"person_id": world.value("person_id", cell.situation), "override_reason": "LATE_REGISTRATION"}
    return Sent(body, path={"cohort_id": world.objects["cohort"][place]})


def _register(world: World, cell: Cell) -> Sent:
    """A mark of somebody of the group put right."""
    member = world.value("enrolment_id", COMPLETED_IN.get(cell.situation, "-"))
    body: dict[str, Any] = {
        "held_on": str(STARTS), "marks": [{"enrolment_id": member, "code": "L"}], "reason_code": "WRONG_CODE",
    }  # fmt: skip
    return Sent(body, path={"session_code": CODES[0]})


def _opened(_world: World, cell: Cell) -> Sent:
    facility = {"here": "HUY", "there": "MUS"}[cell.situation]
    return Sent({"programme_code": "CORRECTIONAL", "facility": facility, "starts_on": str(STARTS + timedelta(days=7))})


ENROLMENT = "POST /v1/curriculum/enrolments/{enrolment_id}"
COHORT = "POST /v1/curriculum/cohorts/{cohort_id}"
CURRICULUM: Mapping[str, Writing] = {
    "GET /v1/curriculum/cohorts": query(*ALL),
    "GET /v1/curriculum/programmes/{code}": lambda _w, _c: Sent(path={"code": "CORRECTIONAL"}),
    "GET /v1/curriculum/eligible": query(("facility", "HUY"), *ALL),
    "GET /v1/curriculum/cohorts/{cohort_id}/enrolments": query(*ALL),
    "POST /v1/curriculum/cohorts": _opened,
    f"{COHORT}/enrolments": _of_own_group,
    f"{COHORT}/sessions/{{session_code}}/attendance": _register,
    f"{COHORT}/certificates": with_body({"issued_on": "2026-11-02"}),
    f"{ENROLMENT}/certificate": with_body({"issued_on": "2026-11-02"}),
    f"{ENROLMENT}/certificate/duplicates": with_body({"reason_code": "LOST"}),
    f"{ENROLMENT}/changes": with_body({"action": "WITHDRAW", "on": "2026-11-22", "reason_code": "HEALTH"}),
    f"{ENROLMENT}/completion": with_body({"decided_on": "2026-11-22", "accept_incomplete": True}),
    f"{ENROLMENT}/tests": with_body({"phase": "PRE", "score": 40, "taken_on": str(STARTS)}),
}
