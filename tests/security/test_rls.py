"""The net under the code: what each database lets a login, a role without context, and a crowd on few connections see.

security.md 10.6 and 10.7.
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from catalogue import KEEPERS, UNPROTECTED, tables_of
from crowds import FACILITIES, QUESTIONS, populate
from fleet import SERVICES, Deployed, Ground
from inzira_platform.provision import SCOPES, Passwords, provision, scope_role
from seeds import seed

POOL = 4
ENTER_FACILITY = "SELECT set_config('role', $1, true), set_config('app.facilities', $2, true)"
SELECT_CONTEXT = """
SELECT current_user AS login, current_setting('role') AS role, coalesce(current_setting('app.sub', true), '')
|| coalesce(current_setting('app.facilities', true), '') || coalesce(current_setting('app.org', true), '') AS context
"""


@pytest.fixture(params=sorted(SERVICES))
async def deployed(request: pytest.FixtureRequest, ground: Ground) -> AsyncIterator[Deployed]:
    """Each deployable in turn, with a few facts and a small pool."""
    async with ground.deployed(request.param, door=False, database_pool=POOL) as running:
        yield running


async def test_every_table_about_persons_is_protected(deployed: Deployed) -> None:
    """Row-level security enabled and forced, or on the reviewed list and read by nobody whose reach is limited."""
    tables = await tables_of(deployed.database)
    assert {t.name for t in tables if not t.forced} <= set(UNPROTECTED)
    open_to = {t.name: t.readers - KEEPERS for t in tables if t.about_persons and not t.forced}
    assert {name: readers for name, readers in open_to.items() if readers} == {}
    content = {t.name: t.readers - KEEPERS for t in tables if t.name in ("outbox", "parked_event", "inbox")}
    assert not any(content.values()), content
    assert {t.owner for t in tables} == {f"{deployed.service.name}_owner"}
    loose = await deployed.database.rows(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' "
        "AND (c.relkind IN ('m', 'f') OR c.relkind = 'v' AND NOT coalesce(c.reloptions @> '{security_invoker=true}', "
        "false))"
    )
    assert loose == []


async def test_the_login_is_nobody(deployed: Deployed) -> None:
    """No inheritance, no power, no property: it only may become one of its own scope roles."""
    database, app = deployed.database, f"{deployed.service.name}_app"
    rights = await database.rows(
        "SELECT rolinherit, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles "
        "WHERE rolname = $1",
        app,
    )
    assert not any(rights[0].values())
    members = await database.rows(
        "SELECT r.rolname AS role, m.inherit_option, m.admin_option, r.rolsuper, r.rolbypassrls, r.rolcanlogin "
        "FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = $1::regrole",
        app,
    )
    assert {row["role"] for row in members} == {scope_role(deployed.service.name, kind) for kind in SCOPES}
    assert not any(value for row in members for name, value in row.items() if name != "role")
    owned = await database.value("SELECT count(*) FROM pg_shdepend WHERE refobjid = $1::regrole AND deptype = 'o'", app)
    assert owned == 0


async def test_the_bare_login_reads_and_writes_nothing(deployed: Deployed) -> None:
    """Without a role every table refuses, whatever is asked."""
    await seed(deployed)
    connection = await asyncpg.connect(deployed.database.app_dsn)
    try:
        for table in await tables_of(deployed.database):
            for statement in (f"SELECT * FROM {table.name}", f"DELETE FROM {table.name}", f"TRUNCATE {table.name}"):  # noqa: S608 - catalogue names
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        for statement in (
            "CREATE TABLE mine (id int)",
            "SET ROLE pg_read_all_data",
            "SET row_security = off; SELECT 1",
        ):
            if "row_security" not in statement:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_role_without_context_sees_nobody(deployed: Deployed) -> None:
    """The roles of a limited reach, entered without saying who asks: no person in any table."""
    await populate(deployed)
    persons = [table for table in await tables_of(deployed.database) if table.about_persons]
    filled = {
        table.name
        for table in persons
        if await deployed.database.value(f"SELECT count(*) FROM {table.name}")  # noqa: S608 - catalogue names
    }
    assert filled
    connection = await asyncpg.connect(deployed.database.app_dsn)
    try:
        for kind in ("facility", "caseload", "org", "none", "partner"):
            for name in filled:
                assert await _count(connection, scope_role(deployed.service.name, kind), name) in (0, None), (
                    kind,
                    name,
                )
    finally:
        await connection.close()


@pytest.mark.parametrize("name", ["curriculum", "tvet"])
async def test_whoever_may_hold_a_person_still_cannot_change_them(ground: Ground, name: str) -> None:
    """An officer's role locks where a person of their facility is, for the time of a request, and writes nothing."""
    async with ground.deployed(name, door=False) as running:
        await populate(running)
        connection = await asyncpg.connect(running.database.app_dsn)
        try:
            async with connection.transaction():
                await connection.execute(ENTER_FACILITY, scope_role(name, "facility"), FACILITIES[0])
                held = await connection.fetch("SELECT person_id FROM participant FOR SHARE")
                assert held
                for change in ("person_id = person_id", "facility = facility"):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        async with connection.transaction():
                            await connection.execute(f"UPDATE participant SET {change}")  # noqa: S608 - as above
        finally:
            await connection.close()


