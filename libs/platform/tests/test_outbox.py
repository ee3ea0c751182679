"""Appending many events at once is what appending them one by one is; and whom it wakes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from inzira_platform.auth import system
from inzira_platform.bell import OUTBOX, RECORDED, called
from inzira_platform.clock import FixedClock
from inzira_platform.context import Trace
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit, emit_caused, emit_many, record_access
from inzira_platform.scope import enter_scope
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.worker import make_runtime
from sample_service import training_changed
from sqlalchemy.ext.asyncio import AsyncSession

JOURNAL = "SELECT stream, version, seq FROM outbox ORDER BY seq"


@pytest.fixture
async def begin(
    service: Service, settings: ServiceSettings, database: ServiceDatabase, clock: FixedClock
) -> AsyncIterator[Callable[[], object]]:
    """Open transactions as the service itself."""
    runtime = make_runtime(service, settings, clock)

    @asynccontextmanager
    async def opened() -> AsyncIterator[AsyncSession]:
        async with runtime.sessions() as session, session.begin():
            await enter_scope(session, service.name, system(service.name))
            yield session

    yield opened
    await runtime.engine.dispose()


async def test_each_event_carries_the_trace_it_belongs_to(
    begin: Callable[..., object], database: ServiceDatabase
) -> None:
    person = new_id()
    causes = [Trace(traceparent=f"00-{n:032x}-{n:016x}-01", causation_id=new_id()) for n in (1, 2)]
    told = [(trace, training_changed(person, "A")) for trace in (*causes, causes[0])]
    async with begin() as session:  # type: ignore[attr-defined]  # an async context manager
        assert await emit_caused(session, told) == [1, 2, 3]
    rows = await database.rows(
        "SELECT headers ->> 'causationid' AS cause, headers ->> 'correlationid' AS request, "
        "headers ->> 'traceparent' AS parent FROM outbox ORDER BY seq"
    )
    assert [tuple(row.values()) for row in rows] == [
        (str(trace.causation_id), str(trace.request_id), trace.traceparent) for trace, _ in told
    ]
    assert [trace.positions for trace in causes] == [{f"person:{person}": 3}, {f"person:{person}": 2}]


async def test_versions_go_on_in_the_order_given(begin: Callable[..., object], database: ServiceDatabase) -> None:
    one, other = sorted((new_id(), new_id()), reverse=True)
    async with begin() as session:  # type: ignore[attr-defined]  # an async context manager
        await emit(session, training_changed(one, "A"))
    async with begin() as session:  # type: ignore[attr-defined]  # same
        versions = await emit_many(session, [training_changed(person, "B") for person in (one, other, one, other, one)])
    assert versions == [2, 1, 3, 2, 4]
    rows = await database.rows(JOURNAL)
    told = [(row["stream"], row["version"]) for row in rows]
    assert told == [
        (f"person:{person}", version)
        for person, version in ((one, 1), (one, 2), (other, 1), (one, 3), (other, 2), (one, 4))
    ]
    assert await database.value("SELECT count(*) FROM outbox_pending") == 6
    assert await database.rows("SELECT stream, version FROM event_stream ORDER BY version") == [
        {"stream": f"person:{other}", "version": 2},
        {"stream": f"person:{one}", "version": 4},
    ]


async def test_nothing_is_nothing(begin: Callable[..., object]) -> None:
    async with begin() as session:  # type: ignore[attr-defined]  # an async context manager
        assert await emit_many(session, []) == []


async def test_an_event_rings_for_the_relay_and_a_record_of_access_for_a_gathering_of_them(
    begin: Callable[..., object], clock: FixedClock, database: ServiceDatabase
) -> None:
    async with begin() as session:  # type: ignore[attr-defined]  # an async context manager
        session.info["clock"] = clock
        await record_access(session, system("tvet"), "notes.list", [new_id()])
        assert called(session) == {RECORDED}
        await emit(session, training_changed(new_id(), "A"))
        assert called(session) == {RECORDED, OUTBOX}
    assert await database.value("SELECT count(*) FROM outbox_pending") == 2


async def test_writers_of_the_same_streams_never_cross(begin: Callable[..., object], database: ServiceDatabase) -> None:
    people: list[UUID] = [new_id() for _ in range(5)]

    async def write(order: list[UUID]) -> None:
        for _ in range(10):
            async with begin() as session:  # type: ignore[attr-defined]  # an async context manager
                await emit_many(session, [training_changed(person, "A") for person in order])

    writers: list[Awaitable[None]] = [write(people), write(people[::-1]), write(people[2:] + people[:2])]
    await asyncio.gather(*writers)
    for person in people:
        rows = [row for row in await database.rows(JOURNAL) if row["stream"] == f"person:{person}"]
        assert [row["version"] for row in rows] == list(range(1, 31))
