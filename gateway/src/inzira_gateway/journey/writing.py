"""Every SQL statement that makes a journey grow, many events at once: a batch costs as many statements as one event."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, get_type_hints
from uuid import UUID

import orjson
from sqlalchemy import Date, DateTime, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.journey.domain import HEAD_TYPES, Axes, Fact

ENTRY = (
    "event_id", "person_id", "source", "type", "stream", "version", "occurred_at", "recorded_at", "recorded_by",
    "supersedes", "summary_code", "refs",
)  # fmt: skip
AXES = Axes._fields
DAYS = tuple(name for name, kind in get_type_hints(Axes).items() if kind == date | None)

LIVE = text("SELECT generation, state FROM projection WHERE state <> 'RETIRED' ORDER BY generation")

ADD = text(
    """
INSERT INTO journey_entry (generation, event_id, person_id, source, type, stream, version, occurred_at, recorded_at,
                           recorded_by, supersedes, summary_code, refs)
SELECT :generation, e.event_id, e.person_id, e.source, e.type, e.stream, e.version, e.occurred_at, e.recorded_at,
       e.recorded_by, e.supersedes, e.summary_code, CAST(e.refs AS jsonb)
FROM unnest(CAST(:event_id AS uuid[]), CAST(:person_id AS uuid[]), CAST(:source AS text[]), CAST(:type AS text[]),
            CAST(:stream AS text[]), CAST(:version AS int[]), CAST(:occurred_at AS timestamptz[]),
            CAST(:recorded_at AS timestamptz[]), CAST(:recorded_by AS text[]), CAST(:supersedes AS uuid[]),
            CAST(:summary_code AS text[]), CAST(:refs AS text[]))
  AS e(event_id, person_id, source, type, stream, version, occurred_at, recorded_at, recorded_by, supersedes,
       summary_code, refs)
ON CONFLICT DO NOTHING RETURNING event_id
"""
)

# In sorted order, here and below: two transactions that touch the same persons take turns and never wait in a ring.
BEGIN_HEADS = text(
    """
INSERT INTO person_head (generation, person_id, updated_at)
SELECT :generation, n.person_id, n.at
FROM unnest(CAST(:ids AS uuid[]), CAST(:times AS timestamptz[])) AS n(person_id, at)
ORDER BY n.person_id ON CONFLICT DO NOTHING RETURNING person_id
"""
)
LOCK_HEADS = text(
    f"SELECT person_id, versions, updated_at, {', '.join(AXES)} FROM person_head "  # noqa: S608 - names of the domain
    "WHERE generation = :generation AND person_id = ANY(:ids) ORDER BY person_id FOR UPDATE"
).columns(
    person_id=Uuid,
    versions=JSONB,
    updated_at=DateTime(timezone=True),
    **{name: Date if name in DAYS else Text for name in AXES},
)
FACTS = text(
    "SELECT person_id, event_id, source, type, version, occurred_at, supersedes, refs FROM journey_entry "
    "WHERE generation = :generation AND person_id = ANY(:ids) AND type = ANY(:types)"
).columns(
    person_id=Uuid, event_id=Uuid, source=Text, type=Text, version=Integer, occurred_at=DateTime(timezone=True),
    supersedes=Uuid, refs=JSONB,
)  # fmt: skip
VERSIONS = text(
    "SELECT person_id, source, max(version), max(recorded_at) FROM journey_entry "
    "WHERE generation = :generation AND person_id = ANY(:ids) GROUP BY person_id, source"
)
WRITE = text(
    f"""
UPDATE person_head h SET stage = n.stage, versions = n.versions, updated_at = n.updated_at,
  {", ".join(f"{name} = n.{name}" for name in AXES)}
FROM jsonb_to_recordset(CAST(:heads AS jsonb)) AS n(person_id uuid, stage text, versions jsonb, updated_at timestamptz,
  {", ".join(f"{name} {'date' if name in DAYS else 'text'}" for name in AXES)})
WHERE h.generation = :generation AND h.person_id = n.person_id
"""  # noqa: S608 - names of the domain
)


class Head(NamedTuple):
    """A head as it stands: its axes (None: nobody had heard of the person), what was read, and when last."""

    axes: Axes | None
    versions: Mapping[str, int]
    updated_at: datetime


async def live_generations(session: AsyncSession) -> list[tuple[int, bool]]:
    """(generation, whether it is the active one) of those that events go into."""
    return [(row.generation, row.state == "ACTIVE") for row in (await session.execute(LIVE)).all()]


async def add_entries(session: AsyncSession, generation: int, entries: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Add entries; the ids of those that were not there yet."""
    if not entries:
        return set()
    columns = {name: [entry[name] for entry in entries] for name in ENTRY}
    columns["refs"] = [orjson.dumps(refs).decode() for refs in columns["refs"]]
    return set((await session.execute(ADD, {"generation": generation, **columns})).scalars())


async def lock_heads(session: AsyncSession, generation: int, times: Mapping[UUID, datetime]) -> dict[UUID, Head]:
    """The heads of these persons, locked until the transaction ends; who had none gets an empty one of that time."""
    ids = sorted(times)
    values = {"generation": generation, "ids": ids, "times": [times[person] for person in ids]}
    begun = set((await session.execute(BEGIN_HEADS, values)).scalars())
    rows = (await session.execute(LOCK_HEADS, {"generation": generation, "ids": ids})).all()
    return {row[0]: Head(None if row[0] in begun else Axes(*row[3:]), row[1], row[2]) for row in rows}


async def facts_of(
    session: AsyncSession, generation: int, person_ids: Collection[UUID]
) -> dict[UUID, dict[UUID, Fact]]:
    """The facts that can change a head, by person and event; read them with the heads locked."""
    found: dict[UUID, dict[UUID, Fact]] = {person: {} for person in person_ids}
    values = {"generation": generation, "ids": list(person_ids), "types": list(HEAD_TYPES)}
    if person_ids:
        for row in (await session.execute(FACTS, values)).all():
            found[row[0]][row[1]] = Fact(*row[1:])
    return found


async def reached_by(
    session: AsyncSession, generation: int, person_ids: Collection[UUID]
) -> dict[UUID, tuple[dict[str, int], datetime]]:
    """How far each stream of these persons was read by their entries, and when the latest was recorded."""
    found: dict[UUID, tuple[dict[str, int], datetime]] = {}
    rows = await session.execute(VERSIONS, {"generation": generation, "ids": list(person_ids)})
    for person, source, version, latest in rows.all():
        versions, before = found.get(person, ({}, latest))
        found[person] = ({**versions, source: version}, max(before, latest))
    return found


async def write_heads(session: AsyncSession, generation: int, heads: Mapping[UUID, Head]) -> None:
    """Write heads that are locked."""
    rows = [
        {
            "person_id": str(person), "versions": head.versions, "updated_at": head.updated_at,
            "stage": str(axes.stage), **axes._asdict(),
        }
        for person, head in heads.items() if (axes := head.axes) is not None
    ]  # fmt: skip
    if rows:
        await session.execute(WRITE, {"generation": generation, "heads": orjson.dumps(rows).decode()})
