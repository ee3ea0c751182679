"""Restoring a set: beside what is there, and swapped in by one transaction when all of it is whole.

Broken off anywhere before the swap, nothing has changed and the next attempt begins anew; after it, all is done.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg
from inzira_platform.provision import provision
from inzira_platform.recovery import KNOWN, mark, next_epoch

from inzira_cli import secret_files
from inzira_cli.backup import keys, manifest
from inzira_cli.backup.manifest import BackupError, Dump, Manifest
from inzira_cli.backup.taking import MAJOR, Report
from inzira_cli.backup.tools import Address, Tool, find, run
from inzira_cli.processes import DEPLOYABLES

RESTORING: Final = "_restoring"
REPLACED: Final = "_replaced"
ORIGIN: Final = "inzira.restored_from"
LOCK: Final = 0x1A21C
JOBS: Final = 2

Migrate = Callable[[str, str], Awaitable[None]]
"""Brings the database (second) of a deployable (first) up to date and lets it begin anew."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to restore, where to, with which password files, and whether what is there may go."""

    folder: Path
    address: Address
    secrets: Path
    replace: bool


async def restore(wanted: Wanted, migrate: Migrate | None, report: Report) -> Manifest:
    """Restore a set as the databases of the stack, which must not be running; what was restored.

    Without `migrate` the databases are left marked, and begin anew when `migrate` is run before their start.
    Raises BackupError with nothing changed.
    """
    found = manifest.read(wanted.folder)
    keys.check(wanted.secrets, found)
    if datetime.now(UTC) < found.made_at:
        raise BackupError("The clock of this machine is before the time of the backup. Put it right first.")
    admin = await _connected(wanted.address)
    try:
        await _refuse_if_not_free(admin, wanted, found)
        await asyncio.to_thread(manifest.verify, wanted.folder, found, report)
        tool = find("pg_restore", int(found.pg_dump.partition(".")[0]))
        epoch = await _epoch(wanted.address, found, admin)
        await _drop(admin, [name + ending for name in DEPLOYABLES for ending in (RESTORING, REPLACED)])
        for dump in found.dumps:
            await _restore_one(wanted, tool, dump, found, epoch, report)
            if migrate is not None:
                await migrate(dump.database, dump.database + RESTORING)
        await _swap(admin)
        report("swapped in")
        await _tidy(admin, report)
    finally:
        await admin.close()
    return found


async def _connected(address: Address) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(address.dsn, timeout=10)
    except (OSError, TimeoutError) as error:
        raise BackupError(f"PostgreSQL at {address.server} does not answer.") from error


async def _refuse_if_not_free(admin: asyncpg.Connection, wanted: Wanted, found: Manifest) -> None:
    if not await admin.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
        raise BackupError("Another restore is under way on this PostgreSQL.")
    if int(await admin.fetchval("SHOW server_version_num")) // MAJOR < found.postgres // MAJOR:
        raise BackupError(f"The set is of PostgreSQL {found.postgres // MAJOR}; this one is older.")
    users = "SELECT count(*) FROM pg_stat_activity WHERE datname = ANY($1)"
    if count := await admin.fetchval(users, list(DEPLOYABLES)):
        raise BackupError(f"The databases are in use ({count} connections). Stop the stack first: `inzira down`.")
    if not wanted.replace and await _is_filled(admin, wanted.address):
        origin = await _origin(admin)
        done = " They hold a restored copy of this very set." if origin == found.checksum else ""
        raise BackupError(f"There are databases already.{done} To put the set in their place, say --replace.")


async def _present(admin: asyncpg.Connection, names: Sequence[str] = DEPLOYABLES) -> list[str]:
    rows = await admin.fetch("SELECT datname FROM pg_database WHERE datname = ANY($1)", list(names))
    return [row["datname"] for row in rows]


async def _is_filled(admin: asyncpg.Connection, address: Address) -> bool:
    """Whether a database has tables: one that was only provisioned may be replaced without a word."""
    for name in await _present(admin):
        inside = await asyncpg.connect(address.at(name))
        try:
            if await inside.fetchval("SELECT to_regclass('public.outbox') IS NOT NULL"):
                return True
        finally:
            await inside.close()
    return False


