"""A database as an installation has it before an upgrade: at an older revision, and filled."""

import io
import os
from pathlib import Path

import asyncpg

from inzira_platform.embedded import EmbeddedPostgres
from inzira_platform.migrate import migrate
from inzira_platform.provision import Passwords, provision
from inzira_platform.service import Service
from inzira_platform.testing.database import ServiceDatabase

COLUMNS = """
SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'alembic_version'
GROUP BY c.relname ORDER BY c.relname
"""


async def database_at(service: Service, postgres: EmbeddedPostgres, revision: str) -> ServiceDatabase:
    """An empty database of `service` as its migrations made it up to `revision`."""
    name = f"{service.name}_{os.urandom(5).hex()}"
    await provision(postgres.dsn, service.name, Passwords("app", "migrator"), database=name)
    made = ServiceDatabase(service.name, name, postgres)
    await migrate(made.migrator_dsn, service.migrations or Path(), revision)
    return made


async def fill(older: ServiceDatabase, like: ServiceDatabase) -> None:
    """Give the older database every row of the other one, in the columns and tables that it has already.

    Raises asyncpg.PostgresError where such a row does not fit into it.
    """
    source, target = await asyncpg.connect(like.admin_dsn), await asyncpg.connect(older.admin_dsn)
    try:
        async with target.transaction():
            await target.execute("SET LOCAL session_replication_role = replica")  # in any order of the tables
            for table in await target.fetch(COLUMNS):
                await target.execute(f"DELETE FROM {table['name']}")  # noqa: S608 - what migrations put there
                await _copy(source, target, table["name"], table["columns"])
    finally:
        await source.close()
        await target.close()


async def upgrade(older: ServiceDatabase, service: Service) -> None:
    """Every migration since, as the migrate job runs them."""
    await migrate(older.migrator_dsn, service.migrations or Path())


async def _copy(source: asyncpg.Connection, target: asyncpg.Connection, table: str, columns: list[str]) -> None:
    kept = io.BytesIO()
    named = ", ".join(f'"{column}"' for column in columns)
    await source.copy_from_query(f"SELECT {named} FROM {table}", output=kept, format="binary")  # noqa: S608 - catalogue names
    kept.seek(0)
    await target.copy_to_table(table, source=kept, columns=columns, format="binary")
