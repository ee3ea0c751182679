"""Every SQL statement about the feed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from inzira_platform.bell import call
from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.bells import WEBHOOKS
from inzira_gateway.feed.models import FeedCounter, FeedEvent
from inzira_gateway.sharing.domain import Sight

EVENT: Any = FeedEvent

# The counter's lock is held until the commit: positions become visible in their order, and none is left out.
APPEND = text(
    """
WITH next AS (UPDATE feed_counter SET last = last + :count WHERE id = 1 RETURNING last)
INSERT INTO feed_event (position, person_id, client_id, changed, at)
SELECT next.last - :count + n.place, n.person_id, :client_id, string_to_array(n.changed, ','), n.at
FROM next, unnest(CAST(:persons AS uuid[]), CAST(:changes AS text[]), CAST(:times AS timestamptz[]))
  WITH ORDINALITY AS n(person_id, changed, at, place) ORDER BY n.place RETURNING position
"""
)
PRUNE = text(
    """
WITH gone AS (DELETE FROM feed_event WHERE at < :before RETURNING position)
UPDATE feed_counter SET pruned = greatest(pruned, (SELECT max(position) FROM gone))
WHERE id = 1 AND EXISTS (SELECT 1 FROM gone)
"""
)

KEEP_SIGHTS = text(
    """
INSERT INTO feed_subject (client_id, purpose, person_id, since_offset, left_offset)
SELECT :client_id, :purpose, * FROM unnest(CAST(:persons AS uuid[]), CAST(:since AS bigint[]), CAST(:left AS bigint[]))
ON CONFLICT (client_id, purpose, person_id) DO UPDATE
SET since_offset = excluded.since_offset, left_offset = excluded.left_offset
"""
)

EXPIRE = text("UPDATE feed_counter SET last = last + :ahead, pruned = last + :ahead WHERE id = 1")
FORGET = text("DELETE FROM feed_event")


class Counter(NamedTuple):
    last: int
    pruned: int


class Change(NamedTuple):
    """What changed of a person, by the names of fields, and when it was recorded."""

    person_id: UUID | None
    changed: Sequence[str]
    at: datetime


async def append(
    session: AsyncSession, person_id: UUID, changed: Sequence[str], now: datetime, client_id: str | None = None
) -> int:
    """Add a row; its position."""
    return (await append_many(session, [Change(person_id, changed, now)], client_id))[0]


async def append_many(session: AsyncSession, rows: Sequence[Change], client_id: str | None = None) -> list[int]:
    """Add rows in their order, for one partner or for all; their positions."""
    if not rows:
        return []
    values = {
        "count": len(rows), "client_id": client_id, "persons": [row.person_id for row in rows],
        "changes": [",".join(row.changed) for row in rows], "times": [row.at for row in rows],
    }  # fmt: skip
    call(session, WEBHOOKS)
    return [int(position) for position in (await session.execute(APPEND, values)).scalars()]


async def counter(session: AsyncSession) -> Counter:
    row: Any = FeedCounter
    found = (await session.execute(select(row.last, row.pruned).where(row.id == 1))).one()
    return Counter(found[0], found[1])


async def after(session: AsyncSession, client_id: str, position: int, most: int) -> Sequence[FeedEvent]:
    """Rows for this partner or for all, in order."""
    query = (
        select(FeedEvent)
        .where(EVENT.position > position, or_(EVENT.client_id.is_(None), EVENT.client_id == client_id))
        .order_by(EVENT.position)
        .limit(most)
    )
    return (await session.execute(query)).scalars().all()


async def prune(session: AsyncSession, before: datetime) -> None:
    await session.execute(PRUNE, {"before": before})


async def expire(session: AsyncSession, ahead: int) -> None:
    """Go on `ahead` positions further, and keep nothing of what was before."""
    await session.execute(FORGET)
    await session.execute(EXPIRE, {"ahead": ahead})


async def keep_sights(session: AsyncSession, client_id: str, purpose: str, sights: Mapping[UUID, Sight]) -> None:
    """Keep since when, and until when, a partner is told of persons."""
    if sights:
        since, left = [sight.since for sight in sights.values()], [sight.left for sight in sights.values()]
        kept = {"client_id": client_id, "purpose": purpose, "persons": list(sights), "since": since, "left": left}
        await session.execute(KEEP_SIGHTS, kept)
