"""The gateway's consumer, inbox and effects included, against a bare consumer and a COPY of the rows it wrote."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest
from book import Book
from corpus import TOPIC, told
from ground import GATEWAY, Ground
from inzira_platform.broker import ensure_topics, start_consumer, start_producer
from inzira_platform.consumer import ConsumerRunner
from inzira_platform.ids import new_id

COUNT = 20_000
WRITTEN = ("inbox", "consumed_stream", "journey_entry", "person_head", "person_scope", "feed_event")
EMPTIED = (*WRITTEN, "consumer_position", "consumed_epoch")
GOAL = "at least 0.5 of the floor"
Rows = dict[str, list[asyncpg.Record]]


@pytest.fixture(scope="module")
def written(ground: Ground, loop: asyncio.AbstractEventLoop) -> Rows:
    """The topic holds the events; after the product's rounds, the rows it wrote."""
    loop.run_until_complete(_publish(ground))
    return {}


def test_consumer(
    ground: Ground, timed: Callable[..., float], book: Book, written: Rows, loop: asyncio.AbstractEventLoop
) -> None:
    """From joining the group until every event has its effects."""

    async def work() -> None:
        runtime = ground.runtime(GATEWAY)
        running = asyncio.create_task(ConsumerRunner(runtime, consumer=f"bench.{new_id()}").run())
        connection = await asyncpg.connect(ground.admin_dsn("gateway"))
        while await connection.fetchval("SELECT count(*) FROM inbox") < COUNT:  # noqa: ASYNC110 - in a database
            await asyncio.sleep(0.05)
        await connection.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await runtime.engine.dispose()

    book.row("consumer", "Consumer: inbox, journey, heads, reach and feed", "events/s", goal=GOAL)
    seconds = timed(work, lambda: ground.empty("gateway", EMPTIED))
    book.note("consumer", "inzira", COUNT / seconds)
    loop.run_until_complete(_keep(ground, written))
    assert len(written["journey_entry"]) == COUNT


def test_bare_consumer_and_copy(ground: Ground, timed: Callable[..., float], book: Book, written: Rows) -> None:
    """The same records read in the same way, and the same rows into the same tables by COPY, in one transaction."""

    async def work() -> None:
        await _read_all(ground)
        connection = await asyncpg.connect(ground.admin_dsn("gateway"))
        async with connection.transaction():
            for table, rows in written.items():
                await connection.copy_records_to_table(table, records=rows, columns=list(rows[0].keys()))
        await connection.close()

    seconds = timed(work, lambda: ground.empty("gateway", EMPTIED))
    book.note("consumer", "bare consumer and COPY", COUNT / seconds)


async def _publish(ground: Ground) -> None:
    await ensure_topics(ground.broker)
    producer = await start_producer(ground.broker)
    records = [one.record() for one in told(COUNT)]
    sent = [await producer.send(TOPIC, one.value, one.key.encode(), headers=one.headers) for one in records]
    await asyncio.gather(*sent)
    await producer.stop()


async def _read_all(ground: Ground) -> None:
    consumer = await start_consumer(ground.broker, f"bench.{new_id()}", [TOPIC], None)
    found = 0
    while found < COUNT:
        batches = await consumer.getmany(timeout_ms=1000, max_records=500)
        found += sum(len(batch) for batch in batches.values())
    await consumer.stop()


async def _keep(ground: Ground, written: Rows) -> None:
    connection = await asyncpg.connect(ground.admin_dsn("gateway"))
    for table in WRITTEN:
        written[table] = await connection.fetch(f"SELECT * FROM {table}")  # noqa: S608 - names above
    await connection.close()
