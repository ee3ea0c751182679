"""Every statement on assessments. Callers hold the training, whose read has already checked their reach."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_tvet.assessment.models import IntegratedAssessment, ModuleAssessment


async def module_sittings(
    session: AsyncSession, training_ids: Collection[UUID], module_code: str | None = None
) -> Sequence[ModuleAssessment]:
    """The sittings that stand (not superseded) of these trainings, by day; of one module when given."""
    statement = select(ModuleAssessment).where(
        col(ModuleAssessment.training_id).in_(training_ids), col(ModuleAssessment.is_current)
    )
    if module_code is not None:
        statement = statement.where(col(ModuleAssessment.module_code) == module_code)
    return (await session.execute(statement.order_by(col(ModuleAssessment.assessed_on)))).scalars().all()


async def integrated_sittings(session: AsyncSession, training_ids: Collection[UUID]) -> Sequence[IntegratedAssessment]:
    """The integrated sittings that stand, of these trainings, by day."""
    statement = select(IntegratedAssessment).where(
        col(IntegratedAssessment.training_id).in_(training_ids), col(IntegratedAssessment.is_current)
    )
    return (await session.execute(statement.order_by(col(IntegratedAssessment.assessed_on)))).scalars().all()
