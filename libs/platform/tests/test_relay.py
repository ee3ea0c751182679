"""Relay and consumer against a real broker: order, failover, a lost log."""

import asyncio
import os
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from inzira_platform import relay
from inzira_platform.embedded import EmbeddedBroker
from inzira_platform.ids import new_id
from inzira_platform.publishing import Acknowledged, Outgoing, publish
from inzira_platform.testing.client import Api
from relays import APPEND, HEADERS, NOT_OURS, eventually, nothing_pending, published, relaying


async def write(api: Api, person: UUID, count: int) -> None:
    caller = api.as_("tvet_instructor", facility="HUY")
    for number in range(count):
        code = f"N{number}-{os.urandom(4).hex().upper()}"
        assert (await caller.post("/v1/notes", {"person_id": str(person), "code": code})).status_code == 201


async def person_in(api: Api) -> UUID:
    person = new_id()
    await api.database.execute("INSERT INTO person_scope(person_id, facility) VALUES ($1, 'HUY')", person)
    return person


async def test_publishes_in_order_and_a_standby_takes_over(api: Api, broker: str) -> None:
    person = await person_in(api)
    dsn = api.database.app_dsn
    async with relaying(dsn, broker) as first, relaying(dsn, broker):
        await write(api, person, 5)
        await eventually(lambda: nothing_pending(api))
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await write(api, person, 5)
        await eventually(lambda: nothing_pending(api))
    stream = f"person:{person}"
    seen = await published(broker, [(stream, version) for version in range(1, 11)])
    assert [version for name, version, _ in seen if name == stream] == list(range(1, 11))


