"""Every statement on statements of attainment. Callers hold the training, whose read checked their reach."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_tvet.attainment.models import AttainmentStatement


async def statements_of(session: AsyncSession, training_id: UUID) -> Sequence[AttainmentStatement]:
    """A training's statements, oldest first."""
    statement = select(AttainmentStatement).where(col(AttainmentStatement.training_id) == training_id)
    return (await session.execute(statement.order_by(col(AttainmentStatement.id)))).scalars().all()
