"""The worklist query: one row per date that falls due, by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.scope import visible_persons
from sqlalchemy import CompoundSelect, Date, Select, case, cast, func, literal, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_intake.custody.domain import HELD_STATES, CustodyState
from inzira_intake.custody.models import Episode
from inzira_intake.due.domain import DueKind, DueSort


@dataclass(frozen=True)
class DueQuery:
    """What is looked for."""

    now: datetime
    today: date
    until: date
    facility: str | None
    kinds: frozenset[DueKind]
    sort: DueSort


@dataclass(frozen=True)
class DueRow:
    """One date of one person in custody."""

    kind: str
    due_on: date
    episode_id: UUID
    person_id: UUID
    facility: str
    custody_state: str
    legal_status: str


async def list_due(
    session: AsyncSession, principal: Principal, query: DueQuery, limit: int, after: Sequence[str] | None
) -> list[DueRow]:
    """The dates of persons in reach, by day; one more than `limit`."""
    rows = _every(principal, query).subquery()
    key = (rows.c.due_on, rows.c.episode_id, rows.c.kind)
    statement: Select[Any] = select(rows).where(rows.c.kind.in_([kind.value for kind in query.kinds]))
    descending = query.sort is DueSort.LATEST
    if after is not None:
        given = tuple_(literal(date.fromisoformat(after[0])), literal(UUID(after[1])), literal(after[2]))
        statement = statement.where(tuple_(*key) < given if descending else tuple_(*key) > given)
    order = [column.desc() if descending else column.asc() for column in key]
    found = await session.execute(statement.order_by(*order).limit(limit + 1))
    return [DueRow(**row) for row in found.mappings()]


def _every(principal: Principal, query: DueQuery) -> CompoundSelect[Any]:
    release = col(Episode.expected_release_on)
    kind = case((release < query.today, DueKind.OVERDUE.value), else_=DueKind.RELEASE.value)
    ends = _held(principal, query, kind, release).where(release <= query.until)
    parole = col(Episode.parole_eligible_on)
    paroles = _held(principal, query, literal(DueKind.PAROLE.value), parole).where(
        parole.between(query.today, query.until)
    )
    away = case(
        (col(Episode.custody_state) == CustodyState.IN_TRANSIT.value, DueKind.TRANSFER_UNRECEIVED.value),
        else_=DueKind.LEAVE_OVERDUE.value,
    )
    due_at = col(Episode.state_due_at)
    waiting = _held(principal, query, away, cast(func.timezone("Africa/Kigali", due_at), Date)).where(
        due_at < query.now
    )
    return union_all(ends, paroles, waiting)


def _held(principal: Principal, query: DueQuery, kind: Any, due_on: Any) -> Select[Any]:  # noqa: ANN401 - SQL expressions
    statement = select(
        kind.label("kind"),
        due_on.label("due_on"),
        col(Episode.id).label("episode_id"),
        col(Episode.person_id).label("person_id"),
        col(Episode.facility).label("facility"),
        col(Episode.custody_state).label("custody_state"),
        col(Episode.legal_status).label("legal_status"),
    ).where(
        col(Episode.closed_at).is_(None),
        col(Episode.custody_state).in_([state.value for state in HELD_STATES]),
        col(Episode.person_id).in_(visible_persons(principal)),
    )
    return statement.where(col(Episode.facility) == query.facility) if query.facility else statement
