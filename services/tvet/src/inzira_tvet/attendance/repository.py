"""Every statement on attendance. Callers hold the trainings, whose read has already checked their reach."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_tvet.attendance.models import AttendanceMark


async def marks_of_day(
    session: AsyncSession, training_ids: Collection[UUID], held_on: date
) -> dict[UUID, AttendanceMark]:
    """The mark that stands for this day, by training."""
    statement = select(AttendanceMark).where(
        col(AttendanceMark.training_id).in_(training_ids),
        col(AttendanceMark.held_on) == held_on,
        col(AttendanceMark.is_current),
    )
    rows = (await session.execute(statement)).scalars().all()
    return {row.training_id: row for row in rows}


async def count_days(session: AsyncSession, training_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """(days present, days marked) by training; trainings without a mark are absent."""
    statement = (
        select(
            col(AttendanceMark.training_id),
            func.count().filter(col(AttendanceMark.present)),
            func.count(),
        )
        .where(col(AttendanceMark.training_id).in_(training_ids), col(AttendanceMark.is_current))
        .group_by(col(AttendanceMark.training_id))
    )
    return {training_id: (present, marked) for training_id, present, marked in (await session.execute(statement)).all()}
