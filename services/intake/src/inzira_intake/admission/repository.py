"""Every SQL statement about the sections of Rule 7."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_intake.admission.models import AdmissionSection


async def list_sections(session: AsyncSession, episode_ids: Iterable[UUID]) -> Sequence[AdmissionSection]:
    """The answers given at these admissions."""
    statement = select(AdmissionSection).where(col(AdmissionSection.episode_id).in_(list(episode_ids)))
    return (await session.execute(statement)).scalars().all()
