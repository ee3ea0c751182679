"""From the commit of an event until a waiting consumer of the broker has it: the relay alone, and its peers.

Events are committed one transaction each at a given rate, ours and Debezium's by the statement that intake uses, the
other peer's by its own; a bare consumer looks. Every relay is a process of its own and nothing else runs. The floor is
the same record sent by a producer at that rate, with no database. Percentiles by HdrHistogram.
"""

import asyncio
import time

import asyncpg
import pytest
from alone import alone, faststream_relay, our_relay
from arrivals import Send, counted, latencies
from book import Book
from commits import EMITTED, RATES, SECONDS, WARM_UP_SECONDS, values
from corpus import TOPIC, Told, fill_outbox, told
from faststream_peer import QUEUE, engine_of, outbox_of, prepare
from faststream_peer import TOPIC as PEER_TOPIC
from ground import Ground
from inzira_platform.broker import ensure_topics, start_producer
from inzira_platform.wake import Waker
from router import keep_for_router, missing, running_router
from sqlalchemy.ext.asyncio import async_sessionmaker

WARM_UP_EVENTS = 40_000
Loop = asyncio.AbstractEventLoop


@pytest.fixture(scope="module", autouse=True)
def prepared_topics(ground: Ground, book: Book, loop: Loop) -> None:
    """The row is begun and the topics are there."""
    book.row("broker", "From commit to the broker, events/s", "ms", better="lower")
    loop.run_until_complete(ensure_topics(ground.broker))


def test_relay(ground: Ground, book: Book, loop: Loop) -> None:
    """Woken as intake wakes it."""

    async def work() -> None:
        waker = Waker(ground.admin_dsn("intake"))
        waker.start()
        await _committed(ground, book, "inzira", waker)
        await waker.stop()

    with alone(our_relay, ground.app_dsn("intake"), ground.broker):
        loop.run_until_complete(work())


def test_faststream_outbox(ground: Ground, book: Book, loop: Loop) -> None:
    """Published in a transaction of its own; it notifies by itself, and gives its records no key."""
    engine = engine_of(ground.admin_dsn("intake"))
    outbox, sessions = outbox_of(engine), async_sessionmaker(engine)

    async def send(one: Told) -> float:
        async with sessions() as session, session.begin():
            await outbox.publish(one.event.to_bytes(), queue=QUEUE, session=session)
        return time.perf_counter()

    async def work() -> None:
        await _measured(ground, book, "faststream-outbox", PEER_TOPIC, send)
        await engine.dispose()

    loop.run_until_complete(prepare(ground, engine))
    with alone(faststream_relay, ground.admin_dsn("intake"), ground.broker):
        loop.run_until_complete(work())


def test_debezium(ground: Ground, book: Book, loop: Loop) -> None:
    """Its outbox router, after as many events at once as a compiler at run time needs to know what matters."""
    if reason := missing(ground.kafka):
        book.rows["broker"].notes.append(reason)
        return

    async def warmed_up() -> None:
        async with counted(ground.bootstrap, TOPIC) as topic:
            before = await topic.count()
            await fill_outbox(ground.admin_dsn("intake"), WARM_UP_EVENTS)
            await topic.reach(before + WARM_UP_EVENTS)

    loop.run_until_complete(keep_for_router(ground))
    with running_router(ground, loop):
        loop.run_until_complete(warmed_up())
        loop.run_until_complete(_committed(ground, book, "Debezium's outbox router"))


def test_producer(ground: Ground, book: Book, loop: Loop) -> None:
    """The floor: from the call that sends the record."""

    async def work() -> None:
        producer = await start_producer(ground.broker)

        async def send(one: Told) -> float:
            record, since = one.record(), time.perf_counter()
            await producer.send(TOPIC, record.value, record.key.encode(), headers=record.headers)
            return since

        assert await _measured(ground, book, "bare aiokafka producer", TOPIC, send) == 0
        await producer.stop()

    loop.run_until_complete(work())


async def _committed(ground: Ground, book: Book, name: str, waker: Waker | None = None) -> None:
    intake = await asyncpg.create_pool(ground.admin_dsn("intake"), min_size=4, max_size=4)

    async def send(one: Told) -> float:
        await intake.execute(EMITTED, *values(one))
        since = time.perf_counter()
        if waker is not None:
            waker.wake()
        return since

    assert await _measured(ground, book, name, TOPIC, send) == 0
    await intake.close()


async def _measured(ground: Ground, book: Book, name: str, topic: str, send: Send) -> int:
    """At every rate; how many records came under another key than their stream."""
    events, misplaced = iter(told((SECONDS + WARM_UP_SECONDS) * sum(RATES))), 0
    for rate in RATES:
        kept, others = await latencies(ground.bootstrap, topic, rate, events, send)
        misplaced += others
        for percentile in (50, 99):
            book.note("broker", f"{name}, {rate}/s, p{percentile}", kept.get_value_at_percentile(percentile) / 1e3)
    return misplaced
