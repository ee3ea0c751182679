"""The policies alone, without the repositories' predicates: what each database role sees of a person."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from inzira_platform.testing.database import ServiceDatabase

Body = dict[str, Any]
Admit = Callable[..., Awaitable[Body]]
TABLES = ("person", "person_identifier", "person_name_token", "episode", "custody_fact", "sentence")


async def count(database: ServiceDatabase, table: str, role: str | None, facilities: str = "", sub: str = "") -> int:
    connection = await asyncpg.connect(database.app_dsn)
    try:
        async with connection.transaction():
            if role:
                await connection.execute(
                    "SELECT set_config('role', $1, true), set_config('app.facilities', $2, true), "
                    "set_config('app.sub', $3, true)",
                    f"intake_s_{role}",
                    facilities,
                    sub,
                )
            found: int = await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - from TABLES
            return found
    finally:
        await connection.close()


@pytest.mark.parametrize("table", TABLES)
async def test_the_policies_hold_by_themselves(admit: Admit, database: ServiceDatabase, table: str) -> None:
    await admit()
    assert await count(database, table, "facility", "HUY") > 0
    assert await count(database, table, "facility", "MUS,RUB") == 0
    assert await count(database, table, "caseload", sub="acc-x") == 0
    assert await count(database, table, "system") > 0
    for role in ("national", "oversight", "none", None):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await count(database, table, role, "HUY")


async def test_an_officer_cannot_write_into_another_facility(admit: Admit, database: ServiceDatabase) -> None:
    made = await admit()
    connection = await asyncpg.connect(database.app_dsn)
    try:
        async with connection.transaction():
            await connection.execute(
                "SELECT set_config('role', 'intake_s_facility', true), set_config('app.facilities', 'MUS', true)"
            )
            changed = await connection.execute("UPDATE episode SET facility = 'MUS' WHERE id = $1", made["episode_id"])
    finally:
        await connection.close()
    assert changed == "UPDATE 0"


@pytest.mark.parametrize("role", ["caseload", "org", "national", "oversight", "none"])
async def test_only_officers_may_ask_the_resolvers(database: ServiceDatabase, role: str) -> None:
    connection = await asyncpg.connect(database.app_dsn)
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('role', $1, true)", f"intake_s_{role}")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetchval("SELECT possible_match(NULL, NULL, 'x', NULL, NULL)")
    finally:
        await connection.close()
