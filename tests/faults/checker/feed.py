"""The partner's feed: positions without a gap, everything once and in order, and each milestone told by one row."""

import base64
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from evidence import Evidence
from verdict import Violation

SHOWN = {
    "stage", "return_district", "expected_release_on", "released_on", "curriculum_milestones", "training_milestones",
    "case_state", "case_closed_on",
}  # fmt: skip
MILESTONES = {
    "enrolment.opened": "curriculum_milestones",
    "enrolment.completed": "curriculum_milestones",
    "certificate.issued": "curriculum_milestones",
    "training.opened": "training_milestones",
    "award.granted": "training_milestones",
    "consent.granted": "consent",
    "consent.withdrawn": "consent",
}
"""What is told of an event by exactly one row, however often it is delivered."""


async def check(evidence: Evidence) -> Iterator[Violation]:
    rows = await evidence.rows(
        "gateway",
        "SELECT position, person_id::text AS person, client_id, changed, at FROM feed_event ORDER BY position",
    )
    last = (await evidence.rows("gateway", "SELECT last FROM feed_counter"))[0]["last"]
    positions = [row["position"] for row in rows]
    found: list[Violation] = []
    floor = evidence.restored.feed_floor if evidence.restored else 0
    if positions != list(range(floor + 1, last + 1)):
        found.append(Violation("feed has a gap", f"{len(positions)} rows up to {last}"))
    found += _milestones(evidence, rows)
    pids = {
        row["pid"]: row["person"]
        for row in await evidence.rows("gateway", "SELECT pid, person_id::text AS person FROM pairwise")
    }
    told, disorder = _told(evidence, pids)
    found += disorder
    if evidence.looks():
        found += _complete(evidence, rows, told)
    return iter(found)


def _milestones(evidence: Evidence, rows: list[Any]) -> Iterator[Violation]:
    counted = Counter((row["person"], row["at"], name) for row in rows for name in row["changed"])
    told_before = evidence.restored.taken_in if evidence.restored else frozenset()
    for event in evidence.events():
        if event.kind in MILESTONES:
            number = counted[(event.data["person_id"], event.at, MILESTONES[event.kind])]
            if number != int(event.id not in told_before):
                yield Violation("milestone not told once", f"{event.kind} {event.id} has {number} rows in the feed")


def position_of(cursor: str | None) -> int:
    """The position inside a cursor; 0 for the beginning."""
    if not cursor:
        return 0
    body = cursor.partition(".")[0]
    return int(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def _told(evidence: Evidence, pids: dict[str, str]) -> tuple[dict[int, str], list[Violation]]:
    """Position to person, as the partner was told, over all its looks."""
    told: dict[int, str] = {}
    found = []
    for look in evidence.looks():
        before = position_of(look["after"])
        for item in look["items"]:
            position, person = position_of(item["id"]), pids.get(item["pid"], "?")
            if position <= before:
                found.append(Violation("feed out of order", f"{position} after {before}"))
            if told.setdefault(position, person) != person:
                found.append(Violation("feed told two things", f"{position}"))
            before = position
    return told, found


def _complete(evidence: Evidence, rows: list[Any], told: dict[int, str]) -> Iterator[Violation]:
    """From the first item of a person on, every change of what the view shows."""
    admitted = {
        event.data["person_id"]: event.at for event in evidence.journals["intake"] if event.kind == "person.admitted"
    }
    by_person: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_person[row["person"]].append(row)
    heard: dict[str, set[int]] = defaultdict(set)
    for position, person in told.items():
        heard[person].add(position)
    for person, several in by_person.items():
        positions = heard.pop(person, set())
        start = next((row["position"] for row in several if row["at"] == admitted.get(person)), several[0]["position"])
        if evidence.restored is not None:
            yield from _told_anew(person, several, positions, start)
            continue
        if not positions or min(positions) > start:
            yield Violation("feed lacks an item", f"nothing of {person} from position {start} on")
            continue
        first = min(positions)
        wanted = {first} | {
            row["position"] for row in several if row["position"] > first and SHOWN & set(row["changed"])
        }
        if wanted - positions:
            yield Violation("feed lacks an item", f"{person}: {sorted(wanted - positions)[:3]}")
        if positions - wanted:
            yield Violation("feed told too much", f"{person}: {sorted(positions - wanted)[:3]}")
    for person, positions in heard.items():
        yield Violation("feed told of nobody", f"{person}: {sorted(positions)[:3]}")


def _told_anew(person: str, several: list[Any], positions: set[int], start: int) -> Iterator[Violation]:
    """Since a backup was restored: every change of what is shown; of somebody not told of before also the first row.

    Nobody is shown before the row of their admission, `start`, if that is told again: what another service said of
    them came first, and was told or not as the partner looked later or earlier.
    """
    shown = {row["position"] for row in several if SHOWN & set(row["changed"])}
    if lacking := {position for position in shown if position >= start} - positions:
        yield Violation("feed lacks an item", f"{person}: {sorted(lacking)[:3]}")
    if more := positions - shown - {several[0]["position"], start}:
        yield Violation("feed told too much", f"{person}: {sorted(more)[:3]}")
