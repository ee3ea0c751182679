"""Running a service's Alembic migrations over asyncpg, and checking that its models are in step with them."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, pool, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from inzira_platform.migrations import differences
from inzira_platform.settings import as_sqlalchemy

LOCK = 0x1A21B  # replicas that start together migrate one after the other


async def migrate(dsn: str, migrations: Path, revision: str = "head") -> None:
    """Bring the database at `dsn` (migrator role) to `revision`; repeating it changes nothing."""

    def upgrade(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(_config(migrations, connection), revision)

    await _with_connection(dsn, upgrade)


async def drift(dsn: str, metadata: MetaData) -> list[Any]:
    """Differences between the models and the migrated database; empty when they are in step."""
    found: list[Any] = []
    await _with_connection(dsn, lambda connection: found.extend(differences(connection, metadata)))
    return found


def revisions(migrations: Path) -> list[str]:
    """Every revision there is, the newest first; needs no database."""
    return [script.revision for script in ScriptDirectory(str(migrations)).walk_revisions()]


async def _with_connection(dsn: str, work: Any) -> None:  # noqa: ANN401 - a callable on a sync connection
    engine = create_async_engine(as_sqlalchemy(dsn), poolclass=pool.NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()


def _config(migrations: Path, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
