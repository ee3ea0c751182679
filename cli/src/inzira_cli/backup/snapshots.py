"""One moment in five databases (docs/adr/0007).

An event reaches a database from another one through its `inbox` only, and the read model's rebuild through
`projection`. While nobody may write to these, nothing crosses from one database to another; snapshots taken then, in
any order, never hold an effect whose cause is not in its producer's journal. Writers of requests are not held up.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import asyncpg
from inzira_platform.migrate import LOCK as MIGRATION_LOCK
from inzira_platform.recovery import KNOWN

from inzira_cli.backup.manifest import BackupError
from inzira_cli.backup.tools import Address
from inzira_cli.processes import DEPLOYABLES, GATEWAY

DOORS: Final = {name: ("inbox", "projection") if name == GATEWAY else ("inbox",) for name in DEPLOYABLES}
TRIES: Final = 10
PATIENCE_MS: Final = 3000
"""A consumer in the middle of a batch is waited for this long; those behind it wait as well, so it is not more."""

FACTS: Final = f"""
SELECT pg_export_snapshot() AS snapshot, (SELECT version_num FROM alembic_version) AS revision,
 (SELECT count(*) FROM outbox) AS journal_rows, (SELECT coalesce(max(seq), 0) FROM outbox) AS highest_seq,
 (SELECT count(*) FROM inbox) AS applied_rows, ({KNOWN}) AS epoch
"""  # noqa: S608 -- both parts are ours


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One database as it was: the name by which pg_dump sees the same, and what the manifest tells of it."""

    name: str
    revision: str
    journal_rows: int
    highest_seq: int
    applied_rows: int
    epoch: int


@dataclass(slots=True)
class Moment:
    """The snapshots of all databases; they last as long as their connections."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    held_ms: float = 0.0
    snapshots: dict[str, Snapshot] = field(default_factory=dict)


@asynccontextmanager
async def one_moment(address: Address) -> AsyncIterator[Moment]:
    """Snapshots of all databases at one consistent point. Raises BackupError, and asyncpg's errors as they are."""
    async with AsyncExitStack() as kept:
        readers = {name: await _connected(kept, address, name) for name in DEPLOYABLES}
        for reader in readers.values():
            # no migration may change the tables under pg_dump; taken before the pause, as it may have to wait
            await reader.execute("SELECT pg_advisory_lock_shared($1)", MIGRATION_LOCK)
        holders = {name: await _connected(kept, address, name) for name in DEPLOYABLES}
        yield await _taken(readers, holders)


async def _connected(kept: AsyncExitStack, address: Address, name: str) -> asyncpg.Connection:
    patient = {"idle_in_transaction_session_timeout": "0", "statement_timeout": "0"}
    settings = {**patient, "lock_timeout": str(PATIENCE_MS), "application_name": "inzira-backup"}
    connection = await asyncpg.connect(address.at(name), server_settings=settings, timeout=10)
    kept.push_async_callback(connection.close)
    return connection


async def _taken(readers: dict[str, asyncpg.Connection], holders: dict[str, asyncpg.Connection]) -> Moment:
    for attempt in range(TRIES):
        moment = Moment()
        try:
            began = time.monotonic()
            await _close_doors(holders)
            for reader in readers.values():  # the gateway is the last: services name its accounts
                await reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                await reader.fetchval("SELECT 1 FROM alembic_version")  # the snapshot is of this statement
            moment.held_ms = round((time.monotonic() - began) * 1000, 1)
        except asyncpg.LockNotAvailableError:
            await asyncio.sleep(0.5 * (attempt + 1))
            continue
        finally:
            await asyncio.gather(*[_open_doors(holder) for holder in holders.values()])
        for name, reader in readers.items():
            row = await reader.fetchrow(FACTS)
            facts = {key: row[key] for key in ("revision", "journal_rows", "highest_seq", "applied_rows", "epoch")}
            moment.snapshots[name] = Snapshot(row["snapshot"], **facts)
        return moment
    raise BackupError("Consumers are busy with long batches; no quiet moment was found. Try again in a while.")


async def _close_doors(holders: dict[str, asyncpg.Connection]) -> None:
    ends = await asyncio.gather(*[_close_door(one, name) for name, one in holders.items()], return_exceptions=True)
    for end in ends:  # all have ended: none is still waiting for its lock
        if isinstance(end, BaseException):
            raise end


async def _close_door(holder: asyncpg.Connection, name: str) -> None:
    await holder.execute("BEGIN")
    await holder.execute(f"LOCK TABLE {', '.join(DOORS[name])} IN SHARE MODE")


async def _open_doors(holder: asyncpg.Connection) -> None:
    if holder.is_in_transaction():
        await holder.execute("ROLLBACK")
