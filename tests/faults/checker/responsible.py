"""Nobody is without a responsible worker, nobody has two; who is held where adds up in every database."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from evidence import Evidence
from journeys import HELD, fold
from verdict import Violation

CASES = "SELECT id::text AS id, person_id::text AS person, state, worker_id FROM reintegration_case"
ASSIGNED = """
SELECT case_id::text AS id, worker_id, ended_at IS NULL AS is_live FROM worker_assignment WHERE role = 'PRIMARY'
ORDER BY recorded_at
"""
EPISODES = (
    "SELECT facility, count(*) AS n FROM episode WHERE closed_at IS NULL AND custody_state <> 'ESCAPED' GROUP BY 1"
)
SCOPES = """
SELECT person_id::text AS person, facility, custody_state FROM person_scope
"""


async def check(evidence: Evidence) -> Iterator[Violation]:
    found = await _workers(evidence)
    found += await _heads(evidence)
    return iter(found)


async def _workers(evidence: Evidence) -> list[Violation]:
    live: dict[str, list[str]] = defaultdict(list)
    for row in await evidence.rows("reintegration", ASSIGNED):
        if row["is_live"]:
            live[row["id"]].append(row["worker_id"])
    found: list[Violation] = []
    open_cases: Counter[str] = Counter()
    for case in await evidence.rows("reintegration", CASES):
        workers = live.get(case["id"], [])
        if case["state"] == "CLOSED":
            continue
        open_cases[case["person"]] += 1
        if workers != [case["worker_id"]]:
            found.append(
                Violation("not one responsible worker", f"case {case['id']}: {workers}, case says {case['worker_id']}")
            )
    found += [Violation("two open cases", person) for person, number in open_cases.items() if number > 1]
    return found


async def _heads(evidence: Evidence) -> list[Violation]:
    """Who is held where: by the journals, by intake's episodes, by every copy of a place, by the last figures."""
    told: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for event in evidence.events():
        if event.data.get("person_id"):
            told[event.data["person_id"]][event.source].append(event)
    heads = {person: fold(events) for person, events in told.items()}  # type: ignore[arg-type]  # events by source
    held = Counter(head["facility"] for head in heads.values() if head.get("custody_state") in HELD)
    episodes = {row["facility"]: row["n"] for row in await evidence.rows("intake", EPISODES)}
    found = []
    if dict(held) != episodes:
        found.append(Violation("headcount", f"journals say {dict(held)}, episodes say {episodes}"))
    for name in evidence.connections:
        found += await _places(evidence, name, heads)
    return found + _figures(evidence, heads)


async def _places(evidence: Evidence, name: str, heads: dict[str, dict[str, object]]) -> list[Violation]:
    """Each database's own copy of where everybody is, which decides who may see them."""
    rows = {row["person"]: row for row in await evidence.rows(name, SCOPES)}
    wrong = [
        person
        for person, head in heads.items()
        if person not in rows
        or rows[person]["facility"] != head.get("facility")
        or rows[person]["custody_state"] != head.get("custody_state")
    ]
    return [Violation("place differs from a replay", f"{name}: {len(wrong)} people, {wrong[:3]}")] if wrong else []


def _figures(evidence: Evidence, heads: dict[str, dict[str, object]]) -> list[Violation]:
    last = [read for read in evidence.reads() if read["kind"] == "stages.final" and read["outcome"] == "acked"]
    if not last:
        return [Violation("headcount", "the last figures could not be read")]
    stages = Counter(str(head["stage"]) for head in heads.values())
    shown = last[-1]["answer"]["stages"]
    return [] if shown == dict(stages) else [Violation("headcount", f"figures {shown}, replay {dict(stages)}")]
