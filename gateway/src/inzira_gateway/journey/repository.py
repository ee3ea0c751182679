"""Every SQL statement about the journey and the heads, of whichever generation."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.page import InvalidCursorError, PageRequest
from inzira_platform.scope import visible_persons
from sqlalchemy import exists, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from inzira_gateway.journey.domain import HEAD_ONLY, HEAD_TYPES, Axes, Fact
from inzira_gateway.journey.generation import ACTIVE
from inzira_gateway.journey.models import JourneyEntry, PersonHead

LIVE = text("SELECT generation, state FROM projection WHERE state <> 'RETIRED' ORDER BY generation")

TOUCH = text(
    """
INSERT INTO person_head AS h (generation, person_id, versions, updated_at)
VALUES (:generation, :person_id, jsonb_build_object(CAST(:source AS text), CAST(:version AS int)), :now)
ON CONFLICT (generation, person_id) DO UPDATE SET updated_at = greatest(h.updated_at, :now),
  versions = h.versions || jsonb_build_object(CAST(:source AS text),
    greatest(CAST(:version AS int), coalesce((h.versions ->> :source)::int, 0)))
"""
)


async def live_generations(session: AsyncSession) -> list[tuple[int, bool]]:
    """(generation, whether it is the active one) of those that events go into."""
    return [(row.generation, row.state == "ACTIVE") for row in (await session.execute(LIVE)).all()]


async def add_entry(session: AsyncSession, generation: int, entry: dict[str, Any]) -> bool:
    """Add one entry; False when it was there."""
    statement = insert(JourneyEntry).values(generation=generation, **entry).on_conflict_do_nothing()
    done = await session.execute(statement.returning(col(JourneyEntry.event_id)))
    return done.first() is not None


async def add_entries(session: AsyncSession, generation: int, entries: Sequence[dict[str, Any]]) -> None:
    """Add many entries of a rebuild; those already there stay as they are."""
    rows = [{"generation": generation, **entry} for entry in entries]
    if rows:
        await session.execute(insert(JourneyEntry).values(rows).on_conflict_do_nothing())


async def touch_head(
    session: AsyncSession, generation: int, person_id: UUID, source: str, version: int, now: datetime
) -> None:
    """Note that a stream was read up to a version, and lock the head: folds of one person take turns."""
    values = {"generation": generation, "person_id": person_id, "source": source, "version": version, "now": now}
    await session.execute(TOUCH, values)


async def facts_of(session: AsyncSession, generation: int, person_id: UUID) -> list[Fact]:
    """The facts of one person that can change the head."""
    entry: Any = JourneyEntry
    query = select(
        entry.event_id, entry.source, entry.type, entry.version, entry.occurred_at, entry.supersedes, entry.refs
    ).where(
        entry.generation == generation,
        entry.person_id == person_id,
        entry.type.in_(HEAD_TYPES),
    )
    return [Fact(*row) for row in (await session.execute(query)).all()]


async def write_axes(session: AsyncSession, generation: int, person_id: UUID, axes: Axes) -> None:
    await session.execute(
        update(PersonHead)
        .where(col(PersonHead.generation) == generation, col(PersonHead.person_id) == person_id)
        .values(**asdict(axes), stage=str(axes.stage))
    )


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
) -> Sequence[JourneyEntry]:
    """Entries in order of (occurred_at, event_id), one more than the page holds.

    Without corrections of others, which stand beside what they correct, and without what is HEAD_ONLY.
    """
    entry: Any = JourneyEntry
    corrected: Any = aliased(JourneyEntry)
    is_correction = exists().where(
        corrected.generation == entry.generation,
        corrected.event_id == entry.supersedes,
        corrected.person_id == entry.person_id,
    )
    wanted: list[Any] = [entry.generation == ACTIVE, entry.person_id == person_id, ~is_correction]
    wanted.append(entry.type.not_in(HEAD_ONLY))
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
