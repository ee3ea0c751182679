"""New rows of several tables in one statement, for acts that write many at once and change none of them again."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Table, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel


async def store(session: AsyncSession, rows: Iterable[SQLModel]) -> None:
    """Insert `rows`, of whatever tables: one round trip where the session would take one for each table.

    Foreign keys may point from one of them to another; policies see what was there before the statement. The rows do
    not become the session's: what is changed in them later is not written.
    """
    by_table: dict[Table, list[dict[str, Any]]] = {}
    for row in rows:
        table: Table = type(row).__table__  # type: ignore[attr-defined]  # every stored row is of a table
        by_table.setdefault(table, []).append({name: getattr(row, name) for name in _names(table)})
    if by_table:
        values = {f"rows_{n}": _as_json(made) for n, made in enumerate(by_table.values())}
        await session.execute(_insert_into(tuple(by_table)), values)


@cache
def _insert_into(tables: Sequence[Table]) -> TextClause:
    inserts = [_insert(table, f"rows_{n}") for n, table in enumerate(tables)]
    before = ", ".join(f"t{n} AS ({insert})" for n, insert in enumerate(inserts[:-1]))
    return text(f"WITH {before} {inserts[-1]}" if before else inserts[-1])


def _insert(table: Table, rows: str) -> str:
    columns = ", ".join(_names(table))
    recordset = f"json_populate_recordset(CAST(NULL AS {table.name}), CAST(:{rows} AS json))"
    return f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {recordset}"  # noqa: S608 - names of our models


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
