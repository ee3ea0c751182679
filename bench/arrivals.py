"""What has reached the broker: how many records a topic has, and when a bare consumer sees each of them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from commits import SECONDS, WARM_UP_SECONDS, at_rate
from corpus import Told
from hdrh.histogram import HdrHistogram

PATIENCE = 60
Send = Callable[[Told], Awaitable[float]]
"""Sends or commits one event; returns the moment, of `time.perf_counter`, from which its way counts."""


class Sent(NamedTuple):
    """One event on its way: since when, and the key it should have."""

    since: float
    key: bytes


class Seen(NamedTuple):
    """One record that arrived: when, and under which key."""

    at: float
    key: bytes | None


class Topic:
    """Counts the records of one topic by the offsets the broker has given out."""

    def __init__(self, consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> None:
        self._consumer = consumer
        self._partitions = partitions

    async def count(self) -> int:
        """How many records were ever acknowledged."""
        return sum((await self._consumer.end_offsets(self._partitions)).values())

    async def reach(self, count: int) -> None:
        """Wait until there are that many. Raises TimeoutError when none came for a minute."""
        found = await self.count()
        while found < count:
            async with asyncio.timeout(PATIENCE):
                before = found
                while found == before:
                    await asyncio.sleep(0.01)
                    found = await self.count()


@asynccontextmanager
async def counted(bootstrap: str, topic: str) -> AsyncIterator[Topic]:
    """The topic, which must be there."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        yield Topic(consumer, [TopicPartition(topic, one) for one in consumer.partitions_for_topic(topic)])
    finally:
        await consumer.stop()


async def latencies(
    bootstrap: str, topic: str, rate: int, events: Iterator[Told], send: Send
) -> tuple[HdrHistogram, int]:
    """Microseconds from each event's moment until a waiting consumer has its payload, the warm-up left out; and how
    many came under another key than their stream.

    Raises TimeoutError when an event is not there a minute after the last was sent.
    """
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="latest", fetch_max_wait_ms=20)
    await consumer.start()
    await consumer.seek_to_end()
    sent: dict[bytes, Sent] = {}
    seen: dict[bytes, Seen] = {}
    looking = asyncio.create_task(_look(consumer, seen))

    async def one() -> None:
        told = next(events)
        since = await send(told)
        sent[told.event.to_bytes()] = Sent(since, told.event.stream.encode())

    try:
        for seconds in (WARM_UP_SECONDS, SECONDS):
            sent.clear()
            seen.clear()
            await at_rate(rate, seconds, one)
            async with asyncio.timeout(PATIENCE):
                while sent.keys() - seen.keys():  # noqa: ASYNC110 - filled by the consumer's task
                    await asyncio.sleep(0.02)
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await consumer.stop()
    return _kept(sent, seen), sum(seen[payload].key != one.key for payload, one in sent.items())


def _kept(sent: dict[bytes, Sent], seen: dict[bytes, Seen]) -> HdrHistogram:
    kept = HdrHistogram(1, 60_000_000, 3)
    for payload, one in sent.items():
        # a record may be seen before its writer has heard that it is committed
        kept.record_value(max(1, int((seen[payload].at - one.since) * 1e6)))
    return kept


async def _look(consumer: AIOKafkaConsumer, seen: dict[bytes, Seen]) -> None:
    while True:
        batches = await consumer.getmany(timeout_ms=1000)
        now = time.perf_counter()
        for records in batches.values():
            for record in records:
                seen.setdefault(record.value, Seen(now, record.key))
