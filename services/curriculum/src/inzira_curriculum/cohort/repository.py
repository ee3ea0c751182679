"""Reading cohorts: an officer sees their own facility's, others all (a group says nothing about a person)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.scope import as_system
from inzira_platform.storing import locked
from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_curriculum.cohort.models import Cohort, SessionRecord


@dataclass(frozen=True)
class Filters:
    """What a list of cohorts is narrowed to."""

    facility: str | None = None
    programme: str | None = None
    state: str | None = None


def _visible(principal: Principal) -> Select[Cohort]:
    statement = select(Cohort)
    if principal.scope_kind == "facility":
        return statement.where(col(Cohort.facility).in_(principal.facilities))
    return statement


async def find(session: AsyncSession, principal: Principal, cohort_id: UUID, *, lock: bool) -> Cohort | None:
    """The cohort, when the principal may see it; locked until the transaction ends when `lock`."""
    statement = _visible(principal).where(col(Cohort.id) == cohort_id)
    return (await session.execute(locked(statement) if lock else statement)).scalar_one_or_none()


async def page(
    session: AsyncSession,
    principal: Principal,
    filters: Filters,
    *,
    descending: bool,
    limit: int,
    after: tuple[date, UUID] | None,
) -> Sequence[Cohort]:
    """Up to `limit + 1` cohorts by first day and id."""
    statement = _visible(principal)
    if filters.facility is not None:
        statement = statement.where(col(Cohort.facility) == filters.facility)
    if filters.programme is not None:
        statement = statement.where(col(Cohort.programme_code) == filters.programme)
    if filters.state is not None:
        statement = statement.where(col(Cohort.state) == filters.state)
    position = tuple_(col(Cohort.starts_on), col(Cohort.id))
    if after is not None:
        statement = statement.where(position < after if descending else position > after)
    keys = (col(Cohort.starts_on), col(Cohort.id))
    statement = statement.order_by(*(key.desc() if descending else key for key in keys)).limit(limit + 1)
    return (await session.execute(statement)).scalars().all()


async def current_sessions(session: AsyncSession, cohort_id: UUID) -> Sequence[SessionRecord]:
    """The sessions a cohort has had, by day. Whoever sees an enrolment may know them, wherever the group is."""
    statement = (
        select(SessionRecord)
        .where(col(SessionRecord.cohort_id) == cohort_id, col(SessionRecord.is_current))
        .order_by(col(SessionRecord.held_on), col(SessionRecord.session_code))
    )
    async with as_system(session):
        return (await session.execute(statement)).scalars().all()