async def test_a_batch_that_the_client_holds_without_end_is_sent_by_a_new_one(
    api: Api, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[AIOKafkaProducer] = []

    async def holding(producer: AIOKafkaProducer, outgoing: Sequence[Outgoing]) -> list[Acknowledged]:
        if not held:
            held.append(producer)
            await asyncio.Event().wait()
        assert producer not in held
        return await publish(producer, outgoing)

    monkeypatch.setattr(relay, "publish", holding)
    monkeypatch.setattr(relay, "PUBLISH_SECONDS", 0.3)
    person = await person_in(api)
    async with relaying(api.database.app_dsn, broker):
        await write(api, person, 3)
        await eventually(lambda: nothing_pending(api))
    assert held


async def test_refills_a_broker_that_lost_its_log(api: Api, own_broker: EmbeddedBroker) -> None:
    person = await person_in(api)
    stream = f"person:{person}"
    async with relaying(api.database.app_dsn, own_broker.bootstrap):
        await write(api, person, 3)
        await eventually(lambda: nothing_pending(api))
        own_broker.stop()
        own_broker.start()
        seen = await published(own_broker.bootstrap, [(stream, version) for version in (1, 2, 3)])
        assert [version for name, version, _ in seen if name == stream][:3] == [1, 2, 3]
        assert {epoch for *_, epoch in seen} == {1}


async def test_a_topic_of_several_services_that_was_deleted_is_filled_again(
    api: Api, own_broker: EmbeddedBroker
) -> None:
    """Another service wrote to it since, so that it is not empty: what tells is an offset that was given before."""
    await person_in(api)
    caller = api.as_("tvet_instructor", facility="HUY")
    async with relaying(api.database.app_dsn, own_broker.bootstrap):
        await write(api, await person_in(api), 1)
        for _ in range(READS):
            assert (await caller.get("/v1/notes")).status_code == 200
        await eventually(lambda: nothing_pending(api))
        await made_anew_with_a_record_of_another_in_each_partition(own_broker.bootstrap, "inzira.access")
        assert (await caller.get("/v1/notes")).status_code == 200
        rows = await api.database.rows("SELECT stream FROM outbox WHERE topic = 'inzira.access'")
        assert len(rows) == READS + 1
        await published(own_broker.bootstrap, [(row["stream"], 0) for row in rows], "inzira.access")


READS = 120
"""Ten for each partition, on average: the offset of the next one was given before, wherever it comes to lie."""


async def made_anew_with_a_record_of_another_in_each_partition(bootstrap: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=False)
    await admin.start()
    try:
        await admin.delete_topics([topic])
        await admin.create_topics([NewTopic(topic, 12, 1)])
        await producer.start()
        for partition in range(12):
            await producer.send_and_wait(topic, NOT_OURS, key=b"other", partition=partition)
    finally:
        await producer.stop()
        await admin.close()


SLOW_REFILL = """
CREATE FUNCTION slow_refill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END';
CREATE TRIGGER slow_refill BEFORE INSERT ON outbox_pending FOR EACH STATEMENT EXECUTE FUNCTION slow_refill();
"""


async def test_a_journal_that_takes_longer_than_any_other_statement_is_refilled(
    api: Api, own_broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "COMMAND_SECONDS", 1.0)
    person = await person_in(api)
    async with relaying(api.database.app_dsn, own_broker.bootstrap):
        await write(api, person, 3)
        await eventually(lambda: nothing_pending(api))
        await api.database.execute(SLOW_REFILL)
        own_broker.stop()
        own_broker.start()
        wanted = [(f"person:{person}", version) for version in (1, 2, 3)]
        assert {epoch for *_, epoch in await published(own_broker.bootstrap, wanted)} == {1}


@pytest.mark.parametrize("count", [40])
async def test_a_second_relay_never_publishes_beside_the_first(api: Api, broker: str, count: int) -> None:
    person = await person_in(api)
    async with relaying(api.database.app_dsn, broker), relaying(api.database.app_dsn, broker):
        await write(api, person, count)
        await eventually(lambda: nothing_pending(api))
    stream = f"person:{person}"
    seen = await published(broker, [(stream, version) for version in range(1, count + 1)])
    assert [version for name, version, _ in seen if name == stream] == list(range(1, count + 1))


LONG_BACKLOG = """
INSERT INTO outbox(event_id, stream, version, pkey, topic, type, headers, payload)
  SELECT gen_random_uuid(), 'person:' || n, 1, 'person:' || n, 'inzira.tvet', 'inzira.tvet.note.written.v1',
    '{"source": "/services/tvet"}', '{}' FROM generate_series(1, 3000) n;
INSERT INTO outbox_pending SELECT seq, 0, created_at FROM outbox ON CONFLICT DO NOTHING;
SELECT pg_stat_force_next_flush();
"""
"""For a broker of one's own: every consumer of the shared one would park three thousand events of no known type."""
READ_WHOLE = "SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname LIKE 'outbox_y%'"


async def test_a_backlog_that_the_statistics_know_is_found_without_reading_the_journal(
    api: Api, own_broker: EmbeddedBroker
) -> None:
    await api.database.execute(f"{LONG_BACKLOG}; ANALYZE outbox, outbox_pending")
    before = await api.database.value(READ_WHOLE)
    async with relaying(api.database.app_dsn, own_broker.bootstrap):
        await eventually(lambda: nothing_pending(api))
    assert await api.database.value(READ_WHOLE) == before


async def test_a_way_that_was_chosen_while_the_journal_was_empty_does_not_become_long(
    api: Api, own_broker: EmbeddedBroker
) -> None:
    """PostgreSQL keeps the plan of a statement that a connection has run a few times."""
    await api.database.execute("ANALYZE outbox, outbox_pending")
    person = await person_in(api)
    async with relaying(api.database.app_dsn, own_broker.bootstrap):
        for _ in range(8):
            await write(api, person, 1)
            await eventually(lambda: nothing_pending(api))
        await api.database.execute(LONG_BACKLOG)
        before = await api.database.value(READ_WHOLE)
        await eventually(lambda: nothing_pending(api))
    assert await api.database.value(READ_WHOLE) == before


async def test_a_late_committer_is_not_overtaken_by_the_next_event_of_its_stream(api: Api, broker: str) -> None:
    """Number 1 drawn and held, number 2 of another stream published, 1 committed, 3 of the first stream at once."""
    late, other = f"person:{new_id()}", f"person:{new_id()}"
    slow = await asyncpg.connect(api.database.admin_dsn)
    quick = await asyncpg.connect(api.database.admin_dsn)
    try:
        async with relaying(api.database.app_dsn, broker):
            for _ in range(4):  # so that at least one round falls between two full looks
                async with slow.transaction():
                    await slow.execute(APPEND, late, new_id(), HEADERS)
                    await quick.execute(APPEND, other, new_id(), HEADERS)
                    await eventually(lambda: nothing_pending(api))
                await quick.execute(APPEND, late, new_id(), HEADERS)
                await eventually(lambda: nothing_pending(api))
    finally:
        await slow.close()
        await quick.close()
    seen = await published(broker, [(late, version) for version in range(1, 9)])
    assert [version for name, version, _ in seen if name == late] == list(range(1, 9))


async def test_a_topic_that_a_client_made_too_narrow_is_given_its_partitions(
    api: Api, own_broker: EmbeddedBroker
) -> None:
    """A producer or consumer that comes before everybody else makes the topic as the broker likes it."""
    person, dsn = await person_in(api), api.database.app_dsn
    await write(api, person, 3)
    async with relaying(dsn, own_broker.bootstrap):
        await eventually(lambda: nothing_pending(api))
        own_broker.stop()
        own_broker.start()
        await made_by_a_client(own_broker.bootstrap, "inzira.tvet")
        await write(api, person, 3)
        await eventually(lambda: nothing_pending(api), 40)
        await eventually(lambda: has_partitions(own_broker.bootstrap, "inzira.tvet", 12), 40)
        wanted = [(f"person:{person}", version) for version in range(1, 7)]
        assert {version for _, version, _ in await published(own_broker.bootstrap, wanted)} == set(range(1, 7))


async def made_by_a_client(bootstrap: str, topic: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=False)
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"{}", key=b"nobody")
    finally:
        await producer.stop()
    assert not await has_partitions(bootstrap, topic, 12)


async def has_partitions(bootstrap: str, topic: str, number: int) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        found = {one["topic"]: len(one["partitions"]) for one in await admin.describe_topics()}
    finally:
        await admin.close()
    return found.get(topic) == number
