"""Every statement on visits."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from inzira_reintegration.visit.models import Visit


async def of_case(session: AsyncSession, case_id: UUID, limit: int = 500) -> Sequence[Visit]:
    """Visits of a case, the latest first."""
    statement = (
        select(Visit)
        .where(Visit.case_id == case_id)
        .order_by(col(Visit.held_on).desc(), col(Visit.id).desc())
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def reviews_of(session: AsyncSession, case_id: UUID, limit: int) -> Sequence[Visit]:
    """The latest visits at which all twelve domains were scored."""
    statement = (
        select(Visit)
        .where(Visit.case_id == case_id, col(Visit.is_review).is_(True))
        .order_by(col(Visit.held_on).desc(), col(Visit.id).desc())
        .limit(limit)
    )
    return (await session.scalars(statement)).all()
