"""Caseworkers and supervisors reach whom they carry and who agrees: by the query, by the policies, at any size."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from inzira_platform.auth import Principal
from inzira_platform.ids import new_id
from inzira_platform.migrations import hear_consents_again
from inzira_platform.scope import visible_persons
from inzira_platform.testing.client import principal_of
from inzira_platform.testing.consents import agreement, taken_back
from inzira_platform.testing.database import ServiceDatabase, migrate_as_owner
from inzira_platform.testing.deliveries import Deliveries
from sqlalchemy.dialects import postgresql

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
WORKER = principal_of("caseworker", sub="acc-worker", org="PFR")
SUPERVISOR = principal_of("supervisor", sub="acc-boss", org="PFR")
MANY = """
INSERT INTO person_scope (person_id, facility, org, worker_id)
SELECT gen_random_uuid(), 'HUY', CASE n % 2 WHEN 0 THEN 'PFR' ELSE 'DIDE' END, 'acc-' || n % 200
FROM generate_series(1, 20000) n
"""
AGREED = """
INSERT INTO casework_consent (consent_id, person_id, recipient, valid_from, valid_to, ended_at)
SELECT gen_random_uuid(), person_id, org, '2020-01-01',
       CASE ascii(left(person_id::text, 1)) % 5 WHEN 0 THEN timestamptz '2021-01-01' END,
       CASE ascii(left(person_id::text, 1)) % 5 WHEN 1 THEN timestamptz '2021-01-01' END
