"""Every SQL statement about releases and their numbers."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from inzira_platform.page import PageRequest
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.journey.generation import ACTIVE
from inzira_gateway.journey.models import PersonHead
from inzira_gateway.statistics.domain import Group
from inzira_gateway.statistics.models import StatisticCell, StatisticRelease

HEAD: Any = PersonHead
CELL: Any = StatisticCell
RELEASE: Any = StatisticRelease
TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended('statistic_release', 0))")


async def take_turns(session: AsyncSession) -> None:
    """Wait until nobody else makes a release; until the transaction ends nobody else does."""
    await session.execute(TAKE_TURNS)


async def groups(session: AsyncSession) -> list[Group]:
    """Everybody in the read model, counted in one statement: one state and no other."""
    columns = (HEAD.stage, HEAD.return_district, HEAD.facility)
    query = select(*columns, func.count()).where(HEAD.generation == ACTIVE).group_by(*columns)
    return [Group(*row) for row in (await session.execute(query)).all()]


async def find_release(session: AsyncSession, period: str | None = None) -> StatisticRelease | None:
    """The release of a month; the latest where none is named."""
    query = select(StatisticRelease).order_by(RELEASE.period.desc()).limit(1)
    if period is not None:
        query = query.where(RELEASE.period == period)
    return (await session.execute(query)).scalar_one_or_none()


async def list_releases(session: AsyncSession, page: PageRequest) -> list[StatisticRelease]:
    """The latest first; one more than the page holds."""
    query = select(StatisticRelease).order_by(RELEASE.period.desc()).limit(page.limit + 1)
    after = page.after(1)
    if after is not None:
        query = query.where(RELEASE.period < after[0])
    return list((await session.execute(query)).scalars().all())


async def periods(session: AsyncSession) -> list[str]:
    """Every month with a release, the latest first."""
    return list((await session.execute(select(RELEASE.period).order_by(RELEASE.period.desc()))).scalars().all())


async def cells(session: AsyncSession, release_id: UUID) -> list[StatisticCell]:
    """Every number of a release, shown or not, in a fixed order."""
    query = select(StatisticCell).where(CELL.release_id == release_id).order_by(CELL.stage, CELL.dimension, CELL.value)
    return list((await session.execute(query)).scalars().all())


async def add_cells(session: AsyncSession, rows: Collection[dict[str, Any]]) -> None:
    await session.execute(insert(StatisticCell), list(rows))
