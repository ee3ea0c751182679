"""Every statement on awards. Callers hold the training, whose read has already checked their reach."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_tvet.award.domain import AwardNumberTakenError
from inzira_tvet.award.models import Award


async def find_award(session: AsyncSession, training_id: UUID) -> Award | None:
    """The award of a training, or None."""
    statement = select(Award).where(col(Award.training_id) == training_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def add_award(session: AsyncSession, row: Award) -> None:
    """Add an award. Raises AwardNumberTakenError when its number is in use, also by a person out of reach."""
    await session.flush()
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError as error:
        raise AwardNumberTakenError(field="rtb_number") from error
