"""A database taken back to an earlier time, against a broker that still holds what came after."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from inzira_platform.bell import OUTBOX
from inzira_platform.broker import BrokerSettings
from inzira_platform.clock import FixedClock
from inzira_platform.consumer import ConsumerRunner
from inzira_platform.embedded import EmbeddedBroker, EmbeddedPostgres
from inzira_platform.ids import new_id
from inzira_platform.recovery import BEGINNING, begin_anew, mark, next_epoch
from inzira_platform.relay import Relay
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api, Keys
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.plugin import make_settings
from inzira_platform.worker import make_runtime

NEVER_WRITTEN = "SELECT count(*) FROM inbox i WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.event_id = i.event_id)"


@asynccontextmanager
async def working(service: Service, settings: ServiceSettings, bootstrap: str) -> AsyncIterator[None]:
    mine = settings.model_copy(update={"kafka_bootstrap": bootstrap})
    runtime = make_runtime(service, mine)
    relay = Relay(service.name, mine.database_dsn.get_secret_value(), BrokerSettings.of(mine), runtime.bells[OUTBOX])
    tasks = [asyncio.create_task(relay.run()), asyncio.create_task(ConsumerRunner(runtime).run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await runtime.engine.dispose()


async def write(api: Api, person: UUID, count: int) -> None:
    caller = api.as_("tvet_instructor", facility="HUY")
    for _ in range(count):
        body = {"person_id": str(person), "code": f"N-{os.urandom(6).hex().upper()}"}
        assert (await caller.post("/v1/notes", body)).status_code == 201


async def echoes(database: ServiceDatabase, person: UUID, count: int) -> list[int]:
    """Versions consumed, in the order of their effects, once there are `count`."""
    sql = "SELECT code FROM note WHERE person_id = $1 AND code LIKE 'ECHO-%' ORDER BY id"
    async with asyncio.timeout(40):
        while len(rows := await database.rows(sql, person)) < count:  # noqa: ASYNC110 - the condition is in a database
            await asyncio.sleep(0.05)
    return [int(row["code"].split("-")[1]) for row in rows]


async def copy_of(source: ServiceDatabase, postgres: EmbeddedPostgres) -> ServiceDatabase:
    """The database as it is now, under another name: what a backup holds. Nobody may be connected."""
    copy = ServiceDatabase(source.service, f"{source.name}_copy", postgres)
    admin = await asyncpg.connect(postgres.dsn)
    try:
        await admin.execute(f'CREATE DATABASE "{copy.name}" TEMPLATE "{source.name}"')
        await admin.execute(f'GRANT CONNECT ON DATABASE "{copy.name}" TO "{source.service}_app"')
    finally:
        await admin.close()
    return copy


@dataclass(frozen=True)
class House:
    """What makes a service run in these tests."""

    service: Service
    postgres: EmbeddedPostgres
    keys: Keys
    clock: FixedClock
    bootstrap: str

    def settings(self, database: ServiceDatabase) -> ServiceSettings:
        return make_settings(self.service, database, self.keys)

    @asynccontextmanager
    async def api(self, database: ServiceDatabase) -> AsyncIterator[Api]:
        async with Api.running(self.service, self.settings(database), database, self.keys, self.clock) as running:
            yield running

    def working(self, database: ServiceDatabase) -> AbstractAsyncContextManager[None]:
        return working(self.service, self.settings(database), self.bootstrap)


@pytest.fixture
def house(
    service: Service, postgres: EmbeddedPostgres, keys: Keys, clock: FixedClock, own_broker: EmbeddedBroker
) -> House:
    return House(service, postgres, keys, clock, own_broker.bootstrap)


@pytest.fixture
async def taken_back(house: House, database: ServiceDatabase) -> AsyncIterator[tuple[ServiceDatabase, UUID]]:
    """A service's database that went back from version 6 to 4 of a person's stream; the broker's log did not."""
    person = new_id()
    await database.execute("INSERT INTO person_scope(person_id, facility) VALUES ($1, 'HUY')", person)
    async with house.api(database) as api, house.working(database):
        await write(api, person, 4)
        await echoes(database, person, 4)
    copy = await copy_of(database, house.postgres)
    async with house.api(database) as api, house.working(database):
        await write(api, person, 2)
        assert await echoes(database, person, 6) == [1, 2, 3, 4, 5, 6]
    admin = await asyncpg.connect(copy.admin_dsn)
    await mark(admin, copy.name, next_epoch(0, datetime.now(UTC)))
    await admin.close()
    assert await begin_anew(house.service, copy.app_dsn, house.clock)
    yield copy, person
    await copy.drop()


async def test_events_of_a_history_taken_back_are_refused_and_the_next_version_is_the_new_one(
    house: House, taken_back: tuple[ServiceDatabase, UUID]
) -> None:
    database, person = taken_back
    async with house.api(database) as api:
        await write(api, person, 1)
        async with house.working(database):
            assert await echoes(database, person, 5) == [1, 2, 3, 4, 5]
            await write(api, person, 2)
            assert await echoes(database, person, 7) == [1, 2, 3, 4, 5, 6, 7]
    assert await database.value(NEVER_WRITTEN) == 0
    assert await database.value("SELECT count(*) FROM parked_event") == 0


async def test_without_the_refusal_they_would_take_the_place_of_new_ones(
    house: House, taken_back: tuple[ServiceDatabase, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ConsumerRunner, "_is_of_a_former_log", lambda *_: False)
    database, person = taken_back
    async with house.api(database) as api, house.working(database):
        await write(api, person, 1)
        await echoes(database, person, 6)
    assert await database.value(NEVER_WRITTEN) == 2


async def test_a_database_begins_anew_once_and_only_when_marked(api: Api, service: Service, clock: FixedClock) -> None:
    database = api.database
    assert await begin_anew(service, database.app_dsn, clock) is None
    await database.execute("INSERT INTO relay_log VALUES ('inzira.tvet', 0, 17)")
    admin = await asyncpg.connect(database.admin_dsn)
    await mark(admin, database.name, 900)
    await admin.close()
    assert await begin_anew(service, database.app_dsn, clock) == 900
    assert await begin_anew(service, database.app_dsn, clock) is None
    assert await database.value("SELECT count(*) FROM relay_log") == 0
    assert await database.value("SELECT epoch FROM relay_epoch") == 900
    floors = await database.rows("SELECT topic, count(*) AS n, max(epoch) AS epoch FROM consumed_epoch GROUP BY topic")
    assert {row["topic"]: (row["n"], row["epoch"]) for row in floors} == {topic: (12, 899) for topic in service.topics}
    await database.execute("UPDATE relay_epoch SET epoch = epoch + 1")  # a broker lost its log since
    assert await begin_anew(service, database.app_dsn, clock) is None


def test_an_epoch_is_above_those_known_and_those_lost() -> None:
    now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    assert next_epoch(0, now) > (now - BEGINNING).total_seconds()
    assert next_epoch(0, now + timedelta(seconds=1)) > next_epoch(0, now)
    assert next_epoch(2_000_000_000, now) == 2_000_000_002
    assert next_epoch(0, datetime(2080, 1, 1, tzinfo=UTC)) < 2**31
