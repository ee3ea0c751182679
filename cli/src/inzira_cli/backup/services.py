"""The deployables' own part in a restore, where they are installed beside us: do they know the set, and `migrate`."""

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

from inzira_cli import secret_files
from inzira_cli.backup.manifest import BackupError, Manifest
from inzira_cli.backup.restoring import Migrate
from inzira_cli.backup.tools import Address
from inzira_cli.processes import DEPLOYABLES, command, dsn, dsn_setting


def installed() -> bool:
    """Whether every deployable can be run here; an image of the command line alone has none."""
    return all(importlib.util.find_spec(f"inzira_{name}") for name in DEPLOYABLES)


async def refuse_unknown(found: Manifest) -> None:
    """Raise BackupError when a database of the set is newer than the code here, which could not serve it."""
    known = await asyncio.gather(*[_revisions(dump.database) for dump in found.dumps])
    for dump, revisions in zip(found.dumps, known, strict=True):
        if dump.revision not in revisions:
            raise BackupError(f"{dump.database} of the set is at revision {dump.revision}, unknown here. Update first.")


async def _revisions(deployable: str) -> list[str]:
    told: list[str] = json.loads(await _run(deployable, "revisions", {}))
    return told


def migrator(address: Address, secrets: Path) -> Migrate:
    """Runs `migrate` of a deployable on a database beside its own: to today's tables, and a new beginning."""

    async def migrate(deployable: str, database: str) -> None:
        own = secret_files.passwords(secrets, deployable)
        settings = {"ENVIRONMENT": "local"}
        # it opens no key: `migrate` neither signs nor decrypts
        settings |= dict.fromkeys(("JWKS_FILE", "SIGNING_KEY_FILE", "FIELD_KEY_FILE"), os.devnull)
        given = {f"{deployable.upper()}_{name}": value for name, value in settings.items()}
        for role, password in (("app", own.app), ("migrator", own.migrator)):
            home = dsn(deployable, role, password, address.server)
            given[dsn_setting(deployable, role)] = f"{home.rpartition('/')[0]}/{database}"
        await _run(deployable, "migrate", given)

    return migrate


async def _run(deployable: str, action: str, given: dict[str, str]) -> bytes:
    running = await asyncio.create_subprocess_exec(
        sys.executable, *command(deployable, action),
        env={**os.environ, **given}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        output, errors = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
    if running.returncode:
        last = "\n".join(errors.decode(errors="replace").strip().splitlines()[-5:])
        raise BackupError(f"{action} of {deployable} failed. Nothing was replaced.\n{last}")
    return output
