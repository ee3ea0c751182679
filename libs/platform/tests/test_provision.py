"""Databases and roles as security.md 4 wants them, on a real cluster."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from inzira_platform.embedded import EmbeddedPostgres
from inzira_platform.provision import SCOPES, Passwords, provision, scope_role

PASSWORDS = Passwords(app="it's app", migrator="migrator")


@pytest.fixture
async def admin(postgres: EmbeddedPostgres) -> AsyncIterator[asyncpg.Connection]:
    for name in ("alpha", "beta"):
        await provision(postgres.dsn, name, PASSWORDS)
    connection = await asyncpg.connect(postgres.dsn)
    yield connection
    for name in ("alpha", "beta"):
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        roles = [f"{name}_app", f"{name}_migrator", f"{name}_owner", *(scope_role(name, scope) for scope in SCOPES)]
        await connection.execute(f"DROP ROLE {', '.join(roles)}")
    await connection.close()


async def login(postgres: EmbeddedPostgres, role: str, password: str, database: str) -> asyncpg.Connection:
    return await asyncpg.connect(host="127.0.0.1", port=postgres.port, user=role, password=password, database=database)


async def test_logins_have_no_power_of_their_own(admin: asyncpg.Connection) -> None:
    rows = await admin.fetch(
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolinherit "
        "FROM pg_roles WHERE rolname LIKE 'alpha_%'"
    )
    assert len(rows) == 3 + len(SCOPES)
    for row in rows:
        assert not (row["rolsuper"] or row["rolbypassrls"] or row["rolcreatedb"] or row["rolcreaterole"])
        assert row["rolcanlogin"] == (row["rolname"] in {"alpha_app", "alpha_migrator"})
    assert [row["rolinherit"] for row in rows if row["rolname"] == "alpha_app"] == [False]


async def test_app_enters_each_scope_but_inherits_none(admin: asyncpg.Connection) -> None:
    rows = await admin.fetch(
        "SELECT r.rolname, m.inherit_option, m.set_option FROM pg_auth_members m "
        "JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = 'alpha_app'"
    )
    assert {(row["rolname"], row["inherit_option"], row["set_option"]) for row in rows} == {
        (scope_role("alpha", scope), False, True) for scope in SCOPES
    }


async def test_what_the_migrator_makes_belongs_to_the_owner(
    admin: asyncpg.Connection, postgres: EmbeddedPostgres
) -> None:
    migrator = await login(postgres, "alpha_migrator", "migrator", "alpha")
    await migrator.execute("CREATE TABLE thing (id int); GRANT SELECT ON thing TO alpha_s_facility")
    assert await migrator.fetchval("SELECT tableowner FROM pg_tables WHERE tablename = 'thing'") == "alpha_owner"
    await migrator.close()
    app = await login(postgres, "alpha_app", "it's app", "alpha")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.fetch("SELECT * FROM thing")
    async with app.transaction():
        await app.execute("SELECT set_config('role', 'alpha_s_facility', true)")
        assert await app.fetch("SELECT * FROM thing") == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("SET ROLE alpha_owner")
    await app.close()


@pytest.mark.parametrize(("role", "password"), [("beta_app", "it's app"), ("beta_migrator", "migrator")])
async def test_one_service_cannot_enter_the_database_of_another(
    admin: asyncpg.Connection, postgres: EmbeddedPostgres, role: str, password: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await login(postgres, role, password, "alpha")


async def test_provision_again_sets_the_new_password(admin: asyncpg.Connection, postgres: EmbeddedPostgres) -> None:
    await provision(postgres.dsn, "alpha", Passwords(app="another", migrator="migrator"))
    (await login(postgres, "alpha_app", "another", "alpha")).terminate()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await login(postgres, "alpha_app", "it's app", "alpha")


async def test_an_administrator_who_is_no_superuser_will_do(
    admin: asyncpg.Connection, postgres: EmbeddedPostgres
) -> None:
    await admin.execute("CREATE ROLE dba LOGIN CREATEDB CREATEROLE PASSWORD 'dba'")
    dsn = f"postgresql://dba:dba@127.0.0.1:{postgres.port}/postgres"
    await provision(dsn, "gamma", PASSWORDS)
    await provision(dsn, "gamma", PASSWORDS)
    assert await admin.fetchval("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'gamma'") == (
        "gamma_owner"
    )
    await admin.execute("DROP DATABASE gamma")
