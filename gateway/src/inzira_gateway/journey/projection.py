"""Putting events into the read model: the one path for live events and for a rebuild."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from inzira_contracts.event import Event
from inzira_platform.scope import upsert
from inzira_platform.service import Delivery
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.journey import repository
from inzira_gateway.journey.domain import HEAD_TYPES, Axes, fold, summary_code

CARRIED_BY_ALL = frozenset({"person_id", "occurred_at", "recorded_by", "supersedes"})


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


async def take_in(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """Extend the journey of the event's person and fold the head anew, in every live generation.

    Commutes across streams and may be repeated: entries are a set and the head is a fold over it.
    """
    if event.person_id is None:
        return
    entry = entry_of(event, meta)
    for generation, is_active in await repository.live_generations(session):
        await repository.add_entry(session, generation, entry)
        await repository.touch_head(session, generation, event.person_id, meta.source, meta.version, meta.time)
        if meta.type in HEAD_TYPES:
            await fold_head(session, generation, event.person_id, reaches=is_active)


async def take_in_many(session: AsyncSession, generation: int, entries: Sequence[dict[str, Any]]) -> None:
    """Put entries of a rebuild into its generation; heads are folded at its end."""
    await repository.add_entries(session, generation, entries)


async def fold_head(session: AsyncSession, generation: int, person_id: UUID, *, reaches: bool) -> None:
    """Work the head out of the entries; in the active generation (`reaches`) it also decides who sees the person."""
    axes = fold(await repository.facts_of(session, generation, person_id))
    await repository.write_axes(session, generation, person_id, axes)
    if reaches:
        await upsert(session, person_id, **reach_of(axes))


async def lock_and_fold(session: AsyncSession, generation: int, person_id: UUID, at: datetime) -> None:
    """A rebuild's fold: takes the head's lock first, so that a live event and the rebuild take turns."""
    await repository.touch_head(session, generation, person_id, "rebuild", 0, at)
    await fold_head(session, generation, person_id, reaches=False)


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
