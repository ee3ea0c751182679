"""Reads of participants; the reach of the caller is in the statement, row-level security is the net."""

from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.scope import visible_persons
from inzira_platform.storing import locked
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_tvet.participant.models import Participant


async def find_visible(
    session: AsyncSession, principal: Principal, person_id: UUID, *, hold: bool = False
) -> Participant | None:
    """The participant, when the principal's reach holds them; nobody changes them meanwhile when `hold`."""
    statement = select(Participant).where(
        col(Participant.person_id) == person_id,
        col(Participant.person_id).in_(visible_persons(principal)),
    )
    return (await session.execute(locked(statement, read=True) if hold else statement)).scalar_one_or_none()
