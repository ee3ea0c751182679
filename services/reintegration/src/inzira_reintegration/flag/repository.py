"""Every statement on flags."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.scope import visible_persons
from inzira_platform.storing import locked
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from inzira_reintegration.flag.models import Flag

OPEN = ("RAISED", "ACKNOWLEDGED", "ACTION_TAKEN")


async def get(session: AsyncSession, principal: Principal, flag_id: UUID) -> Flag | None:
    """A flag of a person in reach, locked."""
    statement = select(Flag).where(Flag.id == flag_id, col(Flag.person_id).in_(visible_persons(principal)))
    return (await session.scalars(locked(statement))).first()


async def case_of(session: AsyncSession, principal: Principal, flag_id: UUID) -> UUID | None:
    """The case of a flag of a person in reach."""
    statement = select(Flag.case_id).where(Flag.id == flag_id, col(Flag.person_id).in_(visible_persons(principal)))
    return (await session.scalars(statement)).first()


async def of_case(session: AsyncSession, case_id: UUID) -> Sequence[Flag]:
    """Flags of a case, the latest first."""
    statement = (
        select(Flag).where(Flag.case_id == case_id).order_by(col(Flag.raised_at).desc(), col(Flag.id)).limit(500)
    )
    return (await session.scalars(statement)).all()


async def open_levels(session: AsyncSession, case_id: UUID) -> frozenset[str]:
    """Levels of the flags of a case that have not ended."""
    statement = select(Flag.level).where(Flag.case_id == case_id, col(Flag.state).in_(OPEN)).distinct()
    return frozenset((await session.scalars(statement)).all())


async def open_in_reach(
    session: AsyncSession, principal: Principal, worker_id: str | None, limit: int
) -> Sequence[Flag]:
    """Open flags of persons in reach, of one worker when given, the most pressing first."""
    statement = select(Flag).where(col(Flag.person_id).in_(visible_persons(principal)), col(Flag.state).in_(OPEN))
    if worker_id is not None:
        mine = text("person_id IN (SELECT person_id FROM person_scope WHERE worker_id = :worker)")
        statement = statement.where(mine.bindparams(worker=worker_id))
    statement = statement.order_by(col(Flag.clock_due_at).asc().nulls_last(), col(Flag.raised_at), col(Flag.id)).limit(
        limit
    )
    return (await session.scalars(statement)).all()


async def past_clock(session: AsyncSession, now: datetime, limit: int) -> Sequence[Flag]:
    """Flags whose clock has passed, locked; those somebody is changing are left for the next pass."""
    statement = (
        select(Flag).where(col(Flag.clock_due_at) < now).order_by(col(Flag.clock_due_at), col(Flag.id)).limit(limit)
    )
    return (await session.scalars(locked(statement, skip_locked=True))).all()


async def stop_clocks(session: AsyncSession, case_id: UUID) -> None:
    """No clock runs on the flags of a case that ended; the flags stay as they are."""
    await session.execute(
        update(Flag)
        .where(col(Flag.case_id) == case_id)
        .values(clock_due_at=None)
        .execution_options(synchronize_session="fetch")
    )
