"""A write, the relay, the broker and the consumer, all real: nothing lost, nothing twice, order kept."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from inzira_contracts.envelope import Envelope
from inzira_platform import consumer, metrics
from inzira_platform.bell import OUTBOX
from inzira_platform.broker import METADATA_MS, BrokerSettings, ensure_topics
from inzira_platform.consumer import ConsumerRunner
from inzira_platform.delivery import Incoming
from inzira_platform.embedded import EmbeddedBroker
from inzira_platform.ids import new_id
from inzira_platform.relay import Relay
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api
from inzira_platform.worker import make_runtime


@asynccontextmanager
async def working(
    service: Service, settings: ServiceSettings, bootstrap: str
) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Relay and consumer as a worker runs them."""
    mine = settings.model_copy(update={"kafka_bootstrap": bootstrap})
    runtime = make_runtime(service, mine)
    relay = Relay(service.name, mine.database_dsn.get_secret_value(), BrokerSettings.of(mine), runtime.bells[OUTBOX])
    tasks = [asyncio.create_task(relay.run()), asyncio.create_task(ConsumerRunner(runtime).run())]
    yield tasks
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await runtime.engine.dispose()


async def write(api: Api, person: UUID, count: int) -> None:
    caller = api.as_("tvet_instructor", facility="HUY")
    for _ in range(count):
        body = {"person_id": str(person), "code": f"N-{os.urandom(6).hex().upper()}"}
        assert (await caller.post("/v1/notes", body)).status_code == 201


async def echoes(api: Api, person: UUID, count: int, seconds: float = 40) -> list[int]:
    """Versions consumed, in the order their effects were written, once there are `count`."""
    sql = "SELECT code FROM note WHERE person_id = $1 AND code LIKE 'ECHO-%' ORDER BY id"
    async with asyncio.timeout(seconds):
        while len(rows := await api.database.rows(sql, person)) < count:  # noqa: ASYNC110 - the condition is in a database
            await asyncio.sleep(0.05)
    return [int(row["code"].split("-")[1]) for row in rows]


async def person_in(api: Api) -> UUID:
    person = new_id()
    await api.database.execute("INSERT INTO person_scope(person_id, facility) VALUES ($1, 'HUY')", person)
    return person


async def test_every_write_arrives_once_and_in_order(
    api: Api, service: Service, settings: ServiceSettings, broker: str
) -> None:
    person = await person_in(api)
    await write(api, person, 3)
    async with working(service, settings, broker):
        await write(api, person, 20)
        assert await echoes(api, person, 23) == list(range(1, 24))
    parked = "SELECT count(*) FROM parked_event WHERE key LIKE '%' || $1"  # the broker is shared with other tests
    assert await api.database.value(parked, str(person)) == 0


async def test_what_was_taken_does_not_come_again_once_it_was_quiet(
    api: Api, service: Service, settings: ServiceSettings, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "TELL_SECONDS", 3.0)
    person = await person_in(api)
    async with working(service, settings, broker):
        for count in range(1, 5):  # batches close upon each other: the broker is not told of each
            await write(api, person, 1)
            await echoes(api, person, count)
        await asyncio.sleep(consumer.TELL_SECONDS + 2 * consumer.POLL_MS / 1000)
    before = metrics.INBOX_DUPLICATES._value.get()
    async with working(service, settings, broker):
        await write(api, person, 1)
        assert await echoes(api, person, 5) == [1, 2, 3, 4, 5]
    assert metrics.INBOX_DUPLICATES._value.get() == before


async def test_a_database_that_goes_away_is_waited_for(
    api: Api, service: Service, settings: ServiceSettings, broker: str
) -> None:
    person = await person_in(api)
    async with working(service, settings, broker):
        await write(api, person, 2)
        await echoes(api, person, 2)
        await api.database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND application_name <> 'relay'"
        )
        await api.app.state.engine.dispose()
        await write(api, person, 3)
        assert await echoes(api, person, 5) == [1, 2, 3, 4, 5]
    parked = "SELECT count(*) FROM parked_event WHERE key LIKE '%' || $1"  # the broker is shared with other tests
    assert await api.database.value(parked, str(person)) == 0


async def test_consumers_read_a_refilled_log_from_its_start(
    api: Api, service: Service, settings: ServiceSettings, own_broker: EmbeddedBroker
) -> None:
    person = await person_in(api)
    async with working(service, settings, own_broker.bootstrap) as tasks:
        await write(api, person, 4)
        await echoes(api, person, 4)
        own_broker.stop()
        await write(api, person, 2)
        own_broker.start()
        assert await echoes(api, person, 6) == [1, 2, 3, 4, 5, 6]
        assert not any(task.done() for task in tasks)
    assert await api.database.value("SELECT count(*) FROM parked_event WHERE replayed_at IS NULL") == 0


async def test_how_far_a_former_log_was_taken_is_told_to_nobody(
    service: Service, settings: ServiceSettings, broker: str
) -> None:
    runtime = make_runtime(service, settings.model_copy(update={"kafka_bootstrap": broker}))
    await ensure_topics(BrokerSettings.of(runtime.settings))
    runner, place = ConsumerRunner(runtime), TopicPartition("inzira.tvet", 0)
    client = AIOKafkaConsumer(bootstrap_servers=broker, enable_auto_commit=False)
    client.assign([place])
    await client.start()
    try:
        runner._taken = {place: 500, TopicPartition("inzira.tvet", 1): 3}
        envelope = Envelope(new_id(), "tvet.note.v1", "/services/tvet", None, runtime.clock.now(), "s", 1, epoch=1)
        assert await runner._rewind(client, [Incoming(*place, 7, [], b"{}", envelope)]) == {place}
        assert runner._taken == {TopicPartition("inzira.tvet", 1): 3}
    finally:
        await client.stop()
        await runtime.engine.dispose()


@asynccontextmanager
async def alone(runner: Callable[[], Coroutine[None, None, None]]) -> AsyncIterator[None]:
    task = asyncio.create_task(runner())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_consumer_that_met_a_narrow_topic_is_given_all_of_it(
    api: Api, service: Service, settings: ServiceSettings, own_broker: EmbeddedBroker
) -> None:
    """The broker begins anew, the consumer asks for its topics before the relay comes, and joins what it is given."""
    mine = settings.model_copy(update={"kafka_bootstrap": own_broker.bootstrap})
    runtime = make_runtime(service, mine)
    people = [await person_in(api) for _ in range(8)]  # over several partitions
    for person in people:
        await write(api, person, 2)
    relay = Relay(service.name, mine.database_dsn.get_secret_value(), BrokerSettings.of(mine))
    try:
        async with alone(ConsumerRunner(runtime).run):
            async with alone(relay.run):
                for person in people:
                    await echoes(api, person, 2)
            own_broker.stop()
            own_broker.start()
            await asyncio.sleep(METADATA_MS / 1000)  # the consumer is back and has joined
            for person in people:
                await write(api, person, 1)
            async with alone(relay.run):
                for person in people:
                    assert await echoes(api, person, 3, seconds=60) == [1, 2, 3]
    finally:
        await runtime.engine.dispose()
