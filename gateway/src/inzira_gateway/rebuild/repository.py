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
VERSIONS = text(
    """
UPDATE person_head h SET versions = e.versions, updated_at = e.latest FROM (
  SELECT person_id, jsonb_object_agg(source, version) AS versions, max(latest) AS latest FROM (
    SELECT person_id, source, max(version) AS version, max(recorded_at) AS latest FROM journey_entry
    WHERE generation = :generation AND person_id = ANY(:ids) GROUP BY person_id, source) s GROUP BY person_id) e
WHERE h.generation = :generation AND h.person_id = e.person_id
"""
)
MISSING = text(
    "SELECT count(*) FROM journey_entry a "
    "WHERE a.generation = (SELECT generation FROM projection WHERE state = 'ACTIVE') "
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
"""
)
SWEEP = (
    text("DELETE FROM journey_entry WHERE generation IN (SELECT generation FROM projection WHERE state = 'RETIRED')"),
    text("DELETE FROM person_head WHERE generation IN (SELECT generation FROM projection WHERE state = 'RETIRED')"),
)


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


async def settle_versions(session: AsyncSession, generation: int, person_ids: list[UUID]) -> None:
    """Versions and times of heads from the entries themselves."""
    await session.execute(VERSIONS, {"generation": generation, "ids": person_ids})


async def count_missing(session: AsyncSession, generation: int) -> int:
    """Entries of the active generation that the new one lacks."""
    return int((await session.execute(MISSING, {"generation": generation})).scalar_one())


async def flip(session: AsyncSession, generation: int, now: datetime) -> None:
    """Make a generation the active one, with the reach its heads give; one transaction, so no reader sees neither."""
    await session.execute(RETIRE)
    await session.execute(ACTIVATE, {"generation": generation, "now": now})
    await session.execute(REACH, {"generation": generation})


async def abandon(session: AsyncSession, generation: int) -> None:
    await session.execute(ABANDON, {"generation": generation})


async def sweep(session: AsyncSession) -> None:
    """Remove the rows of retired generations; their line in `projection` stays as the record."""
    for statement in SWEEP:
        await session.execute(statement)