async def _count(connection: asyncpg.Connection, role: str, table: str) -> int | None:
    """Rows a role sees; None where it may not look."""
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('role', $1, true)", role)
            found: int = await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - catalogue names
            return found
    except asyncpg.InsufficientPrivilegeError:
        return None


async def test_a_crowd_on_four_connections_sees_only_its_own(deployed: Deployed) -> None:
    """200 requests at once of officers of four facilities, some of them breaking off: no row crosses, nothing stays."""
    populated = await populate(deployed)
    dice = random.Random(7)  # noqa: S311 - repeatable on purpose
    crossed: list[str] = []
    shown = 0

    async def ask(number: int) -> None:
        nonlocal shown
        facility = FACILITIES[number % len(FACILITIES)]
        question = QUESTIONS[deployed.service.name]
        caller = deployed.api.as_(question.role, facility=facility, sub=f"acc-{facility}")
        answer = await caller.get(question.path(populated, facility, dice))
        text = answer.text
        mine = populated[facility]
        shown += any(mark in text for mark in mine)
        others = [mark for other, marks in populated.items() if other != facility for mark in marks if mark in text]
        if answer.status_code not in (200, 404) or others:
            crossed.append(f"{facility} {answer.status_code} {others}")

    tasks = [asyncio.create_task(ask(number)) for number in range(200)]
    broken_off = dice.sample(tasks, 40)
    for task in broken_off:
        asyncio.get_running_loop().call_later(dice.uniform(0.005, 1.0), task.cancel)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [r for r in results if isinstance(r, Exception)] == []
    assert crossed == []
    assert shown >= 60
    await _nothing_stays(deployed)


async def _nothing_stays(deployed: Deployed) -> None:
    """Every pooled connection is the bare login again, with no context."""
    engine: Any = deployed.api.app.state.engine
    connections = [await engine.connect() for _ in range(POOL)]
    try:
        for connection in connections:
            row = (await connection.exec_driver_sql(SELECT_CONTEXT)).one()
            assert (row.login, row.role, row.context) == (f"{deployed.service.name}_app", "none", "")
    finally:
        for connection in connections:
            await connection.close()


async def test_no_login_enters_the_database_of_another_service(ground: Ground) -> None:
    """As provisioned: neither PUBLIC nor another service's login may connect."""
    base = re.sub(r"/[^/]*$", "", ground.postgres.dsn.split("@")[-1])
    for name in SERVICES:
        await provision(ground.postgres.dsn, name, Passwords("app", "migrator"), database=f"{name}_alone")
    for mine in SERVICES:
        for other in SERVICES:
            if mine != other:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await asyncpg.connect(f"postgresql://{mine}_app:app@{base}/{other}_alone")
