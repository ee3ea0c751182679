"""One service's database, its owner, its two logins and its scope roles (security.md 4).

The same statements serve the embedded cluster, the compose file, an operator's own
PostgreSQL and the tests, so what is tested is what runs. Everything here may be repeated.
"""

from dataclasses import dataclass
from typing import Final

import asyncpg

SCOPES: Final = ("facility", "caseload", "org", "national", "oversight", "none", "system", "partner")
SCOPE_ROLES: Final = tuple(f"s_{scope}" for scope in SCOPES)
"""Role name without the service: the role of service ``intake`` is ``intake_s_facility``."""

_LOCK: Final = 0x1A21A  # two provisioners of one cluster take turns: CREATE ROLE is not atomic with its check


@dataclass(frozen=True, slots=True)
class Passwords:
    """The two passwords of one service, as read from its secret files."""

    app: str
    migrator: str


def scope_role(service: str, scope: str) -> str:
    """Name of the database role a transaction of this scope kind runs as."""
    return f"{service}_s_{scope}"


async def provision(admin_dsn: str, service: str, passwords: Passwords, *, database: str | None = None) -> None:
    """Create or bring up to date the database and roles of ``service``.

    ``database`` defaults to the service's name; tests give another one. ``admin_dsn`` names any
    database of the cluster and a login that is superuser or has CREATEDB and CREATEROLE.
    Raises ``asyncpg.PostgresError`` when that login may not do it.
    """
    name = database or service
    admin = await asyncpg.connect(admin_dsn)
    try:
        await admin.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await _ensure_roles(admin, service, passwords)
        await _ensure_database(admin, service, name)
    finally:
        await admin.close()
    inside = await asyncpg.connect(admin_dsn, database=name)
    try:
        await _own_schema(inside, service)
    finally:
        await inside.close()


async def close_to_public(admin_dsn: str) -> None:
    """Let no service login into the maintenance databases of a cluster that is ours alone."""
    admin = await asyncpg.connect(admin_dsn)
    try:
        await admin.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
    finally:
        await admin.close()


async def _ensure_roles(admin: asyncpg.Connection, service: str, passwords: Passwords) -> None:
    owner, app, migrator = f"{service}_owner", f"{service}_app", f"{service}_migrator"
    await _ensure_role(admin, owner, "NOLOGIN")
    await _ensure_role(admin, migrator, "LOGIN")
    await _ensure_role(admin, app, "LOGIN NOINHERIT")
    await _set_password(admin, migrator, passwords.migrator)
    await _set_password(admin, app, passwords.app)
    await admin.execute(f'GRANT "{owner}" TO "{migrator}" WITH INHERIT TRUE, SET TRUE')
    # what a migration creates belongs to the owner, never to a login
    await admin.execute(f'ALTER ROLE "{migrator}" SET role TO "{owner}"')
    for scope in SCOPES:
        role = scope_role(service, scope)
        await _ensure_role(admin, role, "NOLOGIN")
        # INHERIT FALSE: policies written for the scope must not apply to the bare login
        await admin.execute(f'GRANT "{role}" TO "{app}" WITH INHERIT FALSE, SET TRUE')
    if not await admin.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        # an administrator who is no superuser must be a member to hand the database over
        await admin.execute(f'GRANT "{owner}" TO CURRENT_USER WITH INHERIT TRUE, SET TRUE')


async def _ensure_role(admin: asyncpg.Connection, role: str, attributes: str) -> None:
    exists = await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
    verb = "ALTER" if exists else "CREATE"
    await admin.execute(f'{verb} ROLE "{role}" {attributes} NOCREATEDB NOCREATEROLE')
    unsafe = await admin.fetchval("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = $1", role)
    if unsafe:
        await admin.execute(f'ALTER ROLE "{role}" NOSUPERUSER NOBYPASSRLS')


async def _set_password(admin: asyncpg.Connection, role: str, password: str) -> None:
    # ALTER ROLE takes no parameters; the server quotes the literal itself
    statement = await admin.fetchval("SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)", role, password)
    await admin.execute(statement)


async def _ensure_database(admin: asyncpg.Connection, service: str, name: str) -> None:
    owner = f"{service}_owner"
    if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        await admin.execute(f'CREATE DATABASE "{name}" OWNER "{owner}" TEMPLATE template0 ENCODING UTF8')
    await admin.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
    await admin.execute(f'GRANT CONNECT ON DATABASE "{name}" TO "{service}_app", "{service}_migrator"')
    await admin.execute(f"ALTER DATABASE \"{name}\" SET idle_in_transaction_session_timeout = '30s'")
    await admin.execute(f"ALTER DATABASE \"{name}\" SET timezone = 'UTC'")


async def _own_schema(inside: asyncpg.Connection, service: str) -> None:
    readers = [f"{service}_app", *(scope_role(service, scope) for scope in SCOPES)]
    names = ", ".join(f'"{reader}"' for reader in readers)
    await inside.execute(f'ALTER SCHEMA public OWNER TO "{service}_owner"')
    await inside.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    await inside.execute(f"GRANT USAGE ON SCHEMA public TO {names}")
