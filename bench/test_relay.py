"""The relay against a bare producer of the same records, and against two other ways out of an outbox."""

import asyncio
import time
from collections.abc import Callable

import asyncpg
from book import Book
from corpus import TOPIC, fill_outbox, told
from faststream_peer import QUEUE, engine_of, outbox_of, prepare, relaying
from ground import Ground
from inzira_platform.broker import ensure_topics, start_producer
from inzira_platform.relay import Relay
from router import keep_for_router, missing, running_router
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker
from staged import Staged

COUNT = 40_000
PEER_COUNT = 4_000
WARM_UP_ROUNDS = 2
GOAL = "at least 0.6 of the bare producer, and at least each peer"


def row(book: Book) -> None:
    book.row("relay", "Relay: from the outbox to the broker", "events/s", goal=GOAL)


def test_relay(ground: Ground, timed: Callable[..., float], book: Book) -> None:
    """From the start of the relay until nothing is pending: leadership, topics and the deletions included."""

    async def work() -> None:
        relay = asyncio.create_task(Relay("intake", ground.app_dsn("intake"), ground.broker).run())
        connection = await asyncpg.connect(ground.admin_dsn("intake"))
        while await connection.fetchval("SELECT EXISTS (SELECT 1 FROM outbox_pending)"):  # noqa: ASYNC110 - in a database
            await asyncio.sleep(0.01)
        relay.cancel()
        await asyncio.gather(relay, return_exceptions=True)
        await connection.close()

    row(book)
    seconds = timed(work, lambda: fill_outbox(ground.admin_dsn("intake"), COUNT))
    book.note("relay", "inzira", COUNT / seconds)


def test_bare_producer(ground: Ground, timed: Callable[..., float], book: Book) -> None:
    """The same records, made before, sent by aiokafka with the same settings until all are acknowledged."""
    records = [one.record() for one in told(COUNT)]

    async def work() -> None:
        producer = await start_producer(ground.broker)
        futures = [
            await producer.send(TOPIC, record.value, record.key.encode(), headers=record.headers) for record in records
        ]
        await asyncio.gather(*futures)
        await producer.stop()

    row(book)
    seconds = timed(work, lambda: ensure_topics(ground.broker))
    book.note("relay", "bare aiokafka producer", COUNT / seconds)


def test_faststream_outbox(ground: Ground, timed: Callable[..., float], book: Book) -> None:
    """The peer with its batch and worker settings turned up; it keeps no order within a key."""
    engine = engine_of(ground.admin_dsn("intake"))
    bodies = [one.event.to_bytes() for one in told(COUNT)[:PEER_COUNT]]

    async def before() -> None:
        await prepare(ground, engine)
        async with async_sessionmaker(engine)() as session, session.begin():
            await outbox_of(engine).publish_batch(*bodies, queue=QUEUE, session=session)

    async def work() -> None:
        async with relaying(engine, ground.broker), engine.connect() as connection:
            while (await connection.execute(text("SELECT EXISTS (SELECT 1 FROM peer_outbox)"))).scalar_one():  # noqa: ASYNC110 - in a database
                await asyncio.sleep(0.01)

    row(book)
    seconds = timed(work, before)
    book.note("relay", "faststream-outbox", PEER_COUNT / seconds)


def test_debezium(ground: Ground, timed: Callable[..., float], book: Book, loop: asyncio.AbstractEventLoop) -> None:
    """Its outbox router, which has run before: from the commit of all events until the topic holds them.

    How long it takes from nothing, with as many waiting for it, is told beside.
    """
    row(book)
    if reason := missing(ground.kafka):
        book.rows["relay"].notes.append(reason)
        return
    staged = Staged(ground, COUNT)

    async def work() -> None:
        await staged.commit()
        await staged.arrived()

    loop.run_until_complete(staged.open())
    loop.run_until_complete(keep_for_router(ground))
    loop.run_until_complete(staged.stage())
    loop.run_until_complete(staged.commit())
    began = time.perf_counter()
    with running_router(ground, loop):
        loop.run_until_complete(staged.arrived())
        cold = time.perf_counter() - began
        for _ in range(WARM_UP_ROUNDS):
            loop.run_until_complete(staged.stage())
            loop.run_until_complete(work())
        seconds = timed(work, staged.stage)
    loop.run_until_complete(staged.close())
    book.note("relay", "Debezium's outbox router", COUNT / seconds)
    book.rows["relay"].notes.append(
        f"Debezium's router runs when the events are committed, all at once; started with {COUNT:,} waiting for it, it "
        f"took {cold:.1f} s"
    )
