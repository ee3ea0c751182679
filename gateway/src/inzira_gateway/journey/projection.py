"""Putting events into the read model: the one path for live events and for a rebuild."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from inzira_contracts.event import Event
from inzira_platform.scope import upsert_many
from inzira_platform.service import Delivery, Received
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.journey import writing
from inzira_gateway.journey.domain import HEAD_TYPES, Axes, Fact, fold, summary_code
from inzira_gateway.journey.writing import Head

CARRIED_BY_ALL = frozenset({"person_id", "occurred_at", "recorded_by", "supersedes"})


@dataclass(frozen=True, slots=True)
class Turn:
    """What one event made of its person's head; `before` is None for somebody nobody had heard of."""

    event: Event
    meta: Delivery
    before: Axes | None
    after: Axes


def entry_of(event: Event, meta: Delivery) -> dict[str, Any]:
    """The journey entry an event becomes; events hold no names, so neither does the entry."""
    refs = event.model_dump(mode="json", exclude=set(CARRIED_BY_ALL), exclude_none=True)
    return {
        "event_id": meta.event_id,
        "person_id": event.person_id,
        "source": meta.source,
        "type": meta.type,
        "stream": meta.stream,
        "version": meta.version,
        "occurred_at": event.occurred_at,
        "recorded_at": meta.time,
        "recorded_by": event.recorded_by,
        "supersedes": event.supersedes,
        "summary_code": summary_code(meta.type, refs),
        "refs": refs,
    }


async def take_in(session: AsyncSession, received: Sequence[Received]) -> list[Turn]:
    """Extend the journeys of the events' persons and fold their heads anew, in every live generation.

    Commutes across streams and may be repeated: entries are a set and the head is a fold over it. Returns what each
    event changed in the active generation, in order.
    """
    entries = [entry_of(*item) for item in received]
    turns: list[Turn] = []
    for generation, is_active in await writing.live_generations(session) if entries else []:
        added = await writing.add_entries(session, generation, entries)
        found = await _extend(session, generation, entries, added, reaches=is_active)
        if is_active:
            turns = [Turn(*item, *change) for item, change in zip(received, found, strict=True)]
    return turns


async def take_in_many(session: AsyncSession, generation: int, entries: Sequence[dict[str, Any]]) -> None:
    """Put entries of a rebuild into its generation; heads are folded at its end."""
    await writing.add_entries(session, generation, entries)


async def fold_many(session: AsyncSession, generation: int, person_ids: Collection[UUID], at: datetime) -> None:
    """A rebuild's fold of persons who have entries in it: takes the heads' locks first, so that a live event and the
    rebuild take turns. `at` is for heads that begin here."""
    heads = await writing.lock_heads(session, generation, dict.fromkeys(person_ids, at))
    facts = await writing.facts_of(session, generation, heads)
    reached = await writing.reached_by(session, generation, heads)
    folded = {person: Head(fold(facts[person].values()), *reached[person]) for person in heads}
    await writing.write_heads(session, generation, folded)


async def _extend(
    session: AsyncSession, generation: int, entries: Sequence[Mapping[str, Any]], added: set[UUID], *, reaches: bool
) -> list[tuple[Axes | None, Axes]]:
    """Lead the heads over entries just added; in the active generation (`reaches`) they also decide who sees whom.

    Returns each entry's axes before and after it.
    """
    latest = {entry["person_id"]: entry["recorded_at"] for entry in sorted(entries, key=lambda one: one["recorded_at"])}
    heads = await writing.lock_heads(session, generation, latest)
    moved = {entry["person_id"] for entry in entries if entry["type"] in HEAD_TYPES}
    known = await writing.facts_of(session, generation, moved)
    to_come = {person: {one: facts.pop(one) for one in added & facts.keys()} for person, facts in known.items()}
    changes = []
    for entry in entries:
        person = entry["person_id"]
        head = heads[person]
        after = _axes_after(entry, head.axes, known.get(person, {}), to_come.get(person, {}))
        changes.append((head.axes, after))
        heads[person] = _led_on(head, after, entry)
    await writing.write_heads(session, generation, heads)
    if reaches:
        await upsert_many(session, {person: reach_of(heads[person].axes or Axes()) for person in moved})
    return changes


def _axes_after(
    entry: Mapping[str, Any], before: Axes | None, known: dict[UUID, Fact], to_come: dict[UUID, Fact]
) -> Axes:
    """The axes once this entry is known too: those before it when it can change none."""
    if entry["type"] not in HEAD_TYPES:
        return before or Axes()
    if entry["event_id"] in to_come:
        known[entry["event_id"]] = to_come.pop(entry["event_id"])
    return fold(known.values())


def _led_on(head: Head, axes: Axes, entry: Mapping[str, Any]) -> Head:
    source, version = entry["source"], max(entry["version"], head.versions.get(entry["source"], 0))
    return Head(axes, {**head.versions, source: version}, max(head.updated_at, entry["recorded_at"]))


def reach_of(axes: Axes) -> dict[str, str | None]:
    """What the axes say of who may see the person; nobody carries a closed case (scope_feed says the same)."""
    return {
        "facility": axes.facility,
        "incoming_facility": axes.incoming_facility,
        "org": axes.org,
        "worker_id": None if axes.case_state == "CLOSED" else axes.worker_id,
        "district": axes.return_district,
        "custody_state": axes.custody_state,
    }
