"""Every SQL statement of a rebuild."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_gateway.journey.models import Projection

START = text(
    "INSERT INTO projection(generation, state, started_at, requested_by, reason) "
    "SELECT max(generation) + 1, 'BUILDING', :now, :by, :reason FROM projection RETURNING generation"
)
KEEP = text("UPDATE projection SET progress = CAST(:progress AS jsonb) WHERE generation = :generation")
PERSONS = text(
    "SELECT DISTINCT person_id FROM journey_entry WHERE generation = :generation "
    "AND (CAST(:after AS uuid) IS NULL OR person_id > :after) ORDER BY person_id LIMIT :most"
)
MISSING = text(
    "SELECT count(*) FROM journey_entry a WHERE a.generation = :active AND a.person_id = ANY(:ids) "
    "AND NOT EXISTS (SELECT 1 FROM journey_entry b WHERE b.generation = :generation AND b.event_id = a.event_id)"
)
RETIRE = text("UPDATE projection SET state = 'RETIRED' WHERE state = 'ACTIVE'")
ACTIVATE = text("UPDATE projection SET state = 'ACTIVE', activated_at = :now WHERE generation = :generation")
ABANDON = text("UPDATE projection SET state = 'RETIRED' WHERE generation = :generation")
REACH = text(
    """
INSERT INTO person_scope(person_id, facility, incoming_facility, org, worker_id, district, custody_state, updated_at)
SELECT person_id, facility, incoming_facility, org, CASE WHEN case_state = 'CLOSED' THEN NULL ELSE worker_id END,
       return_district, custody_state, clock_timestamp()
FROM person_head WHERE generation = :generation
ON CONFLICT (person_id) DO UPDATE SET facility = excluded.facility, incoming_facility = excluded.incoming_facility,
  org = excluded.org, worker_id = excluded.worker_id, district = excluded.district,
  custody_state = excluded.custody_state, updated_at = excluded.updated_at
WHERE (person_scope.facility, person_scope.incoming_facility, person_scope.org, person_scope.worker_id,
       person_scope.district, person_scope.custody_state)
  IS DISTINCT FROM (excluded.facility, excluded.incoming_facility, excluded.org, excluded.worker_id,
                    excluded.district, excluded.custody_state)
"""
)
COUNT = text("ANALYZE journey_entry, person_head")
UNSWEPT = text(
    "SELECT generation FROM projection WHERE state = 'RETIRED' AND progress->>'swept' IS NULL "
    "ORDER BY generation LIMIT 1"
)
SWEEP = (
    text("DELETE FROM journey_entry WHERE generation = :generation AND person_id = ANY(:ids)"),
    text("DELETE FROM person_head WHERE generation = :generation AND person_id = ANY(:ids)"),
)
SWEPT = text("UPDATE projection SET progress = progress || '{\"swept\": true}' WHERE generation = :generation")


async def find_building(session: AsyncSession) -> Projection | None:
    query = select(Projection).where(col(Projection.state) == "BUILDING")
    return (await session.execute(query)).scalar_one_or_none()


async def latest(session: AsyncSession, most: int) -> list[Projection]:
    """The latest generations, newest first."""
    query = select(Projection).order_by(col(Projection.generation).desc()).limit(most)
    return list((await session.execute(query)).scalars().all())


async def start(session: AsyncSession, by: str, reason: str, now: datetime) -> int:
    """Begin a generation and return its number."""
    return int((await session.execute(START, {"by": by, "reason": reason, "now": now})).scalar_one())


async def keep_progress(session: AsyncSession, generation: int, progress: dict[str, Any]) -> None:
    await session.execute(KEEP, {"generation": generation, "progress": json.dumps(progress)})


async def persons_after(session: AsyncSession, generation: int, after: UUID | None, most: int) -> list[UUID]:
    values = {"generation": generation, "after": after, "most": most}
    return list((await session.execute(PERSONS, values)).scalars().all())


async def count_rows(session: AsyncSession) -> None:
    """Tell PostgreSQL how many rows each generation has. It would take one nobody has counted for an empty one, and
    read all of it for every person.
    """
    await session.execute(COUNT)


async def active_generation(session: AsyncSession) -> int:
    query = select(col(Projection.generation)).where(col(Projection.state) == "ACTIVE")
    return int((await session.execute(query)).scalar_one())


async def count_missing(session: AsyncSession, active: int, generation: int, person_ids: list[UUID]) -> int:
    """Entries of these persons that the active generation has and the new one lacks."""
    values = {"active": active, "generation": generation, "ids": person_ids}
    return int((await session.execute(MISSING, values)).scalar_one())


async def flip(session: AsyncSession, generation: int, now: datetime) -> None:
    """Make a generation the active one, with the reach its heads give; one transaction, so no reader sees neither."""
    await session.execute(RETIRE)
    await session.execute(ACTIVATE, {"generation": generation, "now": now})
    await session.execute(REACH, {"generation": generation})


async def abandon(session: AsyncSession, generation: int) -> None:
    await session.execute(ABANDON, {"generation": generation})


async def find_unswept(session: AsyncSession) -> int | None:
    """The oldest retired generation whose rows are still there."""
    generation: int | None = (await session.execute(UNSWEPT)).scalar_one_or_none()
    return generation


async def sweep(session: AsyncSession, generation: int, person_ids: list[UUID]) -> None:
    """Remove what a retired generation says of these persons."""
    for statement in SWEEP:
        await session.execute(statement, {"generation": generation, "ids": person_ids})


async def mark_swept(session: AsyncSession, generation: int) -> None:
    """Nothing of a retired generation is left; its line stays as the record."""
    await session.execute(SWEPT, {"generation": generation})
