"""Tables whose rows are somebody's own, whoever they are about: answers kept for a repeated request, partners' grants.

Everybody sees their own rows, the service itself all of them, and nobody writes one in another's name.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import asyncpg
import yaml
from cells import FOLDER, NOBODY, Who
from policies import Net

STRANGER = "somebody-else"
KEPT = (
    "INSERT INTO idempotency_key (actor, route, key, fingerprint, status, answer, token) "
    "SELECT actor, '/v1/cells', 'k', '', 200, '{}', '' FROM unnest($1::text[]) AS actor"
)


@cache
def owned(service: str) -> Mapping[str, Mapping[str, Any]]:
    """By table of a service: the column of the owner, and the kinds that see their own."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / "databases.yaml").read_text("utf-8"))["owned"][service]
    return found


async def keep_answers(net: Net) -> None:
    """An answer kept for everybody, and one for a stranger."""
    actors = {who.principal.sub for who in net.policy.principals.values() if who.name != NOBODY}
    await net.connection.execute(KEPT, [*sorted(actors), STRANGER])


async def faults(net: Net, tables: list[str] | None = None, kinds: frozenset[str] | None = None) -> list[str]:
    """Every cell in which somebody sees or writes what is not theirs, or does not see what is."""
    found = []
    for table in tables or list(owned(net.service)):
        for who in net.policy.principals.values():
            if who.name != NOBODY and (kinds is None or who.scope in kinds):
                found += await _faults_of(net, table, who)
    return found


async def _faults_of(net: Net, table: str, who: Who) -> list[str]:
    net.cells += 1
    column, may = owned(net.service)[table]["by"], who.scope in owned(net.service)[table]["kinds"]
    everybodys = {row[0] for row in await net.connection.fetch(f"SELECT DISTINCT {column} FROM {table}")}  # noqa: S608 - names of the policy
    wanted = (everybodys if who.scope == "system" else {who.principal.sub}) if may else None
    seen = await _seen(net, table, column, who)
    found = [] if seen == wanted else [f"{net.service} {table} as {who.name}: sees the rows of {seen}, not {wanted}"]
    if who.scope != "system" and table == "idempotency_key" and await _writes_for_another(net, who):
        found.append(f"{net.service} {table} as {who.name}: writes in another's name")
    return found


async def _seen(net: Net, table: str, column: str, who: Who) -> set[str] | None:
    try:
        async with net.as_(who):
            return {row[0] for row in await net.connection.fetch(f"SELECT DISTINCT {column} FROM {table}")}  # noqa: S608 - names of the policy
    except asyncpg.InsufficientPrivilegeError:
        return None


async def _writes_for_another(net: Net, who: Who) -> bool:
    try:
        async with net.as_(who):
            await net.connection.execute(KEPT, ["another"])
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True
