"""Parked events: those that wait are tried again by themselves, in order; the others when an operator says so.

Reasons that resolve by themselves: `gap` (a predecessor is missing), `waiting` (what it depends on is missing),
`behind` (something before it is parked), `retry` (an operator asked). `discard` steps over one event.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_platform import metrics
from inzira_platform.delivery import Incoming, stored
from inzira_platform.errors import NotYet
from inzira_platform.inbox import Contradiction, Inbox, is_transient
from inzira_platform.logging import log

# The first of each key, where it is the next of its stream; who was tried least comes first, so that nobody starves.
READY_KEYS = text(
    "SELECT head.key FROM (SELECT DISTINCT ON (key) key, reason, parked_at, sequence, attempts FROM parked_event "
    "WHERE consumer = :consumer AND replayed_at IS NULL AND event_id IS NOT NULL "
    "ORDER BY key, sequence, parked_at) head LEFT JOIN consumed_stream done ON done.consumer = :consumer "
    "AND done.source = split_part(head.key, '|', 1) AND done.stream = substr(head.key, strpos(head.key, '|') + 1) "
    "WHERE head.reason IN ('gap', 'waiting', 'behind', 'retry', 'discard') "
    "AND head.sequence <= coalesce(done.version, 0) + 1 ORDER BY head.attempts, head.parked_at LIMIT :most"
)
ROWS = text(
    "SELECT * FROM parked_event WHERE consumer = :consumer AND key = :key AND replayed_at IS NULL "
    "AND event_id IS NOT NULL ORDER BY sequence, parked_at LIMIT 200 FOR UPDATE"
)
DONE = text(
    "UPDATE parked_event SET replayed_at = clock_timestamp(), replayed_by = coalesce(replayed_by, :by) WHERE id = :id"
)
FAILED = text("UPDATE parked_event SET reason = :reason, detail = :detail, attempts = attempts + 1 WHERE id = :id")
COUNTS = text(
    "SELECT reason, count(*) AS n FROM parked_event WHERE consumer = :consumer AND replayed_at IS NULL GROUP BY 1"
)


class Parking:
    """Releases what may go on, one key per transaction."""

    def __init__(self, consumer: str, inbox: Inbox, begin: Callable[[], Any]) -> None:
        """`begin` opens a session in a system transaction (an async context manager)."""
        self._consumer = consumer
        self._inbox = inbox
        self._begin = begin

    async def release(self, most: int = 100) -> int:
        """Try every key whose first parked event may go on; return how many events were applied."""
        async with self._begin() as session:
            keys = (await session.execute(READY_KEYS, {"consumer": self._consumer, "most": most})).scalars().all()
        return sum([await self._release_key(key) for key in keys])

    async def count(self) -> dict[str, int]:
        """Open parked events by reason; also sets the gauge."""
        async with self._begin() as session:
            rows = (await session.execute(COUNTS, {"consumer": self._consumer})).all()
        metrics.PARKED.clear()
        for row in rows:
            metrics.PARKED.labels(row.reason).set(row.n)
        return {row.reason: row.n for row in rows}

    async def _release_key(self, key: str) -> int:
        applied = 0
        async with self._begin() as session:
            rows = (await session.execute(ROWS, {"consumer": self._consumer, "key": key})).all()
            for row in rows:
                if row.reason not in ("gap", "waiting", "behind", "retry", "discard"):
                    break
                if not await self._release_row(session, row):
                    break
                applied += 1
        if applied:
            log().info("parked.released", consumer=self._consumer, count=applied)
        return applied

    async def _release_row(self, session: AsyncSession, row: Any) -> bool:  # noqa: ANN401 - a database row
        record = stored(row)
        if record.envelope is None:
            return False
        stream = (record.source, record.envelope.partitionkey)
        have = (await self._inbox.reached(session, [stream]))[0][stream]
        version = record.envelope.sequence
        if version > have + 1:
            return False
        if version > have or version == 0:
            if not await self._attempt(session, row, record):
                return False
            await self._inbox.advance(session, {stream: version} if version else {})
        await session.execute(DONE, {"id": row.id, "by": "svc"})
        return True

    async def _attempt(self, session: AsyncSession, row: Any, record: Incoming) -> bool:  # noqa: ANN401 - a database row
        if row.reason == "discard":
            return True
        try:
            async with session.begin_nested():
                await self._inbox.handle(session, record)
        except NotYet as error:
            await session.execute(FAILED, {"id": row.id, "reason": "waiting", "detail": error.depends_on})
            return False
        except Contradiction as error:
            await session.execute(FAILED, {"id": row.id, "reason": error.reason, "detail": error.detail[:500]})
            return False
        except Exception as error:
            if is_transient(error):
                raise
            await session.execute(FAILED, {"id": row.id, "reason": "failed", "detail": type(error).__name__})
            return False
        return True
