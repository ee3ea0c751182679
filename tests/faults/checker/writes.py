"""Every acknowledged write is there once, every refused one is not, an unknown one is one or the other."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from evidence import Event, Evidence, read_token, service_of
from verdict import Violation

AT_THE_DOOR = {401, 429}
OPEN_CODES = {"request-in-progress"}
EXPECTED: dict[str, dict[str, int]] = {
    "admit": {"person.admitted": 1, "sentence.recorded": 1, "dates.computed": 1},
    "move": {"person.moved": 1},
    "release.approve": {"person.released": 1},
    "die": {"person.died": 1},
    "correct": {"fact.corrected": 1},
    "update": {"person.updated": 1},
    "consent": {"consent.granted": 1},
    "cohort": {"cohort.opened": 1},
    "enrol": {"enrolment.opened": 1},
    "test": {"test.recorded": 1},
    "train": {"training.opened": 1},
    "assess": {"module.assessed": 1},
    "judge": {"integrated.assessed": 1},
    "assign": {"worker.assigned": 1},
    "evaluate": {"assessment.recorded": 1},
    "plan": {"plan.agreed": 1},
    "offer": {"handover.offered": 1},
    "visit": {"visit.recorded": 1},
    "flag": {"flag.raised": 1},
    "flag.change": {"flag.changed": 1},
}
"""What each kind of write says, exactly."""
ROWS: dict[str, tuple[str, str, str, str]] = {
    "admit": ("intake", "episode", "id", "TRUE"),
    "move": ("intake", "custody_fact", "id", "kind NOT IN ('ADMITTED', 'RELEASED', 'DIED')"),
    "release.prepare": ("intake", "release_order", "id", "TRUE"),
    "consent": ("intake", "consent", "id", "TRUE"),
    "cohort": ("curriculum", "cohort", "id", "TRUE"),
    "enrol": ("curriculum", "enrolment", "id", "TRUE"),
    "train": ("tvet", "training", "id", "TRUE"),
    "assign": ("reintegration", "worker_assignment", "id", "reason = 'SUPERVISOR'"),
    "evaluate": ("reintegration", "assessment", "id", "TRUE"),
    "offer": ("reintegration", "handover", "id", "recorded_by NOT LIKE 'svc:%'"),
    "visit": ("reintegration", "visit", "id", "TRUE"),
    "flag": ("reintegration", "flag", "id", "recorded_by NOT LIKE 'svc:%'"),
    "closure": ("reintegration", "closure", "id", "TRUE"),
}
"""Where the row of an answer's id stands, and which rows of that table users make."""


async def check(evidence: Evidence) -> Iterator[Violation]:
    said: dict[str, dict[str, list[Event]]] = {name: defaultdict(list) for name in evidence.journals}
    for event in evidence.events():
        said[event.source][event.request].append(event)
    found: list[Violation] = []
    for write in evidence.writes():
        service = service_of(write["path"])
        if evidence.is_settled(write) or any(one["request_id"] in said[service] for one in write["attempts"]):
            found += _one(write, said[service])
    return iter(found + await _rows(evidence))


def _one(write: dict[str, Any], said: dict[str, list[Event]]) -> Iterator[Violation]:
    effects = [attempt["request_id"] for attempt in write["attempts"] if attempt["request_id"] in said]
    about = f"{write['kind']} {write['key'] or write['path']}"
    if len(effects) > 1:
        yield Violation("written twice", f"{about}: by {len(effects)} attempts under one key")
    if write["outcome"] == "acked":
        yield from _acked(write, [event for id in effects for event in said[id]], about)
    elif write["outcome"] == "refused" and effects and all(_is_refusal(attempt) for attempt in write["attempts"]):
        yield Violation("refused and yet there", about)


def _is_refusal(attempt: dict[str, Any]) -> bool:
    return 400 <= attempt["status"] < 500 and attempt["code"] not in OPEN_CODES


def _acked(write: dict[str, Any], events: list[Event], about: str) -> Iterator[Violation]:
    kinds = Counter(event.kind for event in events)
    wanted = EXPECTED.get(write["kind"], {})
    for kind, number in wanted.items():
        if kinds[kind] != number:
            what = "acknowledged and lost" if kinds[kind] < number else "written twice"
            yield Violation(what, f"{about}: {kind} is there {kinds[kind]} times, not {number}")
    if write["kind"] == "attend":
        marks = write["answer"]["recorded"] + write["answer"]["changed"]
        if kinds["attendance.recorded"] != marks:
            yield Violation("acknowledged and lost", f"{about}: {kinds['attendance.recorded']} marks, not {marks}")
    if write["token"]:
        _, positions = read_token(write["token"])
        there = {(event.stream, event.version) for event in events}
        for position in positions.items():
            if position not in there:
                yield Violation("token of nothing", f"{about}: {position}")


async def _rows(evidence: Evidence) -> list[Violation]:
    found = []
    for kind, (database, table, column, which) in ROWS.items():
        mine = [write for write in evidence.writes() if write["kind"] == kind]
        bound = [write for write in mine if evidence.is_settled(write)]
        acked = Counter(str(write["answer"]["id"]) for write in bound if write["outcome"] == "acked")
        beside = {str(write["answer"]["id"]) for write in mine if write["outcome"] == "acked"} - acked.keys()
        open_ends = sum(1 for write in bound if not _is_settled(write)) + len(beside)
        query = f"SELECT {column}::text AS id FROM {table} WHERE {which}"  # noqa: S608 - names are given above
        there = {row["id"] for row in await evidence.rows(database, query)}
        found += [
            Violation("acknowledged and lost", f"{kind}: no row {id} in {table}") for id in acked if id not in there
        ]
        found += [Violation("written twice", f"{kind}: {n} answers with id {id}") for id, n in acked.items() if n > 1]
        extra = there - set(acked)
        if len(extra) > open_ends:
            text = f"{kind}: {len(extra)} rows of {table} nobody was told of, {open_ends} outcomes are open"
            found.append(Violation("there and never asked for", text))
    return found


def _is_settled(write: dict[str, Any]) -> bool:
    """Whether it is certain what became of it: acknowledged, or refused at every attempt."""
    if write["outcome"] == "acked":
        return True
    return write["outcome"] == "refused" and all(_is_refusal(attempt) for attempt in write["attempts"])
