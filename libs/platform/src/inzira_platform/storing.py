"""Many rows in one statement: new ones of several tables, or those of one table read, changed and put back.

The rows are nobody's but the caller's: what is changed in them is not written until it is put.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import Column, Select, Table, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

Row = TypeVar("Row", bound=SQLModel)
Found = TypeVar("Found", bound=Select[Any])


def locked(statement: Found, *, read: bool = False, skip_locked: bool = False) -> Found:
    """The statement's rows, locked until the transaction ends, as they are once the lock is had.

    A session goes on showing a row as it first read it: whoever had looked before would not see what the one they
    waited for has done, and write over it. `read` only keeps others from changing them, `skip_locked` passes over rows
    that others hold.
    """
    return statement.with_for_update(read=read, skip_locked=skip_locked).execution_options(populate_existing=True)


async def hold(session: AsyncSession, model: type[Row], keys: Collection[UUID]) -> dict[UUID, Row]:
    """Those rows of a table that have one of these keys, by key, locked in its order until the transaction ends."""
    if not keys:
        return {}
    found = (await session.execute(_held(_table(model)), {"keys": sorted(keys)})).mappings()
    name = _key(_table(model)).name
    return {row[name]: model(**row) for row in found}


async def put(session: AsyncSession, rows: Collection[SQLModel]) -> None:
    """Write whole rows of one table, new ones and ones that are there, in the order of their keys.

    What is there and the same already costs no new row.
    """
    if rows:
        (table,) = {_table(type(row)) for row in rows}
        await session.execute(_put_into(table), {"rows": _as_json([_values(row) for row in rows])})


async def store(session: AsyncSession, rows: Iterable[SQLModel]) -> None:
    """Insert `rows`, of whatever tables: one round trip where the session would take one for each table.

    Foreign keys may point from one of them to another; policies see what was there before the statement.
    """
    by_table: dict[Table, list[dict[str, Any]]] = {}
    for row in rows:
        by_table.setdefault(_table(type(row)), []).append(_values(row))
    if by_table:
        values = {f"rows_{n}": _as_json(made) for n, made in enumerate(by_table.values())}
        await session.execute(_insert_into(tuple(by_table)), values)


@cache
def _insert_into(tables: Sequence[Table]) -> TextClause:
    inserts = [_insert(table, f"rows_{n}") for n, table in enumerate(tables)]
    before = ", ".join(f"t{n} AS ({insert})" for n, insert in enumerate(inserts[:-1]))
    return text(f"WITH {before} {inserts[-1]}" if before else inserts[-1])


@cache
def _held(table: Table) -> TextClause:
    key = _key(table).name
    columns = ", ".join(_names(table))
    wanted = f"{key} = ANY(CAST(:keys AS uuid[]))"
    return text(f"SELECT {columns} FROM {table.name} WHERE {wanted} ORDER BY {key} FOR UPDATE")  # noqa: S608 - of our models


@cache
def _put_into(table: Table) -> TextClause:
    key, names = _key(table).name, _names(table)
    kept = ", ".join(f"{name} = excluded.{name}" for name in names if name != key)
    there, given = (", ".join(f"{one}.{name}" for name in names) for one in (table.name, "excluded"))
    conflict = f"ON CONFLICT ({key}) DO UPDATE SET {kept} WHERE ({there}) IS DISTINCT FROM ({given})"
    return text(f"{_insert(table, 'rows')} ORDER BY {key} {conflict}")


def _insert(table: Table, rows: str) -> str:
    columns = ", ".join(_names(table))
    recordset = f"json_populate_recordset(CAST(NULL AS {table.name}), CAST(:{rows} AS json))"
    return f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {recordset}"  # noqa: S608 - names of our models


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]  # every stored row is of a table
    return table


def _key(table: Table) -> Column[Any]:
    """Its primary key, which is one column."""
    (key,) = table.primary_key.columns
    return key


def _values(row: SQLModel) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _names(_table(type(row)))}


@cache
def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _as_json(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows, default=_as_text).decode()


def _as_text(value: object) -> str:
    """What JSON has no form for, as PostgreSQL reads it. Raises TypeError for anything else."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, UUID):  # the driver's own kind
        return str(value)
    raise TypeError(type(value).__name__)
