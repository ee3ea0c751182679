"""Test results as they stand."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_curriculum.assessment.models import TestResult


async def current_of_lineages(session: AsyncSession, lineage_ids: Iterable[UUID]) -> Sequence[TestResult]:
    """Every standing result of these lineages, by phase and sitting."""
    statement = (
        select(TestResult)
        .where(col(TestResult.lineage_id).in_(list(lineage_ids)), col(TestResult.is_current))
        .order_by(col(TestResult.phase), col(TestResult.sitting))
    )
    return (await session.execute(statement)).scalars().all()
