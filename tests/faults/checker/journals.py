"""The journals: versions without gaps in the order of their numbers, ids once, causes that exist, effects once."""

from collections import defaultdict
from collections.abc import Iterator

from evidence import DATABASES, Event, Evidence
from verdict import Violation


async def check(evidence: Evidence) -> Iterator[Violation]:
    found: list[Violation] = []
    for name in DATABASES:
        journal = [event for event in evidence.journals[name] if event.topic != "access"]
        found += _order(name, journal)
        found += await _streams(evidence, name, journal)
        pending = (await evidence.rows(name, "SELECT count(*) AS n FROM outbox_pending"))[0]["n"]
        if pending:
            found.append(Violation("pending after the end", f"{name}: {pending} events"))
    found += _ids(evidence)
    found += _causes(evidence)
    return iter(found)


def _order(name: str, journal: list[Event]) -> Iterator[Violation]:
    reached: dict[str, int] = defaultdict(int)
    for event in journal:
        if event.version != reached[event.stream] + 1:
            text = f"{name} {event.stream}: version {event.version} after {reached[event.stream]} at seq {event.seq}"
            yield Violation("versions out of order", text)
        reached[event.stream] = event.version


async def _streams(evidence: Evidence, name: str, journal: list[Event]) -> list[Violation]:
    last = {event.stream: event.version for event in journal}
    rows = await evidence.rows(name, "SELECT stream, version FROM event_stream")
    kept = {row["stream"]: row["version"] for row in rows}
    return [
        Violation(
            "versions out of order", f"{name} {stream}: stream at {kept.get(stream)}, journal at {last.get(stream)}"
        )
        for stream in last.keys() | kept.keys()
        if last.get(stream) != kept.get(stream)
    ]


def _ids(evidence: Evidence) -> Iterator[Violation]:
    seen: set[str] = set()
    for journal in evidence.journals.values():
        for event in journal:
            if event.id in seen:
                yield Violation("event twice in the journals", f"{event.source} {event.id}")
            seen.add(event.id)


def _causes(evidence: Evidence) -> Iterator[Violation]:
    """What a consumer says because of an event, it says in one transaction, and of an event that exists."""
    known = {event.id for journal in evidence.journals.values() for event in journal}
    transactions: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event in evidence.events():
        if not event.cause:
            continue
        transactions[(event.source, event.cause)].add(event.tx)
        if event.cause not in known:
            yield Violation("effect of an event that never was", f"{event.source} {event.type} of {event.cause}")
    for (source, cause), several in transactions.items():
        if len(several) > 1:
            yield Violation("effect twice", f"{source}: {cause} had effects in {len(several)} transactions")
