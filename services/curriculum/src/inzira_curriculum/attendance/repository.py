"""Marks as they stand."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_curriculum.attendance.domain import AttendanceCode
from inzira_curriculum.attendance.models import AttendanceMark


async def current_of_session(
    session: AsyncSession, enrolment_ids: Iterable[UUID], session_code: str
) -> dict[UUID, AttendanceMark]:
    """The standing marks of these enrolments for one session."""
    statement = select(AttendanceMark).where(
        col(AttendanceMark.enrolment_id).in_(list(enrolment_ids)),
        col(AttendanceMark.session_code) == session_code,
        col(AttendanceMark.is_current),
    )
    return {mark.enrolment_id: mark for mark in (await session.execute(statement)).scalars()}


async def current_of_lineages(session: AsyncSession, lineage_ids: Iterable[UUID]) -> Sequence[AttendanceMark]:
    """Every standing mark of these lineages, credits of earlier parts among them."""
    statement = select(AttendanceMark).where(
        col(AttendanceMark.lineage_id).in_(list(lineage_ids)), col(AttendanceMark.is_current)
    )
    return (await session.execute(statement)).scalars().all()


async def make_ups(session: AsyncSession, lineage_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many sessions each lineage has made up."""
    statement = (
        select(col(AttendanceMark.lineage_id), func.count())
        .where(
            col(AttendanceMark.lineage_id).in_(list(lineage_ids)),
            col(AttendanceMark.code) == AttendanceCode.MADE_UP,
            col(AttendanceMark.is_current),
        )
        .group_by(col(AttendanceMark.lineage_id))
    )
    return {lineage: count for lineage, count in (await session.execute(statement)).all()}


async def codes_of_session(session: AsyncSession, cohort_id: UUID, session_code: str) -> Sequence[str]:
    """The standing codes of everybody in a cohort for one session: a head count."""
    statement = select(col(AttendanceMark.code)).where(
        col(AttendanceMark.cohort_id) == cohort_id,
        col(AttendanceMark.session_code) == session_code,
        col(AttendanceMark.is_current),
    )
    return (await session.execute(statement)).scalars().all()


async def history_of(session: AsyncSession, enrolment_id: UUID) -> Sequence[AttendanceMark]:
    """Every mark of an enrolment, superseded ones among them, oldest first."""
    statement = (
        select(AttendanceMark).where(col(AttendanceMark.enrolment_id) == enrolment_id).order_by(col(AttendanceMark.id))
    )
    return (await session.execute(statement)).scalars().all()
