"""`inzira provision`: databases and roles of every deployable, on a PostgreSQL of one's own."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from inzira_platform.provision import Passwords
from inzira_platform.provision import provision as provision_one

from inzira_cli.options import console
from inzira_cli.processes import DEPLOYABLES


def provision(
    admin_dsn_file: Annotated[
        Path,
        typer.Option(help="File with the administrator's address of the cluster.", envvar="INZIRA_POSTGRES_DSN_FILE"),
    ],
    secrets: Annotated[Path, typer.Option(help="Folder of the password files (`inzira secrets` makes them).")],
) -> None:
    """Create or bring up to date the databases and roles. May be repeated."""
    asyncio.run(_provision_all(admin_dsn_file.read_text(encoding="ascii").strip(), secrets))


async def _provision_all(admin_dsn: str, secrets: Path) -> None:
    for deployable in DEPLOYABLES:
        await provision_one(admin_dsn, deployable, _passwords(secrets, deployable))
        console.print(f"{deployable}: database and roles are in place")


def _passwords(folder: Path, deployable: str) -> Passwords:
    # read only: the folder of a container cannot be written
    return Passwords(
        app=(folder / f"{deployable}_app.password").read_text(encoding="ascii").strip(),
        migrator=(folder / f"{deployable}_migrator.password").read_text(encoding="ascii").strip(),
    )
