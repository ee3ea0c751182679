"""Certificates by enrolment and by serial."""

from uuid import UUID

from inzira_platform.scope import as_system
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_curriculum.certificate.models import Certificate


async def find_of(session: AsyncSession, enrolment_id: UUID) -> Certificate | None:
    """The certificate of an enrolment; whether its person is in reach is asked before."""
    statement = select(Certificate).where(col(Certificate.enrolment_id) == enrolment_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def find_by_serial(session: AsyncSession, serial: str) -> Certificate | None:
    """The certificate of a serial, whoever asks: verifying is public and tells nothing of the person."""
    statement = select(Certificate).where(col(Certificate.serial) == serial)
    async with as_system(session):
        return (await session.execute(statement)).scalar_one_or_none()
