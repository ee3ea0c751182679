"""Every SQL statement that reads the journey and the heads; `writing` has those that make them grow."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.page import InvalidCursorError, PageRequest
from inzira_platform.scope import visible_persons
from sqlalchemy import ARRAY, Integer, Select, Text, Uuid, all_, bindparam, exists, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from inzira_gateway.journey.domain import HEAD_ONLY
from inzira_gateway.journey.generation import ACTIVE
from inzira_gateway.journey.models import JourneyEntry, PersonHead

ENTRY: Any = JourneyEntry
CORRECTED: Any = aliased(JourneyEntry)
IS_CORRECTION = exists().where(
    CORRECTED.generation == ENTRY.generation,
    CORRECTED.event_id == ENTRY.supersedes,
    CORRECTED.person_id == ENTRY.person_id,
)
PERSON_ID = bindparam("person_id", type_=Uuid)
OF_PERSON = (ENTRY.generation == ACTIVE, ENTRY.person_id == PERSON_ID)
CORRECTIONS = (
    select(JourneyEntry).where(*OF_PERSON, ENTRY.supersedes.is_not(None)).order_by(ENTRY.recorded_at, ENTRY.event_id)
)
IS_CORRECTED = exists().where(
    CORRECTED.generation == ACTIVE, CORRECTED.person_id == PERSON_ID, CORRECTED.supersedes.is_not(None)
)


async def find_head(session: AsyncSession, principal: Principal, person_id: UUID) -> PersonHead | None:
    """The head of a person in the principal's reach."""
    return (await session.execute(_head_in_reach(principal), {"person_id": person_id})).scalar_one_or_none()


@lru_cache(maxsize=512)
def _head_in_reach(principal: Principal) -> Select[PersonHead]:
    return select(PersonHead).where(
        col(PersonHead.generation) == ACTIVE,
        col(PersonHead.person_id) == PERSON_ID,
        col(PersonHead.person_id).in_(visible_persons(principal)),
    )


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
) -> tuple[list[JourneyEntry], bool]:
    """Entries in order of (occurred_at, event_id), one more than the page holds; and whether any fact was corrected.

    Without corrections of others, which stand beside what they correct, and without events of the types `without`.
    """
    wanted: list[Any] = []
    if source is not None:
        wanted.append(ENTRY.source == source)
    if summary is not None:
        wanted.append(or_(ENTRY.summary_code == summary, ENTRY.summary_code.startswith(f"{summary}:")))
    if since is not None:
        wanted.append(ENTRY.occurred_at >= since)
    if until is not None:
        wanted.append(ENTRY.occurred_at < until)
    after = page.after(2)
    if after is not None:
        place: Any = tuple_(ENTRY.occurred_at, ENTRY.event_id)
        wanted.append(place < _position(after) if latest_first else place > _position(after))
    query = _entries(latest_first, without)
    if wanted:
        query = query.where(*wanted)
    rows = (await session.execute(query, {"person_id": person_id, "most": page.limit + 1})).all()
    return [row[0] for row in rows], any(row[1] for row in rows)


@cache
def _entries(latest_first: bool, without: frozenset[str]) -> Select[JourneyEntry, bool]:
    """The first page of a journey: built once, for building it costs more than asking it."""
    columns: list[Any] = [ENTRY.occurred_at, ENTRY.event_id]
    order = [column.desc() if latest_first else column.asc() for column in columns]
    is_shown = ENTRY.type != all_(literal(sorted(without), ARRAY(Text)))
    query = select(JourneyEntry, IS_CORRECTED).where(*OF_PERSON, ~IS_CORRECTION, is_shown)
    return query.order_by(*order).limit(bindparam("most", type_=Integer))


async def corrections_of(session: AsyncSession, person_id: UUID) -> Sequence[JourneyEntry]:
    """Every correction of one person's facts, in stream order: they are few."""
    return (await session.execute(CORRECTIONS, {"person_id": person_id})).scalars().all()


def _position(after: list[str]) -> Any:  # noqa: ANN401 - a SQL tuple
    try:
        return tuple_(datetime.fromisoformat(after[0]), UUID(after[1]))
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error
