"""What the databases let a role see and write by themselves, without the code in front of them.

For every table about persons, every principal enters its database role as the services do, and looks at all of it.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg
import yaml
from cells import FOLDER, NOBODY, Matrix, Who, matrix
from fleet import Deployed
from inzira_platform.ids import new_id
from world import World

ENTER = (
    "SELECT set_config('role', $1, true), set_config('app.sub', $2, true), "
    "set_config('app.facilities', $3, true), set_config('app.org', $4, true), set_config('app.now', $5, true)"
)
TABLES = """
SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'person_id'
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relrowsecurity ORDER BY 1
"""
POLICIES = """
SELECT p.polname AS name, c.relname AS table, p.polcmd::text AS command,
       pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS check,
       (SELECT string_agg(u.rolname, ',') FROM pg_roles u WHERE u.oid = ANY (p.polroles)) AS roles
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid ORDER BY 2, 1
"""


@cache
def readers(service: str) -> dict[str, frozenset[str]]:
    """The scope kinds that may look into each table, from `policy/databases.yaml`."""
    table = yaml.safe_load((FOLDER / "databases.yaml").read_text("utf-8"))
    return {name: frozenset(kinds) for names, kinds in table[service].items() for name in names.split(", ")}


@cache
def writers_of_consents() -> dict[str, str]:
    """Which basis each scope kind may write and end, from `policy/databases.yaml`."""
    found: dict[str, str] = yaml.safe_load((FOLDER / "databases.yaml").read_text("utf-8"))["consent_of"]
    return found


@cache
def asked_for() -> dict[str, frozenset[str]]:
    """Whose consents each organisation's people may come upon, from `policy/principals.yaml`."""
    table = yaml.safe_load((FOLDER / "principals.yaml").read_text("utf-8"))
    return {org: frozenset(people) for org, people in table["asked_for"].items()}


def _policy_of(service: str) -> Matrix:
    """The policy; in the gateway a partner is a client with grants, and its role reaches their rows."""
    policy = matrix()
    if service != "gateway":
        return policy
    given = yaml.safe_load((FOLDER / "databases.yaml").read_text("utf-8"))["partner"]
    who = policy.principals["partner"]
    who = replace(who, principal=replace(who.principal, sub=given["sub"]))
    principals = {**policy.principals, "partner": who}
    return replace(policy, principals=principals, reach={**policy.reach, "partner": frozenset(given["reach"])})


