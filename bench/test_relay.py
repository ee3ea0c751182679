"""The relay against a bare producer of the same records, and against another outbox library."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError
from book import Book
from corpus import TOPIC, fill_outbox, told
from faststream.kafka import KafkaBroker
from faststream_outbox import OutboxBroker, make_outbox_table
from ground import Ground
from inzira_platform.broker import ensure_topics, start_producer
from inzira_platform.relay import Relay
from inzira_platform.settings import as_sqlalchemy
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

COUNT = 40_000
GOAL = "at least 0.6 of the bare producer, and at least the peer"


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


PEER_COUNT = 4_000
PEER_TOPIC = "bench.peer"


def test_faststream_outbox(ground: Ground, timed: Callable[..., float], book: Book) -> None:
    """The peer with its batch and worker settings turned up; it keeps no order within a key."""
    metadata = MetaData()
    table = make_outbox_table(metadata, table_name="peer_outbox")
    engine = create_async_engine(as_sqlalchemy(ground.admin_dsn("intake")), pool_size=60)
    bodies = [one.event.model_dump(mode="json") for one in told(COUNT)[:PEER_COUNT]]

    async def before() -> None:
        await _topic(ground)
        async with engine.begin() as connection:
            await connection.run_sync(metadata.drop_all)
            await connection.run_sync(metadata.create_all)
        outbox = OutboxBroker(engine, outbox_table=table)
        async with async_sessionmaker(engine)() as session, session.begin():
            await outbox.publish_batch(*bodies, queue="peer", session=session)

    async def work() -> None:
        outbox, kafka = OutboxBroker(engine, outbox_table=table), KafkaBroker(ground.bootstrap, acks="all")
        relay = outbox.subscriber(
            "peer", max_workers=32, fetch_batch_size=500, min_fetch_interval=0.01, terminal_flush_batch_size=100
        )
        kafka.publisher(PEER_TOPIC)(relay(_same))
        await kafka.start()
        await outbox.start()
        async with engine.connect() as connection:
            while (await connection.execute(text("SELECT EXISTS (SELECT 1 FROM peer_outbox)"))).scalar_one():  # noqa: ASYNC110 - in a database
                await asyncio.sleep(0.01)
        await outbox.stop()
        await kafka.stop()

    row(book)
    seconds = timed(work, before)
    book.note("relay", "faststream-outbox", PEER_COUNT / seconds)


async def _same(body: dict[str, Any]) -> dict[str, Any]:
    return body


async def _topic(ground: Ground) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=ground.bootstrap)
    await admin.start()
    with suppress(TopicAlreadyExistsError):
        await admin.create_topics([NewTopic(PEER_TOPIC, 12, 1)])
    await admin.close()