async def _origin(admin: asyncpg.Connection) -> str | None:
    """Checksum of the set all databases were restored from; None when there is no one such."""
    rows = await admin.fetch(
        "SELECT substr(line, length($2) + 2) AS origin FROM pg_database d JOIN pg_db_role_setting s "
        "ON s.setdatabase = d.oid AND s.setrole = 0, unnest(s.setconfig) AS line "
        "WHERE d.datname = ANY($1) AND line LIKE $2 || '=%'",
        list(DEPLOYABLES),
        ORIGIN,
    )
    origins = {row["origin"] for row in rows}
    return origins.pop() if len(rows) == len(DEPLOYABLES) and len(origins) == 1 else None


async def _epoch(address: Address, found: Manifest, admin: asyncpg.Connection) -> int:
    """A log epoch beyond that of every history: of the set, of what is replaced, and of what is lost."""
    known = [dump.epoch for dump in found.dumps]
    for name in await _present(admin):
        inside = await asyncpg.connect(address.at(name))
        try:
            with suppress(asyncpg.UndefinedTableError):
                known.append(int(await inside.fetchval(KNOWN)))
        finally:
            await inside.close()
    return next_epoch(max(known), datetime.now(UTC))


async def _drop(admin: asyncpg.Connection, names: Sequence[str]) -> None:
    for name in await _present(admin, names):
        # a pg_restore that outlived a killed command may still be in it
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


async def _tidy(admin: asyncpg.Connection, report: Report) -> None:
    """Remove what was replaced. All is done by now: what cannot be removed is left to the next restore."""
    try:
        await _drop(admin, [name + REPLACED for name in DEPLOYABLES])
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        report(f"the databases that were replaced are still there, named …{REPLACED} ({type(error).__name__})")


async def _restore_one(wanted: Wanted, tool: Tool, dump: Dump, found: Manifest, epoch: int, report: Report) -> None:
    began, name = time.monotonic(), dump.database + RESTORING
    passwords = secret_files.passwords(wanted.secrets, dump.database)
    await provision(wanted.address.dsn, dump.database, passwords, database=name)
    await run(tool, wanted.address, "--exit-on-error", f"--jobs={JOBS}",
              f"--dbname={wanted.address.open_to_all(name)}", str(wanted.folder / dump.file))  # fmt: skip
    inside = await asyncpg.connect(wanted.address.at(name))
    try:
        await _compare(inside, dump)
        await inside.execute("ANALYZE")
        await mark(inside, name, epoch)
        await inside.execute(f"ALTER DATABASE \"{name}\" SET {ORIGIN} = '{found.checksum}'")
    finally:
        await inside.close()
    report(f"{dump.database}: {dump.journal_rows} events restored, {time.monotonic() - began:.1f} s")


async def _compare(inside: asyncpg.Connection, dump: Dump) -> None:
    """Raise BackupError when the journal is not the one the manifest counted."""
    row = await inside.fetchrow(
        "SELECT (SELECT count(*) FROM outbox), (SELECT coalesce(max(seq), 0) FROM outbox), "
        "(SELECT count(*) FROM inbox), (SELECT version_num FROM alembic_version)"
    )
    if tuple(row) != (dump.journal_rows, dump.highest_seq, dump.applied_rows, dump.revision):
        raise BackupError(f"{dump.database} does not hold what its manifest counted. Nothing was replaced.")


async def _swap(admin: asyncpg.Connection) -> None:
    """All databases change places in one transaction."""
    present = await _present(admin)
    try:
        async with admin.transaction():
            for name in present:
                await admin.execute(f'ALTER DATABASE "{name}" RENAME TO "{name}{REPLACED}"')
            for name in DEPLOYABLES:
                await admin.execute(f'ALTER DATABASE "{name}{RESTORING}" RENAME TO "{name}"')
    except asyncpg.ObjectInUseError as error:
        raise BackupError("Somebody connected to a database meanwhile. Nothing was replaced; begin again.") from error