@dataclass
class Net:
    """One database, looked at role by role."""

    deployed: Deployed
    world: World
    policy: Matrix
    connection: asyncpg.Connection
    present: Mapping[str, frozenset[str]]
    """Who is in each table at all."""
    cells: int = 0

    @classmethod
    @asynccontextmanager
    async def spread(cls, deployed: Deployed, world: World) -> "AsyncIterator[Net]":
        """As the superuser, who may enter any role and change any policy; nothing is kept."""
        connection = await asyncpg.connect(deployed.database.admin_dsn)
        names = {identifier: name for name, identifier in world.ids.items()}
        present = {}
        for row in await connection.fetch(TABLES):
            found = await connection.fetch(f"SELECT DISTINCT person_id FROM {row['name']}")  # noqa: S608 - catalogue names
            present[row["name"]] = frozenset(names[one[0]] for one in found if one[0] in names)
        around = connection.transaction()
        await around.start()
        try:
            yield cls(deployed, world, _policy_of(deployed.service.name), connection, present)
        finally:
            await around.rollback()
            await connection.close()

    @property
    def service(self) -> str:
        return self.deployed.service.name

    async def differences(self, tables: list[str] | None = None, kinds: frozenset[str] | None = None) -> list[str]:
        """Every cell in which a role sees others than are written, in these tables and for these kinds."""
        found = []
        for table in tables or list(self.present):
            for who in self.policy.principals.values():
                if who.name != NOBODY and (kinds is None or who.scope in kinds):
                    difference = await self._difference(table, who)
                    if difference:
                        found.append(difference)
        return found

    async def _difference(self, table: str, who: Who) -> str | None:
        self.cells += 1
        seen, wanted = await self.seen(table, who), self.wanted(table, who)
        if seen == wanted:
            return None
        return f"{self.service} {table} as {who.name}: sees {_sorted(seen)}, not {_sorted(wanted)}"

    def wanted(self, table: str, who: Who) -> frozenset[str] | None:
        """Whom a principal is to see in a table; None where it may not look."""
        if who.scope not in readers(self.service)[table]:
            return None
        if table == "casework_consent" and who.scope in ("caseload", "org"):
            return self.present[table] & asked_for().get(who.principal.org or "", frozenset())
        return self.present[table] & self.policy.reach[who.name]

    async def seen(self, table: str, who: Who) -> frozenset[str] | None:
        """Whom a principal sees, by the database alone; None where it may not look, or rights give no rows ever."""
        ids = {identifier: name for name, identifier in self.world.ids.items()}
        try:
            async with self.as_(who):
                rows = await self.connection.fetch(f"SELECT DISTINCT person_id FROM {table}")  # noqa: S608 - catalogue names
                return frozenset(ids[row[0]] for row in rows if row[0] in ids)
        except asyncpg.InsufficientPrivilegeError:
            return None

    @asynccontextmanager
    async def as_(self, who: Who) -> AsyncIterator[None]:
        """Inside, the connection is in the role and context of a principal; whatever is done is taken back."""
        inside = self.connection.transaction()
        await inside.start()
        try:
            await self._enter(who)
            yield
        finally:
            await inside.rollback()

    async def _enter(self, who: Who) -> None:
        principal = who.principal
        role = f"{self.service}_s_{who.scope}"
        now = self.deployed.api.clock.now().isoformat()
        facilities = ",".join(principal.facilities)
        await self.connection.execute(ENTER, role, principal.sub, facilities, principal.org or "", now)

    async def consent_faults(self, kinds: frozenset[str] | None = None) -> list[str]:
        """Consents and duties that somebody may end or write who may not, or may not who may."""
        found = []
        for who in self.policy.principals.values():
            basis = writers_of_consents().get(who.scope)
            if who.name != NOBODY and basis is not None and (kinds is None or who.scope in kinds):
                ended, wanted = await self._ended(who), await self._to_end(who, basis)
                self.cells += 2
                if ended != wanted:
                    found.append(f"consent as {who.name}: ends {len(ended)} rows, not {len(wanted)}")
                if await self._writes_the_other(who, basis):
                    found.append(f"consent as {who.name}: writes what is not {basis}")
        return found

    async def _ended(self, who: Who) -> frozenset[UUID]:
        async with self.as_(who):
            rows = await self.connection.fetch(
                "UPDATE consent SET withdrawn_at = now(), withdrawn_by = 'somebody', version = version + 1 "
                "WHERE withdrawn_at IS NULL RETURNING id"
            )
        return frozenset(row[0] for row in rows)

    async def _to_end(self, who: Who, basis: str) -> frozenset[UUID]:
        reached = [self.world.ids[name] for name in self.policy.reach[who.name]]
        rows = await self.connection.fetch(
            "SELECT id FROM consent WHERE basis = $1 AND person_id = ANY ($2) AND withdrawn_at IS NULL", basis, reached
        )
        return frozenset(row[0] for row in rows)

    async def _writes_the_other(self, who: Who, basis: str) -> bool:
        """Whether a row of the other basis, about somebody in reach, gets past the policies."""
        reached = [self.world.ids[name] for name in self.policy.reach[who.name]]
        columns = ", ".join(f'"{row[0]}"' for row in await self.connection.fetch(COLUMNS, "consent"))
        try:
            async with self.as_(who):
                done = await self.connection.execute(
                    f"INSERT INTO consent ({columns}) SELECT {columns} FROM consent "  # noqa: S608 - catalogue names
                    "WHERE basis <> $1 AND person_id = ANY ($2) LIMIT 1",
                    basis,
                    reached,
                )
        except asyncpg.InsufficientPrivilegeError:
            return False
        except asyncpg.PostgresError:
            return True
        return bool(done != "INSERT 0 0")

    async def may_write(self, table: str, kind: str) -> bool:
        """Whether a kind may insert into a table at all."""
        allowed: bool = await self.connection.fetchval(
            "SELECT has_table_privilege($1, $2, 'INSERT')", f"{self.service}_s_{kind}", f"public.{table}"
        )
        return allowed

    async def writes_of_others(self, table: str, who: Who) -> str | None:
        """What happens when a principal writes a row about somebody out of reach; None when the policy forbids it."""
        mine, other = self._mine_and_other(table, who)
        if mine is None or other is None:
            return None
        statement, values = await self._foreign_row(table, self.world.ids[mine], self.world.ids[other])
        self.cells += 1
        try:
            async with self.as_(who):
                await self.connection.execute(statement, *values)
        except asyncpg.InsufficientPrivilegeError:
            return None
        except asyncpg.PostgresError as error:
            return f"{self.service} {table} as {who.name}: a row about {other} gets as far as {type(error).__name__}"
        return f"{self.service} {table} as {who.name}: writes a row about {other}"

    async def _foreign_row(self, table: str, mine: UUID, other: UUID) -> tuple[str, tuple[object, ...]]:
        """A row of one's own about somebody else; in `person_scope`, whose rows say themselves where they belong,
        somebody new in the place of somebody else.
        """
        if table == "person_scope":
            row = await self.connection.fetchval("SELECT to_jsonb(s) FROM person_scope s WHERE person_id = $1", other)
            new = json.dumps({**json.loads(row), "person_id": str(new_id())})
            return "INSERT INTO person_scope SELECT * FROM jsonb_populate_record(NULL::person_scope, $1::jsonb)", (new,)
        columns = [row[0] for row in await self.connection.fetch(COLUMNS, table)]
        copied = ", ".join("$2::uuid" if name == "person_id" else f'"{name}"' for name in columns)
        named = ", ".join(f'"{name}"' for name in columns)
        statement = f"INSERT INTO {table} ({named}) SELECT {copied} FROM {table} WHERE person_id = $1 LIMIT 1"  # noqa: S608 - catalogue names
        return statement, (mine, other)

    def _mine_and_other(self, table: str, who: Who) -> tuple[str | None, str | None]:
        seen = self.wanted(table, who) or frozenset()
        others = sorted(frozenset(self.world.ids) - self.policy.reach[who.name])
        return (min(seen) if seen else None), (others[0] if others else None)

    async def foreign_writes(self, tables: list[str] | None = None, kinds: frozenset[str] | None = None) -> list[str]:
        """Every write about somebody out of reach that no policy forbids."""
        found = []
        for table in tables or list(self.present):
            for who in self.policy.principals.values():
                if who.name == NOBODY or (kinds is not None and who.scope not in kinds):
                    continue
                if await self.may_write(table, who.scope):
                    fault = await self.writes_of_others(table, who)
                    if fault:
                        found.append(fault)
        return found


COLUMNS = (
    "SELECT attname FROM pg_attribute WHERE attrelid = ($1::text)::regclass AND attnum > 0 AND NOT attisdropped "
    "AND attgenerated = '' AND attidentity = ''"
)


def _sorted(people: frozenset[str] | None) -> Any:  # noqa: ANN401 - for words
    return sorted(people) if people is not None else "nothing, ever"
