"""What tests of the relay share: one that runs, what it is to publish, and what has come to the broker."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from inzira_platform.broker import BrokerSettings, ensure_topics, start_consumer
from inzira_platform.delivery import incoming
from inzira_platform.ids import new_id
from inzira_platform.relay import Relay
from inzira_platform.testing.client import Api

APACHE = os.environ.get("INZIRA_TEST_BROKER") == "apache"
NOT_OURS = b'{"said": "by another service"}'
APPEND = """
WITH v AS (INSERT INTO event_stream AS s VALUES ($1, 1)
           ON CONFLICT (stream) DO UPDATE SET version = s.version + 1 RETURNING version),
     j AS (INSERT INTO outbox(event_id, stream, version, pkey, topic, type, headers, payload)
           SELECT $2, $1, v.version, $1, 'inzira.tvet', 'inzira.tvet.note.written.v1', $3, '{}' FROM v
           RETURNING seq, created_at)
INSERT INTO outbox_pending SELECT seq, 0, created_at FROM j
"""
HEADERS = '{"source": "/services/tvet", "schema": "urn:inzira:schema:none"}'


@asynccontextmanager
async def relaying(dsn: str, bootstrap: str) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(Relay("tvet", dsn, BrokerSettings(bootstrap, APACHE, 20)).run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def eventually(condition: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - the condition is in a database
            await asyncio.sleep(0.05)


async def published(bootstrap: str, events: list[Any], topic: str = "inzira.tvet") -> list[tuple[str, int, int]]:
    settings = BrokerSettings(bootstrap, False, 20, 6000)
    await ensure_topics(settings)  # as every consumer does: who asks for a topic first makes it too narrow
    consumer = await start_consumer(settings, f"probe-{new_id()}", [topic], None)
    wanted, seen = {event for event in events}, []
    try:
        async with asyncio.timeout(20):
            while not wanted <= {(stream, version) for stream, version, _ in seen}:
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    for record in map(incoming, batch):
                        if record.envelope is None:
                            assert record.payload == NOT_OURS
                            continue
                        seen.append((record.envelope.partitionkey, record.envelope.sequence, record.envelope.epoch))
    finally:
        await consumer.stop()
    return seen


async def nothing_pending(api: Api) -> bool:
    return bool(await api.database.value("SELECT count(*) FROM outbox_pending") == 0)
