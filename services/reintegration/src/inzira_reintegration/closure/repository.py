"""Every statement on closure requests."""

from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.scope import visible_persons
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from inzira_reintegration.closure.models import Closure


async def get(session: AsyncSession, principal: Principal, closure_id: UUID) -> Closure | None:
    """A request about a person in reach."""
    statement = select(Closure).where(Closure.id == closure_id, col(Closure.person_id).in_(visible_persons(principal)))
    return (await session.scalars(statement)).first()


async def waiting(session: AsyncSession, case_id: UUID) -> Closure | None:
    """The request of a case that waits for a supervisor."""
    statement = select(Closure).where(Closure.case_id == case_id, Closure.state == "REQUESTED")
    return (await session.scalars(statement)).first()


async def withdraw_waiting(session: AsyncSession, case_id: UUID) -> None:
    """A custody event closed the case: the request is pointless now."""
    await session.execute(
        update(Closure)
        .where(col(Closure.case_id) == case_id, col(Closure.state) == "REQUESTED")
        .values(state="WITHDRAWN", version=Closure.version + 1)
        .execution_options(synchronize_session="fetch")
    )
