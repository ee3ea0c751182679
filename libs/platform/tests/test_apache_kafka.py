"""Apache Kafka as a child: what was acknowledged is there after a kill, and idempotent producers work."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from inzira_platform.broker import BrokerSettings, ensure_topics, start_producer
from inzira_platform.embedded import ApacheKafka, free_port

pytestmark = pytest.mark.real_kafka


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[ApacheKafka]:
    broker = ApacheKafka(tmp_path / "kafka", free_port())
    broker.start()
    yield broker
    broker.stop()


async def test_acknowledged_records_survive_a_kill(kafka: ApacheKafka) -> None:
    settings = BrokerSettings(kafka.bootstrap, idempotence=True, fetch_wait_ms=500)
    await ensure_topics(settings)
    producer = await start_producer(settings)
    for number in range(100):
        await producer.send_and_wait("inzira.intake", b"%d" % number, key=b"person:1")
    await producer.stop()
    assert kafka.pid is not None
    os.kill(kafka.pid, signal.SIGKILL)
    kafka.stop()
    kafka.start()
    assert await read(kafka.bootstrap, 100) == [b"%d" % number for number in range(100)]


async def read(bootstrap: str, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer("inzira.intake", bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()
