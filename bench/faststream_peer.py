"""faststream-outbox as it is measured: batches and workers turned up, no log line for each, bodies left as they are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError
from faststream.kafka import KafkaBroker
from faststream_outbox import OutboxBroker, make_outbox_table
from ground import Ground
from inzira_platform.broker import BrokerSettings
from inzira_platform.settings import as_sqlalchemy
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

TOPIC = "bench.peer"
QUEUE = "peer"
METADATA = MetaData()
TABLE = make_outbox_table(METADATA, table_name="peer_outbox")


def engine_of(dsn: str) -> AsyncEngine:
    """Connections enough for its workers; `dsn` as the rest of the bench has it."""
    return create_async_engine(as_sqlalchemy(dsn), pool_size=60)


def outbox_of(engine: AsyncEngine) -> OutboxBroker:
    """Its table as a queue, read as bytes."""
    return OutboxBroker(engine, outbox_table=TABLE, decoder=_body, apply_types=False, logger=None)


async def prepare(ground: Ground, engine: AsyncEngine) -> None:
    """Its topic, as wide as ours, and its table, empty."""
    admin = AIOKafkaAdminClient(bootstrap_servers=ground.bootstrap)
    await admin.start()
    with suppress(TopicAlreadyExistsError):
        await admin.create_topics([NewTopic(TOPIC, 12, 1)])
    await admin.close()
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.drop_all)
        await connection.run_sync(METADATA.create_all)


@asynccontextmanager
async def relaying(engine: AsyncEngine, broker: BrokerSettings) -> AsyncIterator[None]:
    """From its table to its topic, by a producer set as the relay's own."""
    outbox = outbox_of(engine)
    kafka = KafkaBroker(
        broker.bootstrap, acks="all", enable_idempotence=broker.idempotence, linger_ms=0, max_batch_size=262_144,
        apply_types=False, logger=None,
    )  # fmt: skip
    relay = outbox.subscriber(
        QUEUE, max_workers=32, fetch_batch_size=500, min_fetch_interval=0.01, terminal_flush_batch_size=100
    )
    kafka.publisher(TOPIC)(relay(_same))
    await kafka.start()
    await outbox.start()
    try:
        yield
    finally:
        await outbox.stop()
        await kafka.stop()


async def _body(message: Any) -> bytes:  # noqa: ANN401 - its own message type
    return bytes(message.body)


async def _same(body: bytes) -> bytes:
    return body
