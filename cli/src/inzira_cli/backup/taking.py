"""Making a backup set: one moment in all databases, a dump of each, and a manifest written last."""

import asyncio
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from inzira_cli.backup import keys
from inzira_cli.backup.manifest import FORMAT, BackupError, Dump, Manifest, digest, in_megabytes, product
from inzira_cli.backup.snapshots import Moment, Snapshot, one_moment
from inzira_cli.backup.tools import Address, Tool, find, run

Report = Callable[[str], None]
PARTIAL = ".partial"
MAJOR = 10_000
"""PostgreSQL counts its versions in ten thousands: 18.6 is 180006."""
SAYS_EVERY_SECONDS = 5.0


async def take(address: Address, secrets: Path, to: Path, report: Report) -> Path:
    """Back up every database of the stack at `address` into a new folder under `to`; that folder.

    `secrets` holds the key of encrypted fields, of which only the fingerprint goes into the set. The folder has its
    final name only when all of it is on the disk. Raises BackupError and OSError.
    """
    began = datetime.now(UTC)
    folder = to / f"inzira-{began:%Y%m%dT%H%M%SZ}"
    partial = folder.with_name(folder.name + PARTIAL)
    field_keys = keys.fingerprints(secrets)
    server = await _server_version(address)
    tool = find("pg_dump", server // MAJOR)
    _make(partial)
    try:
        async with one_moment(address) as moment:
            report(f"all databases at one moment; consumers waited {moment.held_ms:.0f} ms")
            dumps = [await _dump(address, tool, moment, name, partial, report) for name in moment.snapshots]
        Manifest(
            format=FORMAT, product=product(), made_at=moment.at, postgres=server, pg_dump=tool.version,
            held_ms=moment.held_ms, field_keys=field_keys, dumps=dumps,
        ).write(partial)  # fmt: skip
        _to_disk(partial)
        partial.rename(folder)
        _to_disk(to)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return folder


def _make(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)


async def _server_version(address: Address) -> int:
    try:
        admin = await asyncpg.connect(address.dsn, timeout=10)
    except (OSError, TimeoutError) as error:
        raise BackupError(f"PostgreSQL at {address.server} does not answer.") from error
    try:
        # row-level security hides rows from everybody else: a dump would fail, or worse, be short
        if not await admin.fetchval("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"):
            raise BackupError("The administrator's login must be superuser, or have BYPASSRLS, to read every row.")
        return int(await admin.fetchval("SHOW server_version_num"))
    finally:
        await admin.close()


async def _dump(address: Address, tool: Tool, moment: Moment, name: str, folder: Path, report: Report) -> Dump:
    began, snapshot, path = time.monotonic(), moment.snapshots[name], folder / f"{name}.dump"
    path.touch(mode=0o600)  # pg_dump keeps the mode of a file that is there
    telling = asyncio.create_task(_tell(path, report))
    try:
        await run(tool, address, "--format=custom", f"--snapshot={snapshot.name}", f"--file={path}",
                  f"--dbname={address.open_to_all(name)}")  # fmt: skip
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling
    dump = await asyncio.to_thread(_described, name, path, snapshot)
    report(f"{name}: {in_megabytes(dump.bytes)}, {dump.journal_rows} events, {time.monotonic() - began:.1f} s")
    return dump


async def _tell(path: Path, report: Report) -> None:
    """Say how far a long dump is."""
    while True:
        await asyncio.sleep(SAYS_EVERY_SECONDS)
        report(f"{path.stem}: {in_megabytes(_size(path))} so far")


def _size(path: Path) -> int:
    return path.stat().st_size


def _described(name: str, path: Path, snapshot: Snapshot) -> Dump:
    return Dump(
        database=name, file=path.name, bytes=path.stat().st_size, sha256=digest(path), revision=snapshot.revision,
        journal_rows=snapshot.journal_rows, highest_seq=snapshot.highest_seq, applied_rows=snapshot.applied_rows,
        epoch=snapshot.epoch,
    )  # fmt: skip


def _to_disk(folder: Path) -> None:
    """The names in a folder survive a power cut from here on."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
