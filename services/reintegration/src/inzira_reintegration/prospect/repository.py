"""Every statement on prospects."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from inzira_platform.storing import locked
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from inzira_reintegration.prospect.models import Prospect


async def lock(session: AsyncSession, person_ids: Collection[UUID]) -> Sequence[Prospect]:
    """Those of these persons who are or were in custody, locked in the order of their ids."""
    statement = select(Prospect).where(col(Prospect.person_id).in_(person_ids)).order_by(col(Prospect.person_id))
    return (await session.scalars(locked(statement))).all()


async def due(session: AsyncSession, horizon: date, limit: int) -> Sequence[Prospect]:
    """Persons whose window has opened and who have no case, locked; the earliest release first."""
    statement = (
        select(Prospect)
        .where(
            Prospect.status == "WAITING",
            col(Prospect.expected_release_on).is_not(None),
            col(Prospect.expected_release_on) <= horizon,
            Prospect.custody_state != "ESCAPED",
        )
        .order_by(col(Prospect.expected_release_on), col(Prospect.person_id))
        .limit(limit)
    )
    return (await session.scalars(locked(statement, skip_locked=True))).all()
