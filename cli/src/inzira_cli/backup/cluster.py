"""The PostgreSQL a backup is taken from or restored to: one's own, or that of the run folder, running or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from inzira_platform.embedded import EmbeddedPostgres

from inzira_cli import secret_files
from inzira_cli.backup.manifest import BackupError
from inzira_cli.backup.tools import Address
from inzira_cli.processes import DEFAULT_BASE_PORT, POSTGRES_OFFSET
from inzira_cli.run_folder import RunFolder, Stack
from inzira_cli.supervisor import MARK, Supervisor

PostgresOption = Annotated[
    str | None,
    typer.Option("--postgres", help="Administrator's address of your own PostgreSQL.", envvar="INZIRA_POSTGRES_DSN"),
]
DsnFileOption = Annotated[
    Path | None,
    typer.Option("--admin-dsn-file", help="The same, in a file.", envvar="INZIRA_POSTGRES_DSN_FILE"),
]
SecretsOption = Annotated[
    Path | None,
    typer.Option("--secrets", help="Folder of passwords and keys; by default that of the stack."),
]


def given_address(postgres: str | None, dsn_file: Path | None) -> Address | None:
    """The address of one's own PostgreSQL; None when that of the run folder is meant."""
    if postgres is None and dsn_file is not None:
        postgres = dsn_file.read_text(encoding="ascii").strip()
    return Address(postgres) if postgres else None


class _Marked(EmbeddedPostgres):
    """As the supervisor starts it: should this command be killed, `inzira down` finds and ends it."""

    run: Path

    def environment(self) -> dict[str, str]:
        return {**super().environment(), MARK: str(self.run)}


@contextmanager
def reached(run: RunFolder, given: Address | None, base_port: int | None = None) -> Iterator[Address]:
    """The address of a PostgreSQL that answers.

    That of the run folder is started when the stack is down, and stopped again (hold `RunFolder.alone`); with
    ``base_port`` it is made when it is not there. Raises BackupError, EmbeddedError and OSError.
    """
    if given is not None:
        yield given
        return
    data = run.path / "postgres"
    if base_port is None and not (data / "PG_VERSION").exists():
        raise BackupError(f"There is no database in {run.path}. Name your own PostgreSQL with --postgres.")
    run.create()
    password = secret_files.once(run.secrets / "postgres.password", secret_files.new_password)
    stack = run.recall()
    port = _port(stack) if stack else (base_port or DEFAULT_BASE_PORT) + POSTGRES_OFFSET
    postgres = _Marked(data, port, password=password)
    postgres.run = run.path
    if Supervisor(run).pid() is not None:
        yield Address(postgres.dsn)
        return
    postgres.start()
    try:
        yield Address(postgres.dsn)
    finally:
        postgres.stop()


def _port(stack: Stack) -> int:
    return int(stack.postgres.rpartition(":")[2])
