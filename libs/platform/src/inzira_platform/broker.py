"""The broker behind a small adapter: aiokafka with the settings events.md 2 and 6 measured."""

from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError
from inzira_contracts.topics import topics

from inzira_platform.logging import log
from inzira_platform.settings import ServiceSettings


@dataclass(frozen=True)
class BrokerSettings:
    """How to reach the broker; idempotence is off only for the embedded one."""

    bootstrap: str
    idempotence: bool
    fetch_wait_ms: int
    session_ms: int = 30_000

    @classmethod
    def of(cls, settings: ServiceSettings) -> "BrokerSettings":
        """As a service's settings say."""
        return cls(
            settings.kafka_bootstrap,
            settings.kafka_idempotence,
            settings.kafka_fetch_wait_ms,
            settings.kafka_session_ms,
        )


async def ensure_topics(broker: BrokerSettings) -> None:
    """Create the topics of the contracts that do not exist; safe to call from every process at once."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        known = set(await admin.list_topics())
        missing = [NewTopic(topic.name, topic.partitions, 1) for topic in topics().values() if topic.name not in known]
        for topic in missing:
            try:
                await admin.create_topics([topic])
            except TopicAlreadyExistsError:
                log().info("topic.known", topic=topic.name)
    finally:
        await admin.close()


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
    )
    try:
        await producer.start()
    except BaseException:
        await producer.stop()
        raise
    return producer


async def start_consumer(
    broker: BrokerSettings, group: str, topics: list[str], listener: ConsumerRebalanceListener | None
) -> AIOKafkaConsumer:
    """A consumer in `group` that never commits by itself.

    Raises KafkaError when the broker is not there.
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
        max_poll_interval_ms=300_000,
        metadata_max_age_ms=60_000,
    )
    consumer.subscribe(topics, listener=listener)
    try:
        await consumer.start()
    except BaseException:
        await consumer.stop()
        raise
    return consumer


__all__ = [
    "AIOKafkaConsumer",
    "AIOKafkaProducer",
    "BrokerSettings",
    "KafkaError",
    "ensure_topics",
    "start_consumer",
    "start_producer",
]
