"""Every SQL statement that reads the journey and the heads; `writing` has those that make them grow."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.page import InvalidCursorError, PageRequest
from inzira_platform.scope import visible_persons
from sqlalchemy import exists, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from inzira_gateway.journey.domain import HEAD_ONLY
from inzira_gateway.journey.generation import ACTIVE
from inzira_gateway.journey.models import JourneyEntry, PersonHead


async def find_head(session: AsyncSession, principal: Principal, person_id: UUID) -> PersonHead | None:
    """The head of a person in the principal's reach."""
    query = select(PersonHead).where(
        col(PersonHead.generation) == ACTIVE,
        col(PersonHead.person_id) == person_id,
        col(PersonHead.person_id).in_(visible_persons(principal)),
    )
    return (await session.execute(query)).scalar_one_or_none()


async def list_entries(
    session: AsyncSession,
    person_id: UUID,
    page: PageRequest,
    *,
    source: str | None,
    summary: str | None,
    since: datetime | None,
    until: datetime | None,
    latest_first: bool,
    without: frozenset[str] = HEAD_ONLY,
) -> Sequence[JourneyEntry]:
    """Entries in order of (occurred_at, event_id), one more than the page holds.

    Without corrections of others, which stand beside what they correct, and without events of the types `without`.
    """
    entry: Any = JourneyEntry
    corrected: Any = aliased(JourneyEntry)
    is_correction = exists().where(
        corrected.generation == entry.generation,
        corrected.event_id == entry.supersedes,
        corrected.person_id == entry.person_id,
    )
    wanted: list[Any] = [entry.generation == ACTIVE, entry.person_id == person_id, ~is_correction]
    wanted.append(entry.type.not_in(without))
    if source is not None:
        wanted.append(entry.source == source)
    if summary is not None:
        wanted.append(or_(entry.summary_code == summary, entry.summary_code.startswith(f"{summary}:")))
    if since is not None:
        wanted.append(entry.occurred_at >= since)
    if until is not None:
        wanted.append(entry.occurred_at < until)
    after = page.after(2)
    place: Any = tuple_(entry.occurred_at, entry.event_id)
    if after is not None:
        wanted.append(place < _position(after) if latest_first else place > _position(after))
    columns: list[Any] = [entry.occurred_at, entry.event_id]
    order = [column.desc() if latest_first else column.asc() for column in columns]
    query = select(JourneyEntry).where(*wanted).order_by(*order).limit(page.limit + 1)
    return (await session.execute(query)).scalars().all()


async def corrections_of(session: AsyncSession, person_id: UUID) -> Sequence[JourneyEntry]:
    """Every correction of one person's facts, in stream order: they are few."""
    entry: Any = JourneyEntry
    query = (
        select(JourneyEntry)
        .where(entry.generation == ACTIVE, entry.person_id == person_id, entry.supersedes.is_not(None))
        .order_by(entry.recorded_at, entry.event_id)
    )
    return (await session.execute(query)).scalars().all()


def _position(after: list[str]) -> Any:  # noqa: ANN401 - a SQL tuple
    try:
        return tuple_(datetime.fromisoformat(after[0]), UUID(after[1]))
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error
