"""`inzira backup`: all databases of a stack, as they are at one moment, into a folder of one's own."""

import asyncio
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from inzira_platform.embedded import EmbeddedError

from inzira_cli.backup.cluster import DsnFileOption, PostgresOption, SecretsOption, given_address, reached
from inzira_cli.backup.manifest import BackupError
from inzira_cli.backup.taking import take
from inzira_cli.options import DEFAULT_DATA, DataOption, console, problems, run_folder
from inzira_cli.supervisor import Supervisor

DEFAULT_SETS = Path("backups")

KEEP = """\
The set holds no key and no password. Keep apart from it, and as carefully:
  intake_field.key               without it identity numbers in the set cannot be read; the set is not restored
  gateway_field.key              without it partners' webhooks cannot be signed; the set is not restored
  gateway_key.json, jwks.json    a new pair can be made: everybody signs in again
  tls.crt, tls.key               of a site with compose
Passwords of the databases are made anew. The set holds personal data: mode 0600, and encrypt where it is kept."""


def backup(
    to: Annotated[Path, typer.Option("--to", help="Folder that gets a new folder for this set.")] = DEFAULT_SETS,
    data: DataOption = DEFAULT_DATA,
    postgres: PostgresOption = None,
    admin_dsn_file: DsnFileOption = None,
    secrets: SecretsOption = None,
) -> None:
    """Back up every database to one consistent point; the stack goes on working."""
    run = run_folder(data)
    try:
        given = given_address(postgres, admin_dsn_file)
        is_up = given is not None or Supervisor(run).pid() is not None
        with nullcontext() if is_up else run.alone(), reached(run, given) as address:
            folder = asyncio.run(take(address, secrets or run.secrets, to, console.print))
    except (BackupError, EmbeddedError, OSError, asyncpg.PostgresError) as problem:
        problems.print(f"[red]No backup was made.[/red] {problem}", soft_wrap=True)
        raise typer.Exit(1) from problem
    console.print(f"The backup is in {folder}", soft_wrap=True)
    console.print(KEEP, soft_wrap=True)
