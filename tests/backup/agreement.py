"""What must be true of five databases together, looked up past every policy, without any code of the services."""

import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

HEARD = {
    "intake": ("reintegration",),
    "curriculum": ("intake", "reintegration"),
    "tvet": ("intake", "reintegration"),
    "reintegration": ("intake",),
    "gateway": ("intake", "curriculum", "tvet", "reintegration"),
}
"""Who listens to whom."""
SERVICES = ("intake", "curriculum", "tvet", "reintegration")

CATALOGUE = {
    "tables": "SELECT c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner), "
    "(SELECT array_agg(a::text ORDER BY a::text) FROM unnest(c.relacl) AS a) FROM pg_class c "
    "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S') ORDER BY 1",
    "columns": "SELECT attrelid::regclass::text, attname, (SELECT array_agg(a::text ORDER BY a::text) "
    "FROM unnest(attacl) AS a) FROM pg_attribute WHERE attacl IS NOT NULL ORDER BY 1, 2",
    "policies": "SELECT tablename, policyname, permissive, roles::text[], cmd, qual, with_check FROM pg_policies "
    "ORDER BY 1, 2",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger "
    "WHERE NOT tgisinternal ORDER BY 1, 2",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "schema": "SELECT pg_get_userbyid(nspowner), (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(nspacl) AS a) "
    "FROM pg_namespace WHERE nspname = 'public'",
    "database": "SELECT pg_get_userbyid(datdba), (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl) AS a) "
    "FROM pg_database WHERE datname = current_database()",
}


CASTS = re.compile(r"::(character varying|text)(\[\])?|[()\[\]]|\bARRAY\b")


@dataclass(frozen=True)
class Databases:
    """The databases of one stack, as the superuser sees them."""

    server: str
    password: str

    @asynccontextmanager
    async def inside(self, name: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(f"postgresql://postgres:{self.password}@{self.server}/{name}")
        try:
            yield connection
        finally:
            await connection.close()

    async def rows(self, name: str, sql: str) -> list[tuple[Any, ...]]:
        async with self.inside(name) as connection:
            return [tuple(row) for row in await connection.fetch(sql)]


@dataclass(frozen=True)
class Told:
    """What one service has told: the versions of each stream, its events, those about a person, those of access."""

    streams: dict[str, list[int]]
    events: set[str]
    about_persons: set[str]
    disclosures: set[str]


async def journal(databases: Databases, service: str) -> Told:
    streams: dict[str, list[int]] = defaultdict(list)
    events, about, disclosures = set(), set(), set()
    sql = "SELECT event_id::text, topic, stream, version, payload FROM outbox ORDER BY seq"
    for event_id, topic, stream, version, payload in await databases.rows(service, sql):
        if topic == "inzira.access":
            disclosures.add(event_id)
            continue
        streams[stream].append(version)
        events.add(event_id)
        if json.loads(bytes(payload)).get("person_id"):
            about.add(event_id)
    return Told(dict(streams), events, about, disclosures)


async def disagreements(databases: Databases) -> list[str]:
    """Everything that is not as it must be once all has been heard; empty when the databases agree."""
    told = {service: await journal(databases, service) for service in SERVICES}
    found = []
    for service in SERVICES:
        found += await _gaps(databases, service, told[service])
    for consumer, sources in HEARD.items():
        for source in sources:
            found += await _unheard(databases, consumer, source, told[source])
        found += await _invented(databases, consumer, told)
        parked = await databases.rows(consumer, "SELECT reason FROM parked_event WHERE replayed_at IS NULL")
        found += [f"{consumer}: {len(parked)} parked"] if parked else []
    return [*found, *await _read_model(databases, told), *await _ledger(databases, told)]


async def _gaps(databases: Databases, service: str, told: Told) -> list[str]:
    kept = dict(await databases.rows(service, "SELECT stream, version FROM event_stream"))
    wrong = [name for name, versions in told.streams.items() if versions != list(range(1, len(versions) + 1))]
    ahead = [name for name, version in kept.items() if len(told.streams.get(name, [])) != version]
    waiting = await databases.rows(service, "SELECT seq FROM outbox_pending")
    return [
        *(f"{service}: {name} has gaps or repetitions" for name in wrong),
        *(f"{service}: {name} counts another version than its journal" for name in ahead),
        *([f"{service}: {len(waiting)} still to publish"] if waiting else []),
    ]


async def _unheard(databases: Databases, consumer: str, source: str, told: Told) -> list[str]:
    """The consumer stands in every stream exactly where the producer's journal ends."""
    sql = f"SELECT stream, version FROM consumed_stream WHERE source = '{source}'"  # noqa: S608 - a name given above
    stands = dict(await databases.rows(consumer, sql))
    wanted = {stream: len(versions) for stream, versions in told.streams.items()}
    return [
        f"{consumer} of {source}: {stream} at {stands.get(stream)}, journal at {wanted.get(stream)}"
        for stream in stands.keys() | wanted.keys()
        if stands.get(stream) != wanted.get(stream)
    ]


async def _invented(databases: Databases, consumer: str, told: dict[str, Told]) -> list[str]:
    """What a consumer has applied exists in a journal; a disclosure that happened may outlive its journal."""
    known = {event for one in told.values() for event in one.events | one.disclosures}
    taken = {event for (event,) in await databases.rows(consumer, "SELECT event_id::text FROM inbox")}
    outlived = {event for (event,) in await databases.rows("gateway", "SELECT id::text FROM access_entry")}
    invented = taken - known - outlived
    return [f"{consumer}: {len(invented)} applied that no journal holds"] if invented else []


async def _read_model(databases: Databases, told: dict[str, Told]) -> list[str]:
    sql = (
        "SELECT event_id::text FROM journey_entry WHERE generation = "
        "(SELECT generation FROM projection WHERE state = 'ACTIVE')"
    )
    shown = [event for (event,) in await databases.rows("gateway", sql)]
    wanted = {event for one in told.values() for event in one.about_persons}
    if len(shown) == len(set(shown)) and set(shown) == wanted:
        return []
    return [f"the journey lacks {len(wanted - set(shown))} and has {len(set(shown) - wanted)} that nobody told"]


async def _ledger(databases: Databases, told: dict[str, Told]) -> list[str]:
    kept = {event for (event,) in await databases.rows("gateway", "SELECT id::text FROM access_entry")}
    lacking = {event for one in told.values() for event in one.disclosures} - kept
    return [f"the ledger lacks {len(lacking)} disclosures"] if lacking else []


async def catalogue(databases: Databases) -> dict[str, Any]:
    """Owners, grants, policies, triggers, constraints and indexes of every database."""
    return {
        f"{name} {part}": [tuple(map(_spelling, row)) for row in await databases.rows(name, sql)]
        for name in HEARD
        for part, sql in CATALOGUE.items()
    }


def _spelling(value: Any) -> Any:  # noqa: ANN401 - a value of the catalogue
    """PostgreSQL writes the casts inside an expression in another way once it was dumped and read again."""
    return CASTS.sub("", value) if isinstance(value, str) else value
