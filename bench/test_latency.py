"""From the commit of an event to its entry in the journey, at a given rate, with the whole stack at work.

Events are committed to intake's journal by the statement that intake uses, one transaction each, and looked for in the
gateway's read model every 5 ms; the worker of every other service takes them in meanwhile. The floor is one record sent
to the same broker and read back by a waiting consumer. Percentiles by HdrHistogram.
"""

import asyncio
import time
from collections.abc import Iterator
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from book import Book
from commits import EMITTED, RATES, SECONDS, WARM_UP_SECONDS, at_rate, values
from corpus import Told, told
from hdrh.histogram import HdrHistogram
from inzira_platform.wake import Waker
from stack import BenchStack

TOPIC = "inzira.access"
LOOK = "SELECT event_id FROM journey_entry WHERE generation = 1 AND event_id = ANY($1::uuid[])"


@pytest.fixture(scope="module")
def row(book: Book) -> str:
    """The row of this file."""
    book.row(
        "latency", "From commit to journey, events/s", "ms", better="lower", goal="p99 at most 100 ms at 200 events/s"
    )
    return "latency"


@pytest.fixture(scope="module")
def events() -> Iterator[Told]:
    """Events of many persons, each to be committed once."""
    return iter(told((SECONDS + WARM_UP_SECONDS) * (sum(RATES) + 50)))


@pytest.mark.parametrize("rate", RATES)
def test_commit_to_journey(
    stack: BenchStack, loop: asyncio.AbstractEventLoop, events: Iterator[Told], rate: int, book: Book, row: str
) -> None:
    """At this many events a second."""
    seen = loop.run_until_complete(_measured(stack, events, rate))
    for name in (50, 99):
        book.note(row, f"{rate}/s, p{name}", seen.get_value_at_percentile(name) / 1e3)


def test_broker_round_trip(stack: BenchStack, loop: asyncio.AbstractEventLoop, book: Book, row: str) -> None:
    """There and back, one record at a time."""
    seen = loop.run_until_complete(_round_trips(stack.bootstrap))
    for name in (50, 99):
        book.note(row, f"broker round trip, p{name}", seen.get_value_at_percentile(name) / 1e3)


async def _measured(stack: BenchStack, events: Iterator[Told], rate: int) -> HdrHistogram:
    intake = await asyncpg.create_pool(stack.admin_dsn("intake"), min_size=4, max_size=4)
    waker = Waker(stack.admin_dsn("intake"))
    waker.start()
    since: dict[UUID, float] = {}
    seen = HdrHistogram(1, 60_000_000, 3)
    looking = asyncio.create_task(_look(stack.admin_dsn("gateway"), since, seen))

    async def commit(one: Told) -> None:
        await intake.execute(EMITTED, *values(one))
        since[one.event_id] = time.perf_counter()
        waker.wake()

    for seconds in (WARM_UP_SECONDS, SECONDS):
        seen.reset()
        await at_rate(rate, seconds, lambda: commit(next(events)))
        async with asyncio.timeout(60):
            while since:  # noqa: ASYNC110 - the condition is in a database
                await asyncio.sleep(0.02)
    looking.cancel()
    await waker.stop()
    await intake.close()
    return seen


async def _look(dsn: str, since: dict[UUID, float], seen: HdrHistogram) -> None:
    connection = await asyncpg.connect(dsn)
    while True:
        rows = await connection.fetch(LOOK, list(since)) if since else []
        now = time.perf_counter()
        for row in rows:
            seen.record_value(max(1, int((now - since.pop(row["event_id"])) * 1e6)))
        await asyncio.sleep(0.005)


async def _round_trips(bootstrap: str, count: int = 200) -> HdrHistogram:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    consumer = AIOKafkaConsumer(TOPIC, bootstrap_servers=bootstrap, auto_offset_reset="latest", fetch_max_wait_ms=20)
    await producer.start()
    await consumer.start()
    await consumer.getmany(timeout_ms=1000)
    seen = HdrHistogram(1, 60_000_000, 3)
    for _ in range(count):
        began = time.perf_counter()
        await producer.send_and_wait(TOPIC, b"{}", b"bench")
        while not await consumer.getmany(timeout_ms=1000):
            pass
        seen.record_value(int((time.perf_counter() - began) * 1e6))
    await consumer.stop()
    await producer.stop()
    return seen
