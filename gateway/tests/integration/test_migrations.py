"""The migrations and the models say the same, and the database is closed to whoever enters without a scope."""

import asyncpg
import pytest
from inzira_gateway.models import Base
from inzira_platform.migrate import drift
from inzira_platform.testing.database import ServiceDatabase


async def test_models_and_migrations_agree(database: ServiceDatabase) -> None:
    assert await drift(database.migrator_dsn, Base.metadata) == []


async def test_bare_login_reads_nothing(database: ServiceDatabase) -> None:
    connection = await asyncpg.connect(database.app_dsn)
    try:
        for table in ("account", "session", "refresh_token", "journey_entry", "person_head", "access_entry"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT * FROM {table}")  # noqa: S608 - names from this list
    finally:
        await connection.close()


async def test_readers_may_not_write_the_read_model(database: ServiceDatabase) -> None:
    connection = await asyncpg.connect(database.app_dsn)
    try:
        for scope in ("facility", "caseload", "org", "national", "oversight", "none"):
            await connection.execute(f"SET ROLE gateway_s_{scope}")
            for table in ("journey_entry", "person_head", "account", "access_entry", "projection"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names from this list
    finally:
        await connection.close()