FROM person_scope
"""
NOTED = "INSERT INTO note (id, person_id, code) SELECT gen_random_uuid(), person_id, person_id FROM person_scope"
STANDING = "ascii(left(person_id::text, 1)) % 5 > 1"


@asynccontextmanager
async def entered(database: ServiceDatabase, who: Principal, at: datetime = NOW) -> AsyncIterator[asyncpg.Connection]:
    """A transaction in the role and context of a principal."""
    connection = await asyncpg.connect(database.app_dsn)
    try:
        async with connection.transaction():
            await connection.execute(
                "SELECT set_config('role', $1, true), set_config('app.sub', $2, true), set_config('app.org', $3, true),"
                " set_config('app.now', $4, true)",
                f"tvet_s_{who.scope_kind}",
                who.sub,
                who.org or "",
                at.isoformat(),
            )
            yield connection
    finally:
        await connection.close()


def asked(who: Principal) -> str:
    """The statement of `visible_persons`, written out."""
    return str(visible_persons(who).compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))


async def seen(database: ServiceDatabase, who: Principal, at: datetime = NOW) -> set[UUID]:
    """Whom a principal sees: by the policies alone, and by the query under them; the two must agree."""
    async with entered(database, who, at) as connection:
        by_policy = {row[0] for row in await connection.fetch("SELECT person_id FROM person_scope")}
        by_query = {row[0] for row in await connection.fetch(asked(who))}
    assert by_policy == by_query
    return by_policy


async def carried(database: ServiceDatabase, org: str = "PFR") -> UUID:
    """Somebody whom the worker carries, as assignments alone say."""
    person = new_id()
    await database.execute(
        "INSERT INTO person_scope(person_id, facility, org, worker_id) VALUES ($1, 'HUY', $2, 'acc-worker')",
        person,
        org,
    )
    return person


@pytest.mark.parametrize("who", [WORKER, SUPERVISOR], ids=["worker", "supervisor"])
async def test_from_the_beginning_to_the_end_and_not_a_moment_more(
    database: ServiceDatabase, deliveries: Deliveries, who: Principal
) -> None:
    person = await carried(database)
    assert await seen(database, who) == set()
    begins, ends = NOW, NOW + timedelta(hours=1)
    given = agreement(person, "PFR", valid_from=begins, valid_to=ends)
    await deliveries.send(given)
    instant = timedelta(microseconds=1)
    moments = [begins - instant, begins, ends - instant, ends]
    assert [await seen(database, who, at) == {person} for at in moments] == [False, True, True, False]
    await deliveries.send(taken_back(given, NOW + timedelta(minutes=5)))
    assert await seen(database, who, NOW) == set(), "a no counts at once, whatever the clocks say"


@pytest.mark.parametrize("who", [WORKER, SUPERVISOR], ids=["worker", "supervisor"])
async def test_neither_another_purpose_nor_another_organisation_counts(
    database: ServiceDatabase, deliveries: Deliveries, who: Principal
) -> None:
    person, others = await carried(database), await carried(database, "DIDE")
    await deliveries.send(
        agreement(person, "PFR", purpose="curriculum"), agreement(person, "DIDE"), agreement(others, "PFR"),
        agreement(others, "DIDE"),
    )  # fmt: skip
    assert await seen(database, who) == set()
    await deliveries.send(agreement(person, "PFR", basis="LEGAL_DUTY"))
    assert await seen(database, who) == {person}


async def test_nobody_of_an_organisation_reads_what_was_said_to_another(
    database: ServiceDatabase, deliveries: Deliveries
) -> None:
    person = await carried(database)
    await deliveries.send(agreement(person, "PFR"), agreement(person, "DIDE"))
    for who in (WORKER, SUPERVISOR):
        async with entered(database, who) as connection:
            assert [row[0] for row in await connection.fetch("SELECT recipient FROM casework_consent")] == ["PFR"]
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("UPDATE casework_consent SET ended_at = NULL")


async def test_an_end_heard_first_stands(database: ServiceDatabase, deliveries: Deliveries) -> None:
    given = agreement(await carried(database), "PFR")
    beginning = deliveries.record(given, version=1)
    await deliveries.send_records(deliveries.record(taken_back(given, NOW), version=2))
    await deliveries.send_records(beginning)
    assert await seen(database, WORKER) == set()
    await deliveries.release()
    assert await deliveries.parked() == [] and await seen(database, WORKER) == set()


async def test_an_end_that_waits_for_what_lies_between_counts_already(
    database: ServiceDatabase, deliveries: Deliveries
) -> None:
    given = agreement(await carried(database), "PFR")
    await deliveries.send_records(deliveries.record(taken_back(given, NOW), version=3))
    await deliveries.send_records(deliveries.record(given, version=1))
    await deliveries.release()
    assert await database.value("SELECT count(*) FROM casework_consent") == 1
    assert [row["sequence"] for row in await deliveries.parked()] == [3]
    assert await seen(database, WORKER, datetime.now(UTC) + timedelta(seconds=1)) == set()


async def test_what_was_read_past_before_the_upgrade_comes_with_the_journal_published_again(
    database: ServiceDatabase, deliveries: Deliveries
) -> None:
    person = await carried(database)
    given = agreement(person, "PFR")
    record = deliveries.record(given, version=1)
    await deliveries.send_records(record)
    await database.execute("DELETE FROM casework_consent")  # as it was before anybody kept it
    await deliveries.send_records(record)
    assert await seen(database, WORKER) == set(), "the inbox has it"
    await migrate_as_owner(database, "tvet_owner", hear_consents_again, "tvet")
    await deliveries.send_records(record)
    assert await seen(database, WORKER) == {person}


@pytest.mark.parametrize("who", [principal_of("caseworker", sub="acc-4", org="PFR"), SUPERVISOR], ids=["50", "10000"])
async def test_among_twenty_thousand_nothing_is_read_once_per_person(database: ServiceDatabase, who: Principal) -> None:
    await database.execute(MANY)
    await database.execute(AGREED)
    await database.execute(NOTED)
    await database.execute("ANALYZE person_scope, casework_consent, note")
    carries = "worker_id = $1" if who is not SUPERVISOR else "org = $1"
    wanted = await database.value(
        f"SELECT count(*) FROM person_scope WHERE {carries} AND org = 'PFR' AND {STANDING}",  # noqa: S608 - parts of ours
        who.sub if who is not SUPERVISOR else who.org,
    )
    assert len(await seen(database, who)) == wanted > 10
    note = f"SELECT id FROM note WHERE person_id IN ({asked(who)})"  # noqa: S608 - a statement of ours
    async with entered(database, who) as connection:
        for statement in (asked(who), note):
            plan = [row[0] for row in await connection.fetch(f"EXPLAIN (ANALYZE, BUFFERS OFF) {statement}")]
            print("\n".join(plan))
            again = [line for line in plan if "Seq Scan" in line and "loops=1)" not in line]
            assert not again, "\n".join(plan)
            assert "person_scope" not in " ".join(line for line in plan if "Seq Scan" in line) or who is SUPERVISOR
            milliseconds = float(next(line for line in plan if line.startswith("Execution")).split()[2])
            assert milliseconds < 400, "\n".join(plan)
