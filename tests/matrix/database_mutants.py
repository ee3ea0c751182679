"""Every row-level-security policy of a database turned round, one at a time, and whether a cell says so.

Its condition always true or always false, its check always true, the policy dropped: in a transaction that is
rolled back, on a database with everybody in it.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
from held import holding_faults
from owned import faults, owned
from policies import POLICIES, Net

UNLIMITED = frozenset({"national", "oversight", "system"})
"""Kinds that reach everybody: a condition that is always true is no other for them."""


@dataclass(frozen=True)
class Turned:
    """One policy, turned round one way."""

    table: str
    policy: str
    how: str
    kinds: frozenset[str]
    statement: str

    @property
    def name(self) -> str:
        return f"{self.table}.{self.policy}: {self.how}"


@dataclass(frozen=True)
class Judged:
    """What gave it away; None when nothing did."""

    turned: Turned
    caught_by: str | None


async def turned_of(net: Net) -> AsyncIterator[Turned]:
    """Every way to turn round every policy that a role of this service is under."""
    rows = await net.connection.fetch(POLICIES)
    for row in [dict(one) for one in rows]:
        prefix = f"{net.service}_s_"
        kinds = frozenset(role.removeprefix(prefix) for role in row["roles"].split(",") if role.startswith(prefix))
        table, name = row["table"], row["name"]
        is_owned = table in owned(net.service)
        if not kinds or not (is_owned or net.present.get(table)):
            continue
        alter = f'ALTER POLICY "{name}" ON {table}'
        if row["using"] not in (None, "true") and (is_owned or row["command"] == "w" or not kinds <= UNLIMITED):
            yield Turned(table, name, "everybody", kinds, f"{alter} USING (true)")
        if row["using"] is not None:
            yield Turned(table, name, "nobody", kinds, f"{alter} USING (false)")
            yield Turned(table, name, "dropped", kinds, f'DROP POLICY "{name}" ON {table}')
        writes = [kind for kind in kinds if await net.may_write(table, kind)]
        if writes and row["check"] not in (None, "true") and row["command"] in ("*", "a"):
            yield Turned(table, name, "unchecked", kinds, f"{alter} WITH CHECK (true)")


async def judge(net: Net, turned: Turned) -> Judged:
    """Turn it round, ask the cells of its table and its kinds, and turn it back."""
    undone = net.connection.transaction()
    await undone.start()
    try:
        await net.connection.execute(turned.statement)
        if turned.table == "consent" and turned.policy.endswith(("_record", "_end")):
            found = await net.consent_faults(turned.kinds)
        elif turned.table in owned(net.service):
            found = await faults(net, [turned.table], turned.kinds)
        elif turned.how == "unchecked":
            found = await net.foreign_writes([turned.table], turned.kinds)
        else:
            found = await net.differences([turned.table], turned.kinds)
            found += await holding_faults(net, [turned.table], turned.kinds)
    except asyncpg.PostgresError as error:
        found = [f"refused by the database: {type(error).__name__}"]
    finally:
        await undone.rollback()
    return Judged(turned, found[0] if found else None)
