"""What is pending, as one leader reads it: the next batch already while the last one is on its way to the broker.

What was read ahead is kept only when the batch before it has arrived: whatever fails, it is read anew.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

FULL_LOOK_SECONDS = 1.0
SETTLED_SECONDS = 5.0
"""Whoever drew a sequence number has committed by then; who has not is found by the full look."""

# Which rows first, each by the journal's key then: joined as a whole, a long pending set was found by reading the whole
# journal, for every batch, whenever the statistics had seen it long. What is under way is a table, as a list would be
# searched from its beginning for every row.
PENDING = """
SELECT o.seq, o.event_id, o.stream, o.version, o.pkey, o.topic, o.type, o.headers, o.payload, o.created_at
FROM (
  SELECT seq, created_at FROM outbox_pending
  WHERE seq > $1 AND seq NOT IN (SELECT unnest($2::bigint[])) ORDER BY seq LIMIT $3
) p
CROSS JOIN LATERAL (SELECT * FROM outbox WHERE seq = p.seq AND created_at = p.created_at LIMIT 1) o ORDER BY p.seq
"""


class LowWater:
    """Up to which `seq` a look may start: skips the dead entries at the head of the pending set.

    Never up to what was just published: a transaction that drew a lower number may still commit, and the next event
    of its stream, with a higher one, must not overtake it.
    """

    def __init__(self) -> None:
        self._published: deque[tuple[float, int]] = deque()
        self._mark = 0

    def passed(self, seq: int, now: float) -> None:
        """All that was visible up to `seq` has been published by `now` (seconds of a steady clock)."""
        self._published.append((now, seq))

    def at(self, now: float) -> int:
        """The mark at `now`."""
        while self._published and self._published[0][0] <= now - SETTLED_SECONDS:
            self._mark = max(self._mark, self._published.popleft()[1])
        return self._mark

    def forget(self) -> None:
        """Everything is pending again."""
        self._published.clear()
        self._mark = 0


class Pending:
    """Batches in the order of `seq`, on the connection that holds the leader's lock; made anew with it."""

    def __init__(self, connection: asyncpg.Connection, batch: int) -> None:
        self._connection = connection
        self._batch = batch
        self._low = LowWater()
        self._next_full = 0.0
        self._ahead: list[asyncpg.Record] = []

    def is_full(self, rows: Sequence[asyncpg.Record]) -> bool:
        """Whether more may be pending than these."""
        return len(rows) == self._batch

    async def next(self) -> list[asyncpg.Record]:
        """The next batch: what was read ahead, or a new look."""
        rows, self._ahead = self._ahead, []
        return rows or await self._read([])

    @asynccontextmanager
    async def reading_ahead(self, rows: Sequence[asyncpg.Record]) -> AsyncIterator[None]:
        """Read what follows on a full batch while the block publishes that; forget it when the block fails."""
        if not self.is_full(rows):
            yield
            return
        reading = asyncio.create_task(self._read([row["seq"] for row in rows]))
        try:
            yield
            self._ahead = await reading
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(self, under_way: list[int]) -> list[asyncpg.Record]:
        """From the low mark on, once a second from the very start; never from what is under way or was published on.

        Whoever sees an event sees those before it in its stream, as each was committed before the next drew its
        number: they are in this batch, under way, or published.
        """
        now = asyncio.get_running_loop().time()
        after = self._low.at(now)
        if now >= self._next_full:
            after, self._next_full = 0, now + FULL_LOOK_SECONDS
        rows: list[asyncpg.Record] = await self._connection.fetch(PENDING, after, under_way, self._batch)
        return rows

    def published(self, rows: Sequence[asyncpg.Record]) -> None:
        """These have arrived and are pending no more."""
        self._low.passed(rows[-1]["seq"], asyncio.get_running_loop().time())

    def forget(self) -> None:
        """Everything is pending again."""
        self._low.forget()
        self._ahead = []
