"""The journey and the head of every person equal a replay of the journals from nothing, by a fold of our own."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import asyncpg
from evidence import Event, Evidence
from verdict import Violation

KIGALI = timezone(timedelta(hours=2))
HELD = {"IN_FACILITY", "IN_TRANSIT", "HOSPITAL", "AT_COURT", "TEMPORARY_LEAVE", "HALFWAY"}
LEARNING = {"ENROLLED", "ACTIVE", "SUSPENDED"}
CASE_STATE = {
    "case.opened": "OPEN",
    "handover.offered": "HANDOVER_OFFERED",
    "handover.escalated": "HANDOVER_ESCALATED",
    "handover.accepted": "FOLLOW_UP",
    "contact.lost": "LOST_CONTACT",
    "case.closed": "CLOSED",
}
COLUMNS = (
    "custody_state", "facility", "incoming_facility", "curriculum_state", "tvet_state", "case_state", "worker_id",
    "org", "return_district", "expected_release_on", "released_on", "case_closed_on", "next_due_on", "stage",
)  # fmt: skip
ENTRIES = """
SELECT event_id::text AS id, person_id::text AS person, source, type, stream, version FROM journey_entry
WHERE generation = (SELECT generation FROM projection WHERE state = 'ACTIVE')
"""
GIVEN_UP = """
SELECT generation, progress->>'missing' AS missing FROM projection
WHERE generation > 1 AND state = 'RETIRED' AND activated_at IS NULL
"""
HEADS = """
SELECT * FROM person_head WHERE generation = (SELECT generation FROM projection WHERE state = 'ACTIVE')
"""


async def check(evidence: Evidence) -> Iterator[Violation]:
    told: dict[str, dict[str, list[Event]]] = defaultdict(lambda: defaultdict(list))
    for event in evidence.events():
        if event.data.get("person_id"):
            told[event.data["person_id"]][event.source].append(event)
    found = await _entries(evidence, told)
    heads = {str(row["person_id"]): row for row in await evidence.rows("gateway", HEADS)}
    for person, events in told.items():
        found += _head(person, heads.pop(person, None), events)
    found += [Violation("head of nobody", person) for person in heads]
    if evidence.restored is None:  # what a backup took back is in no journal and may be in the read model for a while
        rows = await evidence.rows("gateway", GIVEN_UP)
        found += [Violation("rebuild given up", f"{row['generation']} lacked {row['missing']}") for row in rows]
    return iter(found)


async def _entries(evidence: Evidence, told: dict[str, dict[str, list[Event]]]) -> list[Violation]:
    wanted = {
        (event.id, person, event.source, event.type, event.stream, event.version)
        for person, sources in told.items()
        for events in sources.values()
        for event in events
    }
    rows = await evidence.rows("gateway", ENTRIES)
    there = {tuple(row.values()) for row in rows}
    found = []
    if wanted - there:
        found.append(Violation("journey lacks entries", f"{len(wanted - there)}, {sorted(wanted - there)[:2]}"))
    if there - wanted:
        found.append(
            Violation("journey has entries nobody told", f"{len(there - wanted)}, {sorted(there - wanted)[:2]}")
        )
    if len(rows) != len(there):
        found.append(Violation("journey has entries twice", str(len(rows) - len(there))))
    return found


def _head(person: str, row: asyncpg.Record | None, events: dict[str, list[Event]]) -> Iterator[Violation]:
    if row is None:
        yield Violation("person without a head", person)
        return
    wanted = fold(events)
    for name in COLUMNS:
        have = row[name].isoformat() if hasattr(row[name], "isoformat") else row[name]
        if have != wanted.get(name):
            yield Violation("head differs from a replay", f"{person} {name}: {have}, replay says {wanted.get(name)}")


def fold(events: dict[str, list[Event]]) -> dict[str, Any]:
    """Where somebody stands, from everything that was said of them, by source."""
    by_source = {source: _in_effect(several) for source, several in events.items()}
    head = _custody(by_source.get("intake", []))
    head["curriculum_state"] = _learning(by_source.get("curriculum", []), "enrolment_id", ("CERTIFIED", "COMPLETED"))
    head["tvet_state"] = _learning(by_source.get("tvet", []), "training_id", ("AWARDED",))
    _case(head, by_source.get("reintegration", []))
    if head.get("custody_state") == "DECEASED" or head.get("case_state") == "CLOSED":
        head["next_due_on"] = None
    elif head.get("custody_state") in HELD:
        days = [day for day in (head.get("next_due_on"), head.get("expected_release_on")) if day]
        head["next_due_on"] = min(days, default=None)
    head["stage"] = _stage(head)
    return head


def _in_effect(events: list[Event]) -> list[Event]:
    """In stream order; a correction stands in the place of an event of its own type, others change times only."""
    standing: dict[str, Event] = {}
    place: dict[str, str] = {}
    for event in sorted(events, key=lambda one: (one.stream.startswith("consent"), one.version)):
        target = event.data.get("supersedes")
        target = place.get(target, target)
        if target in standing:
            place[event.id] = target
            if standing[target].type == event.type:
                standing[target] = event
        else:
            standing[event.id] = event
    return list(standing.values())


def _custody(events: list[Event]) -> dict[str, Any]:
    head: dict[str, Any] = {}
    for event in events:
        data = event.data
        if event.kind == "person.admitted":
            district = data.get("return_district") or head.get("return_district")
            head = {"custody_state": "IN_FACILITY", "facility": data["facility"], "return_district": district}
        elif event.kind == "person.moved":
            transit = data["custody_state"] == "IN_TRANSIT"
            head |= {"custody_state": data["custody_state"], "incoming_facility": None}
            if data.get("to_facility"):
                head["incoming_facility" if transit else "facility"] = data["to_facility"]
        elif event.kind == "dates.computed":
            head["expected_release_on"] = data.get("expected_release_on")
        elif event.kind in ("person.released", "person.died"):
            state = "RELEASED" if event.kind == "person.released" else "DECEASED"
            head |= {"custody_state": state, "incoming_facility": None}
            if state == "RELEASED":
                head["released_on"] = data["released_on"]
        if event.kind in ("person.released", "person.updated"):
            head["return_district"] = data.get("return_district") or head.get("return_district")
    return head


def _learning(events: list[Event], key: str, achieved: tuple[str, ...]) -> str | None:
    """Of several undertakings: the one under way, else the best achieved, else the latest."""
    states: dict[str, str] = {}
    for event in events:
        if event.kind.endswith(".opened"):
            states[event.data[key]] = event.data.get("state", "ENROLLED")
        elif event.kind in ("enrolment.changed", "training.changed"):
            states[event.data[key]] = event.data["to_state"]
        elif event.kind == "enrolment.completed":
            states[event.data[key]] = "COMPLETED"
        elif event.kind in ("certificate.issued", "award.granted"):
            states[event.data[key]] = "CERTIFIED" if event.kind == "certificate.issued" else "AWARDED"
    under_way = LEARNING | ({"IN_TRAINING", "OPEN"} if key == "training_id" else set())
    last = [state for state in states.values() if state in under_way]
    best = [state for state in achieved if state in states.values()]
    return (last[-1:] or best[:1] or list(states.values())[-1:] or [None])[0]


def _case(head: dict[str, Any], events: list[Event]) -> None:
    opened = [event.data["case_id"] for event in events if event.kind == "case.opened"]
    state: str | None = None
    for event in events:
        if opened and event.data.get("case_id") != opened[-1]:
            continue
        state = _case_state(state, event, named=bool(head.get("worker_id")))
        if event.kind == "worker.assigned" and event.data["role"] == "PRIMARY":
            head |= {"worker_id": event.data["worker_id"], "org": event.data["org"]}
        elif event.kind == "handover.accepted":
            head |= {"worker_id": event.data["to_worker"], "org": event.data["org"]}
        elif event.kind == "due.changed":
            head["next_due_on"] = event.data.get("next_due_on")
        elif event.kind == "case.closed":
            day = datetime.fromisoformat(event.data["occurred_at"]).astimezone(KIGALI).date()
            head |= {"case_closed_on": day.isoformat(), "next_due_on": None}
    head["case_state"] = state


def _case_state(state: str | None, event: Event, *, named: bool) -> str | None:
    if event.kind == "case.opened" and event.data.get("trigger") == "REOPENED":
        return "FOLLOW_UP"
    if event.kind == "worker.assigned" and event.data["role"] == "PRIMARY":
        return "FOLLOW_UP" if named else state
    if event.kind == "plan.agreed":
        return state if state in ("FOLLOW_UP", "HANDOVER_OFFERED", "HANDOVER_ESCALATED") else "PLANNED"
    if event.kind == "visit.recorded":
        return "FOLLOW_UP" if state == "LOST_CONTACT" else state
    return CASE_STATE.get(event.kind, state)


def _stage(head: dict[str, Any]) -> str:
    custody, case = head.get("custody_state"), head.get("case_state")
    if custody in ("DECEASED", "ESCAPED"):
        return str(custody)
    if custody == "RELEASED":
        return _released(head, case)
    if custody not in HELD:
        return "UNKNOWN"
    if case in ("PLANNED", "HANDOVER_OFFERED", "HANDOVER_ESCALATED", "FOLLOW_UP"):
        return "PREPARING_RELEASE"
    if head["curriculum_state"] in LEARNING:
        return "IN_CURRICULUM"
    if head["tvet_state"] in LEARNING | {"IN_TRAINING", "OPEN"}:
        return "IN_TRAINING"
    if case == "OPEN":
        return "PREPARING_RELEASE"
    if head["tvet_state"] == "AWARDED":
        return "TRAINED"
    return "CURRICULUM_COMPLETED" if head["curriculum_state"] in ("COMPLETED", "CERTIFIED") else "ADMITTED"


def _released(head: dict[str, Any], case: str | None) -> str:
    closed, released = head.get("case_closed_on"), head.get("released_on")
    if case == "CLOSED" and (closed is None or released is None or closed >= released):
        return "CLOSED"
    if case in ("LOST_CONTACT", "FOLLOW_UP"):
        return str(case)
    return "RELEASED" if case in (None, "CLOSED") else "HANDOVER"
