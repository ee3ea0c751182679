"""Tables whose rows somebody may hold against changes by others, and change none of: from `policy/databases.yaml`."""

from collections.abc import Mapping
from functools import cache

import asyncpg
import yaml
from cells import FOLDER, NOBODY, Who
from policies import Net

SYSTEM = "system"
"""The service itself changes what it keeps."""


@cache
def holders(service: str) -> Mapping[str, frozenset[str]]:
    """By table of a service: the kinds that hold rows about those they reach."""
    table = yaml.safe_load((FOLDER / "databases.yaml").read_text("utf-8"))["held"]
    return {name: frozenset(kinds) for name, kinds in table.get(service, {}).items()}


async def holding_faults(net: Net, tables: list[str] | None = None, kinds: frozenset[str] | None = None) -> list[str]:
    """Every cell in which somebody holds others than those they reach, or changes one they may only hold."""
    found = []
    for table in tables or list(holders(net.service)):
        for who in net.policy.principals.values():
            if table in holders(net.service) and who.name != NOBODY and (kinds is None or who.scope in kinds):
                found += await _faults_of(net, table, who)
    return found


async def _faults_of(net: Net, table: str, who: Who) -> list[str]:
    net.cells += 2
    may = who.scope in holders(net.service)[table] or who.scope == SYSTEM
    locked, wanted = await _locked(net, table, who), net.wanted(table, who) if may else None
    found = [] if locked == wanted else [f"{net.service} {table} as {who.name}: holds {locked}, not {wanted}"]
    if await _changes(net, table, who) != (who.scope == SYSTEM):
        found.append(f"{net.service} {table} as {who.name}: changes rows, or cannot and should")
    return found


async def _locked(net: Net, table: str, who: Who) -> frozenset[str] | None:
    names = {identifier: name for name, identifier in net.world.ids.items()}
    try:
        async with net.as_(who):
            rows = await net.connection.fetch(f"SELECT person_id FROM {table} FOR SHARE")  # noqa: S608 - names of the policy
            return frozenset(names[row[0]] for row in rows if row[0] in names)
    except asyncpg.InsufficientPrivilegeError:
        return None


async def _changes(net: Net, table: str, who: Who) -> bool:
    try:
        async with net.as_(who):
            done = await net.connection.execute(f"UPDATE {table} SET person_id = person_id")  # noqa: S608 - names of the policy
    except asyncpg.InsufficientPrivilegeError:
        return False
    return bool(done != "UPDATE 0")
