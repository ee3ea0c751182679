"""Every SQL statement about sentences and computed dates."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_intake.custody.models import Episode
from inzira_intake.sentence.models import DateComputation, Sentence


async def list_sentences(session: AsyncSession, episode_ids: Iterable[UUID]) -> Sequence[Sentence]:
    """Every statement of the sentences of these episodes, the first one first; the last one is in force."""
    statement = (
        select(Sentence)
        .where(col(Sentence.episode_id).in_(list(episode_ids)))
        .order_by(col(Sentence.recorded_at), col(Sentence.id))
    )
    return (await session.execute(statement)).scalars().all()


async def find_sentence(session: AsyncSession, episode_id: UUID) -> Sentence | None:
    """The terms in force."""
    statement = (
        select(Sentence)
        .where(col(Sentence.episode_id) == episode_id)
        .order_by(col(Sentence.recorded_at).desc(), col(Sentence.id).desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def list_computations(session: AsyncSession, episode_ids: Iterable[UUID]) -> Sequence[DateComputation]:
    """Every computation of these episodes, the first one first."""
    statement = (
        select(DateComputation)
        .where(col(DateComputation.episode_id).in_(list(episode_ids)))
        .order_by(col(DateComputation.recorded_at), col(DateComputation.id))
    )
    return (await session.execute(statement)).scalars().all()


async def find_computation(session: AsyncSession, episode_id: UUID) -> DateComputation | None:
    """The latest computation."""
    statement = (
        select(DateComputation)
        .where(col(DateComputation.episode_id) == episode_id)
        .order_by(col(DateComputation.recorded_at).desc(), col(DateComputation.id).desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def list_outdated(session: AsyncSession, rule_set: str, limit: int) -> Sequence[UUID]:
    """Open episodes whose latest computation rests on another rule set than `rule_set`."""
    latest = (
        select(col(DateComputation.episode_id), col(DateComputation.rule_set))
        .join(Episode, col(Episode.id) == col(DateComputation.episode_id))
        .where(col(Episode.closed_at).is_(None))
        .distinct(col(DateComputation.episode_id))
        .order_by(
            col(DateComputation.episode_id),
            col(DateComputation.recorded_at).desc(),
            col(DateComputation.id).desc(),
        )
        .subquery()
    )
    statement = select(latest.c.episode_id).where(latest.c.rule_set != rule_set).limit(limit)
    return (await session.execute(statement)).scalars().all()
