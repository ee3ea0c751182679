"""`inzira secrets`: make the secret files of a site, once."""

import os
from pathlib import Path
from typing import Annotated

import typer
from inzira_platform.embedded import write_secret

from inzira_cli import secret_files
from inzira_cli.compose import USER, secret_of
from inzira_cli.options import console
from inzira_cli.processes import DEPLOYABLES, dsn, dsn_setting


def secrets(
    folder: Annotated[Path, typer.Argument(help="Where they are kept; closed to others.")] = Path("deploy/secrets"),
    postgres: Annotated[str, typer.Option(help="host:port of PostgreSQL as the services see it.")] = "postgres:5432",
) -> None:
    """Make every password and key not there yet, and the addresses holding them. Keeps what is there."""
    secret_files.make_all(folder)
    administrator = secret_files.once(folder / "postgres.password", secret_files.new_password)
    write_secret(folder / "postgres_admin_dsn", f"postgresql://postgres:{administrator}@{postgres}/postgres")
    for deployable in DEPLOYABLES:
        own = secret_files.passwords(folder, deployable)
        for role, password in (("app", own.app), ("migrator", own.migrator)):
            path = folder / secret_of(dsn_setting(deployable, role))
            write_secret(path, dsn(deployable, role, password, postgres))
    _hand_over(folder)
    console.print(f"Secrets are in {folder}. Put the certificate there too: tls.crt and tls.key.")


def _hand_over(folder: Path) -> None:
    """Compose mounts these files with the owner they have: it must be the user of the containers."""
    if os.geteuid() == 0:
        user, group = map(int, USER.split(":"))
        for path in (folder, *folder.iterdir()):
            os.chown(path, user, group)
