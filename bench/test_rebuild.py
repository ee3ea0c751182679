"""A rebuild of the journey from the services' journals, against the floor of the consumer row."""

import asyncio
import time

import aiohttp
import asyncpg
from book import Book
from inzira_gateway.rebuild.service import LEAD_SECONDS
from inzira_platform.ids import new_id
from stack import BenchStack

PATH = "/v1/operations/gateway/events/rebuild"


def test_rebuild(stack: BenchStack, loop: asyncio.AbstractEventLoop, book: Book) -> None:
    """From the request to the flip, without the time the live consumer is given a lead on purpose."""
    book.row("rebuild", "Journey rebuilt from the journals", "events/s", goal="at least 0.5 of the floor")
    events, seconds = loop.run_until_complete(_rebuilt(stack))
    book.note("rebuild", "inzira", events / (seconds - LEAD_SECONDS))
    floor = book.rows.get("consumer")
    if floor is not None and "bare consumer and COPY" in floor.figures:
        book.note("rebuild", "bare consumer and COPY", floor.figures["bare consumer and COPY"])


async def _rebuilt(stack: BenchStack) -> tuple[int, float]:
    connection = await asyncpg.connect(stack.admin_dsn("gateway"))
    async with aiohttp.ClientSession() as client:
        headers = await stack.sign_in(client, "bench-admin")
        keyed = {**headers, "Idempotency-Key": f"bench-{new_id()}"}
        began = time.perf_counter()
        async with client.post(f"{stack.gateway}{PATH}", json={"reason": "benchmark"}, headers=keyed) as response:
            answer = await response.json()
            assert response.status == 202, answer
    asked = "SELECT state, progress FROM projection WHERE generation = $1"
    while (row := await connection.fetchrow(asked, answer["generation"]))["state"] == "BUILDING":  # noqa: ASYNC110 - in a database
        await asyncio.sleep(0.1)
    seconds = time.perf_counter() - began
    assert row["state"] == "ACTIVE", row["progress"]
    events = await connection.fetchval("SELECT count(*) FROM journey_entry WHERE generation = $1", answer["generation"])
    await connection.close()
    return int(events), seconds
