"""Two acts in the same instant, in an order a test chooses: the first stops before its commit, the second meets it.

What the first stops at is a row it comes to late and that a transaction of the test's own holds.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import NamedTuple, TypeVar
from uuid import UUID

import asyncpg

from inzira_platform.testing.database import ServiceDatabase

First = TypeVar("First")
Second = TypeVar("Second")
PATIENCE = 20.0
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Stop(NamedTuple):
    """A statement that takes a row, or makes one, and what it is asked with."""

    statement: str
    given: tuple[object, ...]


def before_telling_of(person_id: UUID) -> Stop:
    """Where a request stops that has written what it does to somebody: it comes to their stream last."""
    taken = "INSERT INTO event_stream VALUES ($1, 1) ON CONFLICT (stream) DO UPDATE SET version = event_stream.version"
    return Stop(taken, (f"person:{person_id}",))


def before_moving_on_from(person_id: UUID, consumer: str) -> Stop:
    """Where a consumer stops that has written what intake's event of somebody means; not their first event here."""
    taken = "SELECT FROM consumed_stream WHERE consumer = $1 AND source = 'intake' AND stream = $2 FOR UPDATE"
    return Stop(taken, (consumer, f"person:{person_id}"))


async def one_into_another(
    database: ServiceDatabase,
    stop: Stop,
    first: Coroutine[object, object, First],
    second: Coroutine[object, object, Second],
) -> tuple[First, Second]:
    """Begin `second` when `first` has come to the stop, and let `first` go on when `second` waits or is through."""
    async with _held(database, stop) as looking:
        one = asyncio.create_task(first)
        await _until_waiting(looking, 1, one)
        if one.done():
            raise AssertionError("the first act did not come to the stop")
        other = asyncio.create_task(second)
        await _until_waiting(looking, 2, other)
    return await one, await other


async def deadlocks(database: ServiceDatabase) -> int:
    """How many there were, as every session that has ended its transaction has reported."""
    await asyncio.sleep(1.1)  # a session reports once a second at most
    return int(await database.value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))


@asynccontextmanager
async def _held(database: ServiceDatabase, stop: Stop) -> AsyncIterator[asyncpg.Connection]:
    holding, looking = await asyncpg.connect(database.admin_dsn), await asyncpg.connect(database.admin_dsn)
    held = holding.transaction()
    await held.start()
    try:
        await holding.execute(stop.statement, *stop.given)
        yield looking
    finally:
        await held.rollback()
        await holding.close()
        await looking.close()


async def _until_waiting(looking: asyncpg.Connection, number: int, act: asyncio.Task[object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not act.done() and await looking.fetchval(WAITING) < number:  # noqa: ASYNC110 - a look into the database
            await asyncio.sleep(0.01)
