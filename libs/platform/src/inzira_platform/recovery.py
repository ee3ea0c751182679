"""A restored database begins anew: its journal goes out again, and records from before the restore are refused.

Whoever restores marks the database (`mark`); `migrate`, which runs before every start, does the rest in one
transaction. docs/adr/0007 has the argument.
"""

from datetime import UTC, datetime

import asyncpg
from inzira_contracts.topics import topics
from sqlalchemy import pool, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession as SQLModelSession

from inzira_platform.auth import system
from inzira_platform.clock import Clock
from inzira_platform.logging import log
from inzira_platform.migrate import LOCK
from inzira_platform.relay import REFILL
from inzira_platform.scope import enter_scope
from inzira_platform.service import Service
from inzira_platform.settings import as_sqlalchemy

SETTING = "inzira.begin_anew"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)

KNOWN = "SELECT greatest((SELECT max(epoch) FROM relay_epoch), (SELECT max(epoch) FROM consumed_epoch), 0)"
NEW_EPOCH = text(
    "INSERT INTO relay_epoch(one, epoch) VALUES (1, :epoch) "
    "ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch, since = now()"
)
FLOOR = text(
    "INSERT INTO consumed_epoch(consumer, topic, partition, source, epoch) "
    "SELECT :consumer, :topic, partition, :source, :epoch FROM generate_series(0, :partitions - 1) AS partition "
    "ON CONFLICT (consumer, topic, partition, source) DO UPDATE SET epoch = excluded.epoch"
)


def next_epoch(known: int, now: datetime) -> int:
    """A log epoch above every one there was: above those `known`, and above the seconds since 2020.

    The epochs of a history that was lost with its databases are not known. Each began at such a number of seconds and
    grew by one per log lost, which takes longer than a second; so `now` is beyond them all.
    """
    return max(known, int((now - BEGINNING).total_seconds())) + 2


async def mark(admin: asyncpg.Connection, database: str, epoch: int) -> None:
    """Note in `database` that it was restored and begins anew at `epoch`; `admin` may alter it."""
    # the number is ours and the name is one of our own databases: ALTER DATABASE takes no parameters
    await admin.execute(f"ALTER DATABASE \"{database}\" SET {SETTING} = '{epoch:d}'")


async def begin_anew(service: Service, app_dsn: str, clock: Clock) -> int | None:
    """Begin anew if the database is marked and has not done so yet; the epoch, or None when there was nothing to do."""
    engine = create_async_engine(as_sqlalchemy(app_dsn), poolclass=pool.NullPool)
    sessions = async_sessionmaker(engine, class_=SQLModelSession, expire_on_commit=False)
    try:
        async with sessions() as session, session.begin():
            session.info["clock"] = clock
            await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            await enter_scope(session, service.name, system(service.name))
            return await _begin(session, service, clock)
    finally:
        await engine.dispose()


async def _begin(session: AsyncSession, service: Service, clock: Clock) -> int | None:
    marked = (await session.execute(text("SELECT current_setting(:name, true)"), {"name": SETTING})).scalar()
    epoch = int(marked or 0)
    if epoch <= ((await session.execute(text("SELECT epoch FROM relay_epoch"))).scalar() or 0):
        return None
    await session.execute(NEW_EPOCH, {"epoch": epoch})
    await session.execute(text("DELETE FROM relay_log"))
    await session.execute(text(REFILL))
    await _refuse_before(session, service, epoch)
    if service.begin_anew is not None:
        await service.begin_anew(session, clock)
    log().warning("database.begins_anew", epoch=epoch)
    return epoch


async def _refuse_before(session: AsyncSession, service: Service, epoch: int) -> None:
    """Keep the epoch just below the new one: older records are passed over, the first new one rewinds as always."""
    for name in service.topics:
        topic = topics()[name]
        if not topic.sequenced:
            continue
        for source in topic.producers:
            values = {"consumer": service.consumer, "topic": name, "source": source, "epoch": epoch - 1}
            await session.execute(FLOOR, {**values, "partitions": topic.partitions})
