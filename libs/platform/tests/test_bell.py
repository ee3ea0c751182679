"""Bells: who waits for work is woken by the commit that gave it. The slow looks are put off for ever here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from inzira_platform import bell, relay, wake
from inzira_platform.bell import Bells, call, rings
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.service import Scanner, Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.wake import Waker
from inzira_platform.worker import make_runtime, run_scanner
from sqlalchemy.ext.asyncio import AsyncSession
from test_relay import APPEND, HEADERS, eventually, nothing_pending, person_in, relaying, write

NEVER = 3600.0
DOOR = "inzira_door"
LISTENING = "SELECT pid FROM pg_stat_activity WHERE application_name = 'bells'"
NOTIFYING = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'NOTIFY%' AND pid <> pg_backend_pid()"
END = "SELECT pg_terminate_backend($1)"


@asynccontextmanager
async def running(*work: Awaitable[None]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def ringing(database: ServiceDatabase) -> AsyncIterator[Waker]:
    waker = Waker(database.app_dsn)
    waker.start()
    yield waker
    await waker.stop()


async def pid_of(database: ServiceDatabase, query: str, other_than: int = 0) -> int:
    """Of the process of the database that serves this connection, once there is one."""
    found: list[int] = []

    async def there() -> bool:
        found[:] = [row["pid"] for row in await database.rows(query) if row["pid"] != other_than]
        return bool(found)

    await eventually(there)
    return found[0]


@pytest.fixture
def never_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A relay that looks once when it leads, and again only when somebody rings."""
    for name in ("BUSY_POLL", "IDLE_POLL", "FULL_LOOK_SECONDS", "LOG_CHECK_SECONDS"):
        monkeypatch.setattr(relay, name, NEVER)


async def leads(api: Api) -> bool:
    listening = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'relay' AND query LIKE '%outbox_pending%'"
    )
    return bool(await api.database.value(listening))


async def test_what_a_request_committed_is_published_though_the_relay_never_looks(
    never_looks: None, api: Api, broker: str
) -> None:
    person = await person_in(api)
    async with relaying(api.database.app_dsn, broker):
        await eventually(lambda: leads(api))
        await write(api, person, 3)
        await eventually(lambda: nothing_pending(api))


async def test_records_of_access_are_published_by_themselves(never_looks: None, api: Api, broker: str) -> None:
    person = await person_in(api)
    caller = api.as_("tvet_instructor", facility="HUY")
    async with relaying(api.database.app_dsn, broker):
        await eventually(lambda: leads(api))
        await write(api, person, 1)
        await eventually(lambda: nothing_pending(api))
        assert (await caller.get("/v1/notes")).status_code == 200
        assert await api.database.value("SELECT count(*) FROM outbox_pending") == 1
        await eventually(lambda: nothing_pending(api))


async def test_an_event_of_another_part_of_the_worker_is_published(
    never_looks: None, api: Api, broker: str, service: Service, settings: ServiceSettings
) -> None:
    mine = settings.model_copy(update={"kafka_bootstrap": broker})
    runtime = make_runtime(service, mine)
    leading = relay.Relay(service.name, api.database.app_dsn, relay.BrokerSettings.of(mine), runtime.bells[bell.OUTBOX])
    async with running(leading.run()):
        await eventually(lambda: leads(api))
        await api.database.execute(APPEND, "s", new_id(), HEADERS)
        runtime.bells.ring({bell.OUTBOX})
        await eventually(lambda: nothing_pending(api))
    await runtime.engine.dispose()


async def test_a_scanner_is_woken_by_what_another_process_committed(
    database: ServiceDatabase, service: Service, settings: ServiceSettings
) -> None:
    looks: list[int] = []

    async def look(_session: AsyncSession, _clock: Clock) -> int:
        looks.append(1)
        return 0

    scanner = Scanner("door", NEVER, look, bell=DOOR)
    runtime = make_runtime(replace(service, scanners=[scanner]), settings)
    hearing = runtime.bells.hear(database.app_dsn)
    async with running(hearing, run_scanner(runtime, scanner)), ringing(database) as waker:
        await pid_of(database, LISTENING)
        before = len(looks)
        waker.wake({DOOR, "inzira_unknown_here"})
        async with asyncio.timeout(20):
            while len(looks) == before:  # noqa: ASYNC110 - the look gives no signal
                await asyncio.sleep(0.01)
    await runtime.engine.dispose()


async def test_a_scanner_is_woken_by_another_part_of_its_worker(service: Service, settings: ServiceSettings) -> None:
    looks: list[str] = []

    async def ring(session: AsyncSession, _clock: Clock) -> int:
        looks.append("rings")
        call(session, DOOR)
        return 0

    async def hear(_session: AsyncSession, _clock: Clock) -> int:
        looks.append("hears")
        return 0

    rung, ringing = Scanner("rung", NEVER, hear, bell=DOOR), Scanner("ringing", NEVER, ring)
    runtime = make_runtime(replace(service, scanners=[rung, ringing]), settings)
    async with running(run_scanner(runtime, rung)):
        async with asyncio.timeout(20):
            while not looks:  # noqa: ASYNC110 - the look gives no signal
                await asyncio.sleep(0.01)
            async with running(run_scanner(runtime, ringing)):
                while looks != ["hears", "rings", "hears"]:  # noqa: ASYNC110 - same
                    await asyncio.sleep(0.01)
    await runtime.engine.dispose()


async def test_who_heard_nothing_for_a_while_looks_once_it_hears_again(
    database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "AGAIN_SECONDS", 0.05)
    bells = Bells({DOOR})
    async with running(bells.hear(database.app_dsn)):
        assert await rings(bells[DOOR], 20), "at the beginning too"
        bells[DOOR].clear()
        await database.execute(END, await pid_of(database, LISTENING))
        assert await rings(bells[DOOR], 20)


async def test_a_ring_that_could_not_be_sent_is_sent_as_soon_as_it_can(
    database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wake, "AGAIN_SECONDS", 0.05)
    bells, role = Bells({DOOR}), urlsplit(database.app_dsn).username
    async with running(bells.hear(database.app_dsn)), ringing(database) as waker:
        assert await rings(bells[DOOR], 20)
        waker.wake()
        notifying = await pid_of(database, NOTIFYING)
        bells[DOOR].clear()
        await database.execute(f'ALTER ROLE "{role}" NOLOGIN')
        try:
            await database.execute(END, notifying)
            waker.wake({DOOR})
            assert not await rings(bells[DOOR], 0.3)
        finally:
            await database.execute(f'ALTER ROLE "{role}" LOGIN')
        assert await rings(bells[DOOR], 20)


def test_nobody_rings_what_was_not_announced() -> None:
    bells = Bells()
    bells.ring({DOOR})
    with pytest.raises(KeyError):
        bells[DOOR]


async def test_a_ring_does_not_keep_the_end_from_whoever_waits() -> None:
    """Told to end in the instant it rings, a part of a worker that would wait again is over."""
    door = asyncio.Event()

    async def waiting() -> None:
        while True:
            await rings(door, 20)
            door.clear()

    part = asyncio.create_task(waiting())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    door.set()
    await asyncio.sleep(0)
    part.cancel()
    done, _ = await asyncio.wait([part], timeout=1)
    part.cancel()
    assert done
