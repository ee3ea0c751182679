"""Sending a batch of records with few calls: one Kafka batch per partition instead of one future per record.

A key keeps the partition that aiokafka's own partitioner gives it, and batches of one partition are queued one after
the other, so the order of records with one key is the order they were given in.
"""

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2


class Outgoing(NamedTuple):
    """One record: headers as aiokafka takes them."""

    topic: str
    key: str
    value: bytes
    headers: list[tuple[str, bytes]]


class Acknowledged(NamedTuple):
    """Records of one partition that the broker has: the first and the last offset it gave them."""

    topic: str
    partition: int
    first: int
    last: int


Place = tuple[str, int]
Sent = tuple[Place, int, asyncio.Future[Any]]


async def publish(producer: AIOKafkaProducer, records: Iterable[Outgoing]) -> list[Acknowledged]:
    """Send records and wait until the broker has acknowledged every one.

    Raises KafkaError when any was refused or ran out of time: which of the others arrived is unknown then.
    """
    partitions: dict[str, int] = {}
    open_batches: dict[Place, Any] = {}
    sent: list[Sent] = []
    for record in records:
        if record.topic not in partitions:
            partitions[record.topic] = len(await producer.partitions_for(record.topic))
        place = (record.topic, _partition_of(record.key, partitions[record.topic]))
        batch = open_batches.get(place)
        if batch is None or not _added(batch, record):
            if batch is not None:
                sent.append(await _send(producer, place, batch))
            batch = open_batches[place] = producer.create_batch()
            _added(batch, record)  # the first record of a batch always fits
    sent += [await _send(producer, place, batch) for place, batch in open_batches.items()]
    results = await asyncio.gather(*(future for _, _, future in sent))
    return [
        Acknowledged(*place, result.offset, result.offset + count - 1)
        for (place, count, _), result in zip(sent, results, strict=True)
    ]


def _added(batch: Any, record: Outgoing) -> bool:  # noqa: ANN401 - aiokafka is untyped
    """Whether the record found room."""
    return batch.append(timestamp=None, key=record.key.encode(), value=record.value, headers=record.headers) is not None


async def _send(producer: AIOKafkaProducer, place: Place, batch: Any) -> Sent:  # noqa: ANN401 - aiokafka is untyped
    count = batch.record_count()
    return place, count, await producer.send_batch(batch, place[0], partition=place[1])


@lru_cache(maxsize=65_536)
def _partition_of(key: str, partitions: int) -> int:
    """As aiokafka's DefaultPartitioner, which is Java's: streams keep their partition whoever writes."""
    return int(murmur2(key.encode()) & 0x7FFFFFFF) % partitions
