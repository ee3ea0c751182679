"""Every SQL statement about the feed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.feed.models import FeedCounter, FeedEvent
from inzira_gateway.journey.generation import ACTIVE
from inzira_gateway.journey.models import PersonHead
from inzira_gateway.sharing.domain import AXES, Sight
from inzira_gateway.sharing.models import FeedSubject

EVENT: Any = FeedEvent
HEAD: Any = PersonHead
COLUMNS = sorted(set(AXES.values()))

# The counter's lock is held until the commit: positions become visible in their order, and none is left out.
APPEND = text(
    """
WITH next AS (UPDATE feed_counter SET last = last + 1 WHERE id = 1 RETURNING last)
INSERT INTO feed_event (position, person_id, client_id, changed, at)
SELECT last, :person_id, :client_id, CAST(:changed AS text[]), :now FROM next RETURNING position
"""
)
PRUNE = text(
    """
WITH gone AS (DELETE FROM feed_event WHERE at < :before RETURNING position)
UPDATE feed_counter SET pruned = greatest(pruned, (SELECT max(position) FROM gone))
WHERE id = 1 AND EXISTS (SELECT 1 FROM gone)
"""
)


class Counter(NamedTuple):
    last: int
    pruned: int


async def append(
    session: AsyncSession, person_id: UUID, changed: Sequence[str], now: datetime, client_id: str | None = None
) -> int:
    """Add a row; its position."""
    values = {"person_id": person_id, "client_id": client_id, "changed": list(changed), "now": now}
    return int((await session.execute(APPEND, values)).scalar_one())


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


async def state_of(session: AsyncSession, person_id: UUID) -> dict[str, Any]:
    """The columns of the active head that views may show; empty for somebody not known yet."""
    query = select(*(getattr(HEAD, name) for name in COLUMNS)).where(
        HEAD.generation == ACTIVE, HEAD.person_id == person_id
    )
    row = (await session.execute(query)).one_or_none()
    return dict(zip(COLUMNS, row, strict=True)) if row is not None else {}


async def keep_sights(session: AsyncSession, client_id: str, purpose: str, sights: Mapping[UUID, Sight]) -> None:
    """Keep since when, and until when, a partner is told of persons."""
    rows = [
        {
            "client_id": client_id, "purpose": purpose, "person_id": person_id,
            "since_offset": sight.since, "left_offset": sight.left,
        }
        for person_id, sight in sights.items()
    ]  # fmt: skip
    if rows:
        statement = insert(FeedSubject).values(rows)
        columns = statement.excluded
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["client_id", "purpose", "person_id"],
                set_={"since_offset": columns.since_offset, "left_offset": columns.left_offset},
            )
        )
