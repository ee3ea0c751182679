"""Every SQL statement about episodes and their facts. Reads repeat the caller's reach."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.scope import visible_persons
from inzira_platform.storing import locked
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_intake.custody.models import CustodyFact, Episode, FactCorrection

EVENT_AT = text("SELECT event_id FROM outbox WHERE stream = :stream AND version = :version")


async def lock_open_episode(session: AsyncSession, principal: Principal, person_id: UUID) -> Episode | None:
    """The open episode of a person in reach, locked; None when there is none."""
    statement = select(Episode).where(
        col(Episode.person_id) == person_id,
        col(Episode.closed_at).is_(None),
        col(Episode.person_id).in_(visible_persons(principal)),
    )
    return (await session.execute(locked(statement))).scalar_one_or_none()


async def list_episodes(
    session: AsyncSession, principal: Principal, person_id: UUID, *, lock: bool = False
) -> Sequence[Episode]:
    """All episodes of a person in reach, the first one first."""
    statement = (
        select(Episode)
        .where(col(Episode.person_id) == person_id, col(Episode.person_id).in_(visible_persons(principal)))
        .order_by(col(Episode.recorded_at), col(Episode.id))
    )
    return (await session.execute(locked(statement) if lock else statement)).scalars().all()


async def lock_episode(session: AsyncSession, principal: Principal, episode_id: UUID) -> Episode | None:
    """An episode of a person in reach, open or closed, locked."""
    statement = select(Episode).where(
        col(Episode.id) == episode_id, col(Episode.person_id).in_(visible_persons(principal))
    )
    return (await session.execute(locked(statement))).scalar_one_or_none()


async def list_facts(session: AsyncSession, episode_ids: Iterable[UUID]) -> Sequence[CustodyFact]:
    """The facts of these episodes as first recorded."""
    statement = select(CustodyFact).where(col(CustodyFact.episode_id).in_(list(episode_ids)))
    return (await session.execute(statement)).scalars().all()


async def list_corrections(session: AsyncSession, episode_ids: Iterable[UUID]) -> Sequence[FactCorrection]:
    """The corrections of these episodes' facts, the first one first."""
    statement = (
        select(FactCorrection)
        .where(col(FactCorrection.episode_id).in_(list(episode_ids)))
        .order_by(col(FactCorrection.recorded_at), col(FactCorrection.id))
    )
    return (await session.execute(statement)).scalars().all()


async def find_event_id(session: AsyncSession, person_id: UUID, version: int) -> UUID:
    """The id of the event at that version of the person's stream: what a correction supersedes."""
    found = await session.execute(EVENT_AT, {"stream": f"person:{person_id}", "version": version})
    event_id: UUID = found.scalar_one()
    return event_id
