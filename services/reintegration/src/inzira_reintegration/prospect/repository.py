"""Every statement on prospects."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from inzira_reintegration.prospect.models import Prospect


async def get(session: AsyncSession, person_id: UUID) -> Prospect | None:
    """A person in custody, locked."""
    return await session.get(Prospect, person_id, with_for_update=True)


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
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(statement)).all()
