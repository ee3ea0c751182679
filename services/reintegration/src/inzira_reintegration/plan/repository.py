"""Every statement on assessments and plans."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from inzira_reintegration.plan.models import Assessment, Plan, PlanGoal


async def latest(session: AsyncSession, case_id: UUID) -> Plan | None:
    """The newest version of a case's plan."""
    statement = select(Plan).where(Plan.case_id == case_id).order_by(col(Plan.plan_version).desc()).limit(1)
    return (await session.scalars(statement)).first()


async def latest_signed(session: AsyncSession, case_id: UUID) -> Plan | None:
    """The newest signed version."""
    statement = (
        select(Plan)
        .where(Plan.case_id == case_id, col(Plan.signed_on).is_not(None))
        .order_by(col(Plan.plan_version).desc())
        .limit(1)
    )
    return (await session.scalars(statement)).first()


async def goals_of(session: AsyncSession, plan_id: UUID) -> Sequence[PlanGoal]:
    """The goals of one version, in order."""
    statement = select(PlanGoal).where(PlanGoal.plan_id == plan_id).order_by(col(PlanGoal.position))
    return (await session.scalars(statement)).all()


async def assessments_of(session: AsyncSession, case_id: UUID, limit: int = 200) -> Sequence[Assessment]:
    """Assessments of a case, the latest first."""
    statement = (
        select(Assessment)
        .where(Assessment.case_id == case_id)
        .order_by(col(Assessment.held_on).desc(), col(Assessment.id).desc())
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def reviews_of(session: AsyncSession, case_id: UUID, limit: int) -> Sequence[Assessment]:
    """The latest reviews."""
    statement = (
        select(Assessment)
        .where(Assessment.case_id == case_id, Assessment.kind == "REVIEW")
        .order_by(col(Assessment.held_on).desc(), col(Assessment.id).desc())
        .limit(limit)
    )
    return (await session.scalars(statement)).all()
