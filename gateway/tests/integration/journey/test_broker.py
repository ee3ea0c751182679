"""Events over a real broker, through the real consumer, into the journey."""

import asyncio
from contextlib import suppress

from aiokafka import AIOKafkaProducer
from gateway_scene import Person
from inzira_platform.broker import BrokerSettings, ensure_topics
from inzira_platform.clock import FixedClock
from inzira_platform.consumer import ConsumerRunner
from inzira_platform.delivery import Incoming
from inzira_platform.ids import new_id
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api
from inzira_platform.testing.consents import agreement
from inzira_platform.testing.deliveries import Deliveries
from inzira_platform.worker import make_runtime


async def publish(broker: str, records: list[Incoming]) -> None:
    """Send records as a relay does: keyed by their stream, in order."""
    producer = AIOKafkaProducer(bootstrap_servers=broker, acks="all", enable_idempotence=False)
    await producer.start()
    try:
        for record in records:
            assert record.envelope is not None
            key = record.envelope.partitionkey.encode()
            await producer.send_and_wait(record.topic, record.payload, key, headers=record.headers)
    finally:
        await producer.stop()


async def entries(api: Api, people: list[Person], wanted: int) -> int:
    """How many entries these people have, once there are as many as wanted or 20 seconds have passed.

    Only theirs: the broker is shared, and what other tests published on it arrives here too.
    """
    counted = "SELECT count(*) FROM journey_entry WHERE person_id = ANY($1)"
    found = 0
    for _ in range(200):
        found = await api.database.value(counted, [person.id for person in people])
        if found >= wanted:
            break
        await asyncio.sleep(0.1)
    return found


async def test_events_of_four_topics_arrive_once_whatever_the_broker_repeats(
    api: Api, deliveries: Deliveries, broker: str, service: Service, settings: ServiceSettings, clock: FixedClock
) -> None:
    case = new_id()
    people = [Person(new_id()) for _ in range(5)]
    records = [
        deliveries.record(event)
        for person in people
        for event in (person.admitted(), person.enrolled(), person.case_opened(case), person.assigned(case, "w1"))
    ]
    await ensure_topics(BrokerSettings(broker, False, 20))
    await publish(broker, [*records, *records[:7]])
    runtime = make_runtime(service, settings.model_copy(update={"kafka_bootstrap": broker}), clock)
    consuming = asyncio.create_task(ConsumerRunner(runtime, consumer=f"gateway.test.{new_id()}").run())
    try:
        assert await entries(api, people, len(records)) == len(records)
    finally:
        consuming.cancel()
        with suppress(asyncio.CancelledError):
            await consuming
        await runtime.engine.dispose()
    await deliveries.send(agreement(people[0].id, "PFR"))
    journey = await api.as_("caseworker", sub="w1", org="PFR").get(f"/v1/persons/{people[0].id}/journey")
    sources = [item["source"] for item in journey.json()["items"]]
    assert sources == ["intake", "intake", "curriculum", "reintegration", "reintegration"]
