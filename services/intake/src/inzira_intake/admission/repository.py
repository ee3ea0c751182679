"""Every SQL statement about the sections of Rule 7, and the reach of many admitted at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from inzira_platform.scope import PERSON_SCOPE
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_intake.admission.models import AdmissionSection


async def list_sections(session: AsyncSession, episode_ids: Iterable[UUID]) -> Sequence[AdmissionSection]:
    """The answers given at these admissions."""
    statement = select(AdmissionSection).where(col(AdmissionSection.episode_id).in_(list(episode_ids)))
    return (await session.execute(statement)).scalars().all()


async def add_reaches(session: AsyncSession, reaches: Sequence[Mapping[str, Any]]) -> None:
    """Where people who are new come into reach; each with the same columns of `person_scope`."""
    await session.execute(insert(PERSON_SCOPE), list(reaches))
