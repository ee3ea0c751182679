"""Every event reached every consumer of its topic, nothing else did, and nothing waits but the poison injected."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from evidence import READS, Evidence
from verdict import Violation

PARKED = """
SELECT reason, detail, event_id::text AS id, headers::text AS headers FROM parked_event WHERE replayed_at IS NULL
"""


async def check(evidence: Evidence) -> Iterator[Violation]:
    by_topic: dict[str, set[str]] = defaultdict(set)
    for journal in evidence.journals.values():
        for event in journal:
            by_topic[event.topic].add(event.id)
    found: list[Violation] = []
    for name, topics in READS.items():
        told = set().union(*(by_topic[topic] for topic in topics))
        found += await _inbox(evidence, name, told)
        found += await _versions(evidence, name, topics)
        found += await _parked(evidence, name)
    return iter(found)


async def _inbox(evidence: Evidence, name: str, told: set[str]) -> list[Violation]:
    taken = {row["id"] for row in await evidence.rows(name, "SELECT event_id::text AS id FROM inbox")}
    poison = {one["event_id"] for one in evidence.poisons()}
    found = []
    if told - taken:
        found.append(
            Violation("event lost", f"{name} never took in {len(told - taken)} events, {sorted(told - taken)[:3]}")
        )
    if evidence.restored is not None:  # records of access are let through: that somebody was shown stays true
        taken -= evidence.restored.lost if name == "gateway" else frozenset()
    if taken - told - poison:
        strange = sorted(taken - told - poison)
        found.append(
            Violation("event that never was", f"{name} took in {len(strange)} events nobody wrote, {strange[:3]}")
        )
    return found


async def _versions(evidence: Evidence, name: str, topics: tuple[str, ...]) -> list[Violation]:
    last = {
        (event.source, event.stream): event.version
        for topic in topics
        if topic != "access"
        for event in evidence.journals[topic]
        if event.topic == topic
    }
    rows = await evidence.rows(name, "SELECT source, stream, version FROM consumed_stream")
    have = {(row["source"], row["stream"]): row["version"] for row in rows}
    poison = {("intake", one["stream"]) for one in evidence.poisons()}
    wrong = [
        f"{key[0]} {key[1]}: {have.get(key)}, not {last.get(key)}"
        for key in (last.keys() | have.keys()) - poison
        if have.get(key) != last.get(key)
    ]
    return [Violation("stream not applied to its end", f"{name}: {len(wrong)} streams, {wrong[:3]}")] if wrong else []


async def _parked(evidence: Evidence, name: str) -> list[Violation]:
    rows = await evidence.rows(name, PARKED)
    poison = {one["event_id"] for one in evidence.poisons()}
    ours = any(one["form"] == "undecodable" for one in evidence.poisons())
    strange = [
        f"{row['reason']}: {row['detail']}"
        for row in rows
        if not (row["id"] in poison or (ours and row["reason"] == "undecodable" and row["headers"] == "[]"))
    ]
    counted = Counter(strange)
    return [Violation("parked", f"{name}: {number} x {what}") for what, number in counted.items()]
