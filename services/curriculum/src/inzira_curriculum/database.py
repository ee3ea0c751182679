"""The base class of this service's tables, and the one look into its own journal."""

from typing import TYPE_CHECKING
from uuid import UUID

from inzira_platform.database import service_base
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from sqlmodel import SQLModel as Base  # a base made at run time is no base to a type checker
else:
    Base = service_base()

__all__ = ["Base", "event_id_at"]

EVENT_ID = text("SELECT event_id FROM outbox WHERE stream = :stream AND version = :version")


async def event_id_at(session: AsyncSession, stream: str, version: int | None) -> UUID | None:
    """Id of the event a fact was emitted with, so that its correction can name it in `supersedes`."""
    if version is None:
        return None
    found: UUID | None = (await session.execute(EVENT_ID, {"stream": stream, "version": version})).scalar()
    return found
