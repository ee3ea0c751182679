"""Every SQL statement about the age of the read model."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.freshness.domain import Seen
from inzira_gateway.journey.models import SourceSeen

NOTE = text(
    "INSERT INTO source_seen AS s (source, fresh_at, checked_at, is_reachable) "
    "SELECT n.source, CASE WHEN n.fresh THEN :now ELSE '1970-01-01'::timestamptz END, :now, n.reachable "
    "FROM unnest(CAST(:sources AS text[]), CAST(:fresh AS boolean[]), CAST(:reachable AS boolean[])) "
    "AS n(source, fresh, reachable) ORDER BY n.source "
    "ON CONFLICT (source) DO UPDATE SET checked_at = excluded.checked_at, is_reachable = excluded.is_reachable, "
    "fresh_at = CASE WHEN excluded.fresh_at = excluded.checked_at THEN excluded.fresh_at ELSE s.fresh_at END"
)
BEHIND = text(
    "SELECT topic, sum(greatest(0, highwater - position)) AS lag FROM consumer_position "
    "WHERE consumer = :consumer GROUP BY topic"
)
REACHED = text(
    "SELECT count(*) FROM consumed_stream c, "
    "unnest(CAST(:streams AS text[]), CAST(:versions AS int[])) AS w(stream, version) "
    "WHERE c.consumer = :consumer AND c.source = :source AND c.stream = w.stream AND c.version >= w.version"
)


async def note(session: AsyncSession, now: datetime, fresh: Mapping[str, bool], reachable: Mapping[str, bool]) -> None:
    """Keep the result of one look at these sources."""
    sources = list(reachable)
    values = {
        "now": now, "sources": sources, "fresh": [fresh[source] for source in sources],
        "reachable": [reachable[source] for source in sources],
    }  # fmt: skip
    await session.execute(NOTE, values)


async def lag_by_topic(session: AsyncSession, consumer: str) -> dict[str, int]:
    """Records known to wait, by topic."""
    rows = (await session.execute(BEHIND, {"consumer": consumer})).all()
    return {row.topic: int(row.lag) for row in rows}


async def all_seen(session: AsyncSession) -> dict[str, Seen]:
    rows = (await session.execute(select(SourceSeen))).scalars().all()
    return {row.source: Seen(row.fresh_at, row.checked_at, row.is_reachable) for row in rows}


async def has_reached(session: AsyncSession, consumer: str, source: str, positions: dict[str, int]) -> bool:
    """Whether the read model holds every stream up to the version asked for."""
    values = {
        "consumer": consumer,
        "source": source,
        "streams": list(positions),
        "versions": list(positions.values()),
    }
    return bool((await session.execute(REACHED, values)).scalar_one() == len(positions))
