"""The broker behind a small adapter: aiokafka with the settings events.md 2 and 6 measured."""

import asyncio
from dataclasses import dataclass
from typing import Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import TopicAlreadyExistsError
from inzira_contracts.topics import Topic, topics

from inzira_platform.logging import log
from inzira_platform.settings import ServiceSettings

METADATA_MS = 10_000
"""How long a client may not know that a topic was made anew or has more partitions."""

LOOK_MS = 2_000
"""How often a consumer goes over its partitions although no answer, seek or new share says that there is anything."""


@dataclass(frozen=True)
class BrokerSettings:
    """How to reach the broker; idempotence is off only for the embedded one."""

    bootstrap: str
    idempotence: bool
    fetch_wait_ms: int
    session_ms: int = 30_000

    @property
    def patience(self) -> float:
        """Seconds after which whatever a consumer asks of its client is given up, and the client with it."""
        return 2 * self.session_ms / 1000

    @classmethod
    def of(cls, settings: ServiceSettings) -> "BrokerSettings":
        """As a service's settings say."""
        return cls(
            settings.kafka_bootstrap,
            settings.kafka_idempotence,
            settings.kafka_fetch_wait_ms,
            settings.kafka_session_ms,
        )


CLOSE_SECONDS = 5.0
ENSURE_SECONDS = 30.0


class UnclosedError(Exception):
    """A consumer could not be closed: what is left of it may keep its place in the group, until the process ends."""


class Topics:
    """Sees to it that the contracts' topics exist; keeps one connection."""

    def __init__(self, broker: BrokerSettings) -> None:
        """Use as an async context manager.

        Raises KafkaError when the broker is not there.
        """
        self._admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap, request_timeout_ms=5_000)
        self._is_embedded = not broker.idempotence

    async def __aenter__(self) -> Self:
        try:
            await self._admin.start()
        except BaseException:
            await self._admin.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._admin.close()

    async def ensure(self) -> None:
        """Create the topics that do not exist, widen those too narrow; safe to call from every process at once.

        Raises KafkaError, or TimeoutError when the broker does not answer.
        """
        async with asyncio.timeout(ENSURE_SECONDS):
            await self._ensure()

    async def _ensure(self) -> None:
        known = {topic["topic"]: len(topic["partitions"]) for topic in await self._admin.describe_topics()}
        for topic in topics().values():
            partitions = known.get(topic.name, 0)
            if not partitions:
                await self._create(topic)
            elif partitions < topic.partitions:
                await self._widen(topic)

    async def _create(self, topic: Topic) -> None:
        try:
            await self._admin.create_topics([NewTopic(topic.name, topic.partitions, 1)])
        except TopicAlreadyExistsError:
            log().info("topic.known", topic=topic.name)

    async def _widen(self, topic: Topic) -> None:
        """A client that asked for the topic first made it with as many partitions as the broker gives by default.

        Left so, what was kept for the missing partitions would wait without end. The embedded broker cannot add any:
        there the topic is made anew, and the relays refill it as after any loss of the log.
        """
        log().warning("topic.too_narrow", topic=topic.name)
        if self._is_embedded:
            await self._admin.delete_topics([topic.name])
            await self._create(topic)
        else:
            await self._admin.create_partitions({topic.name: NewPartitions(topic.partitions)})


async def ensure_topics(broker: BrokerSettings) -> None:
    """Create the topics of the contracts that do not exist.

    Raises KafkaError when the broker is not there.
    """
    async with Topics(broker) as found:
        await found.ensure()


async def start_producer(broker: BrokerSettings) -> AIOKafkaProducer:
    """A producer that waits for every replica; close it with `stop()`.

    Raises KafkaError when the broker is not there.
    """
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap,
        acks="all",
        enable_idempotence=broker.idempotence,
        linger_ms=0,
        max_batch_size=262_144,
        request_timeout_ms=10_000,
        metadata_max_age_ms=METADATA_MS,
    )
    try:
        await producer.start()
    except BaseException:
        await stop_client(producer)
        raise
    return producer


async def start_consumer(
    broker: BrokerSettings, group: str, topics: list[str], listener: ConsumerRebalanceListener | None
) -> AIOKafkaConsumer:
    """A consumer in `group` that never commits by itself.

    Raises KafkaError, or TimeoutError after two session times, when the broker is not there, and UnclosedError.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=broker.bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=broker.session_ms,
        rebalance_timeout_ms=60_000,
        heartbeat_interval_ms=min(3_000, broker.session_ms // 4),
        fetch_max_wait_ms=broker.fetch_wait_ms,
        consumer_timeout_ms=LOOK_MS,
        max_poll_interval_ms=300_000,
        metadata_max_age_ms=METADATA_MS,
    )
    consumer.subscribe(topics, listener=listener)
    try:
        async with asyncio.timeout(broker.patience):
            await consumer.start()
    except BaseException:
        await close_consumer(consumer)
        raise
    return consumer


async def close_consumer(consumer: AIOKafkaConsumer) -> None:
    """Leave the group. Raises UnclosedError when that is not done within 5 s."""
    if not await stop_client(consumer):
        raise UnclosedError


async def stop_client(client: AIOKafkaConsumer | AIOKafkaProducer) -> bool:
    """Stop a client that may be broken; False when it had to be given up after 5 s, half open."""
    stopping = asyncio.ensure_future(client.stop())
    # not awaited itself: what aiokafka waits for while it closes may take a cancellation and go on
    done, _ = await asyncio.wait([stopping], timeout=CLOSE_SECONDS)
    if not done:
        stopping.cancel()
        log().warning("broker.close_failed", error_class="TimeoutError")
        return False
    if not stopping.cancelled() and (error := stopping.exception()) is not None:
        log().warning("broker.close_failed", error_class=type(error).__name__)
    return True
