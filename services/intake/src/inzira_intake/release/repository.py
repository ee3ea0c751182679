"""Every SQL statement about release orders."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.scope import visible_persons
from inzira_platform.storing import locked
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_intake.release.domain import OrderState
from inzira_intake.release.models import ReleaseOrder


async def find_order(
    session: AsyncSession, principal: Principal, release_id: UUID, *, lock: bool = False
) -> ReleaseOrder | None:
    """The order of a person in reach; locked until the transaction ends when `lock`."""
    statement = select(ReleaseOrder).where(
        col(ReleaseOrder.id) == release_id, col(ReleaseOrder.person_id).in_(visible_persons(principal))
    )
    return (await session.execute(locked(statement) if lock else statement)).scalar_one_or_none()


async def supersede_prepared(session: AsyncSession, episode_id: UUID) -> None:
    """An order that still waits gives way to the one prepared after it."""
    waiting = (col(ReleaseOrder.episode_id) == episode_id, col(ReleaseOrder.state) == OrderState.PREPARED.value)
    changed = {"state": OrderState.SUPERSEDED.value, "version": col(ReleaseOrder.version) + 1}
    await session.execute(update(ReleaseOrder).where(*waiting).values(changed))


async def list_orders(session: AsyncSession, episode_ids: Iterable[UUID]) -> Sequence[ReleaseOrder]:
    """The orders of these episodes, the first one first."""
    statement = (
        select(ReleaseOrder)
        .where(col(ReleaseOrder.episode_id).in_(list(episode_ids)))
        .order_by(col(ReleaseOrder.prepared_at), col(ReleaseOrder.id))
    )
    return (await session.execute(statement)).scalars().all()
