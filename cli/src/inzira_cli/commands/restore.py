"""`inzira restore`: the databases as a backup set holds them, whole or not at all."""

import asyncio
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from inzira_platform.embedded import EmbeddedError

from inzira_cli.backup import manifest, services
from inzira_cli.backup.cluster import DsnFileOption, PostgresOption, SecretsOption, given_address, reached
from inzira_cli.backup.manifest import BackupError, Manifest
from inzira_cli.backup.restoring import Wanted
from inzira_cli.backup.restoring import restore as restore_set
from inzira_cli.options import DEFAULT_DATA, DataOption, console, problems, run_folder
from inzira_cli.processes import DEFAULT_BASE_PORT
from inzira_cli.run_folder import RunFolder
from inzira_cli.supervisor import Supervisor, end, left_behind

AFTERWARDS = """\
What happened after {made_at:%Y-%m-%d %H:%M:%S} UTC is not in these databases.
Start the stack: its journals are published again, and what the broker still holds from later is refused.
Everybody signs in again; partners are told to list their persons anew.
What was taken back since then stands again: disabled accounts, suspended partners and keys, withdrawn consents.
Look these over first."""


def restore(
    folder: Annotated[Path, typer.Argument(help="The set: a folder that `inzira backup` made.", file_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Give up the databases that are there.")] = False,
    data: DataOption = DEFAULT_DATA,
    postgres: PostgresOption = None,
    admin_dsn_file: DsnFileOption = None,
    secrets: SecretsOption = None,
    base_port: Annotated[
        int, typer.Option(help="Port of the gateway of this stack.", envvar="INZIRA_BASE_PORT")
    ] = DEFAULT_BASE_PORT,
) -> None:
    """Restore every database of a stack that is down, from a set that is verified first."""
    run = run_folder(data)
    try:
        with run.alone():
            _free(run)
            with reached(run, given_address(postgres, admin_dsn_file), base_port) as address:
                done = asyncio.run(_restore(Wanted(folder, address, secrets or run.secrets, replace)))
    except (BackupError, EmbeddedError, OSError, asyncpg.PostgresError) as problem:
        problems.print(f"[red]Not restored.[/red] {problem}", soft_wrap=True)
        raise typer.Exit(1) from problem
    console.print(AFTERWARDS.format(made_at=done.made_at), soft_wrap=True)


def _free(run: RunFolder) -> None:
    """Nothing of the stack runs from here on. Raises BackupError when it is up."""
    if Supervisor(run).pid():
        raise BackupError("The stack is up. Stop it first: `inzira down`.")
    end(left_behind(run))  # of a stack or a restore that was killed


async def _restore(wanted: Wanted) -> Manifest:
    if not services.installed():
        console.print("The services are not installed here: their `migrate` must run before they start.")
        return await restore_set(wanted, None, console.print)
    await services.refuse_unknown(manifest.read(wanted.folder))
    return await restore_set(wanted, services.migrator(wanted.address, wanted.secrets), console.print)
