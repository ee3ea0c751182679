"""Nobody who has left is still in a group, a training or a case not for them: rows as they stand, against a replay."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from evidence import Event, Evidence
from journeys import HELD, fold
from verdict import Violation

LEFT = {"RELEASED", "DECEASED"}
IN_PLACE = {"IN_FACILITY", "HALFWAY"}
LEARNING = {
    "curriculum": {"REFERRED", "ELIGIBLE", "WAITLISTED", "ENROLLED", "ACTIVE", "SUSPENDED"},
    "tvet": {"APPLIED", "ENROLLED", "ACTIVE", "SUSPENDED"},
}
ROWS = {
    "curriculum": "SELECT id::text AS id, person_id::text AS person, facility, state FROM enrolment",
    "tvet": "SELECT id::text AS id, person_id::text AS person, facility, state FROM training",
    "reintegration": "SELECT id::text AS id, person_id::text AS person, facility, state FROM reintegration_case",
}


async def check(evidence: Evidence) -> Iterator[Violation]:
    told: dict[str, dict[str, list[Event]]] = defaultdict(lambda: defaultdict(list))
    for event in evidence.journals["intake"]:
        if event.topic != "access" and event.data.get("person_id"):
            told[event.data["person_id"]][event.source].append(event)
    heads = {person: fold(events) for person, events in told.items()}
    found: list[Violation] = []
    for name, query in ROWS.items():
        for row in await evidence.rows(name, query):
            found += left_open(name, row, heads.get(row["person"], {}))
    return iter(found)


def left_open(name: str, row: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[Violation]:
    """What is open and should have ended where the person is now, by intake's events."""
    custody, place = head.get("custody_state"), f"{name} {row['id']}: {row['state']}, person {row['person']}"
    if name == "reintegration":
        if row["state"] in _impossible(custody):
            yield Violation("case at odds with custody", f"{place} is {custody}")
    elif row["state"] in LEARNING[name]:
        if custody in LEFT:
            yield Violation("open for somebody who has left", f"{place} is {custody}")
        elif custody in IN_PLACE and head["facility"] != row["facility"]:
            yield Violation("open where somebody is not held", f"{place} is in {head['facility']}")


def _impossible(custody: object) -> set[str]:
    """States of a case that cannot be, by where the person is."""
    if custody == "DECEASED":
        return {"PRE_RELEASE", "FOLLOW_UP"}
    if custody == "RELEASED":
        return {"PRE_RELEASE"}
    return {"FOLLOW_UP"} if custody in HELD else set()
