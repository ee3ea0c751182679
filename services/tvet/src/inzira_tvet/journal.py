"""Finding the event that told of a fact, so that the event of its correction can name it."""

from typing import TypeVar
from uuid import UUID

from inzira_contracts.event import Event
from inzira_platform.scope import as_system
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

Told = TypeVar("Told", bound=Event)

TOLD = text(
    """
SELECT event_id FROM outbox
WHERE stream = :stream AND type = :type AND convert_from(payload, 'UTF8')::jsonb @> :facts
ORDER BY version DESC LIMIT 1
"""
).bindparams(bindparam("facts", type_=JSONB))


async def superseding(session: AsyncSession, event: Told, told: Event, *fields: str) -> Told:
    """`event` naming what it corrects: the last event that agrees with `told` in type, stream and `fields`.

    Unchanged when there is none: the journal of this service holds everything it ever told.
    """
    facts = told.model_dump(mode="json", include=set(fields))
    where = {"stream": told.stream, "type": told.type, "facts": facts}
    async with as_system(session):  # what is in the journal is closed to the roles of users
        found: UUID | None = (await session.execute(TOLD, where)).scalar_one_or_none()
    return event if found is None else event.model_copy(update={"supersedes": found})
