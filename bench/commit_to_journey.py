"""Time from a write's answer until its event stands in the journey read model, seen from outside.

The clock starts when the admission's answer has arrived at the client and stops when the row is visible to another
connection, looked for every 2 ms. The floor is a record sent to the same broker and read back by a waiting consumer.
"""

import argparse
import asyncio
import json
import statistics
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from inzira_cli.road.admitting import SECTIONS
from inzira_platform.ids import new_id
from stack import BenchStack, running_stack

LOOK = "SELECT person_id FROM journey_entry WHERE person_id = ANY($1::uuid[]) AND type LIKE '%person.admitted%'"
WARM_UP = 30


def admission(number: int) -> dict[str, Any]:
    """One invented person with a sentence."""
    day = date(2021, 1, 4) + timedelta(days=number % 700)
    return {
        "person": {
            "full_name": f"Bench Umuntu{number:05d}",
            "sex": "M",
            "born_on": (date(1960, 1, 1) + timedelta(days=number)).isoformat(),
            "rcs_number": f"BEN-{number:05d}",
        },
        "facility": "HUY",
        "admitted_at": datetime(day.year, day.month, day.day, 8, tzinfo=UTC).isoformat(),
        "order": {"number": f"ORD/{number}", "authority": "Huye Intermediate Court"},
        "legal_status": "CONVICTED_FINAL",
        "sections": SECTIONS,
        "sentence": {
            "parts": [{"duration": "P7Y", "starts_on": day.isoformat()}],
            "legal_status": "CONVICTED_FINAL",
        },
    }


class Watch:
    """Looks every 2 ms for the persons that were written and not yet seen."""

    def __init__(self, dsn: str) -> None:
        """`dsn` of the gateway's database."""
        self._dsn = dsn
        self._since: dict[UUID, float] = {}
        self.latencies: list[float] = []

    def written(self, person: UUID) -> None:
        """The write of this person was answered now."""
        self._since[person] = time.perf_counter()

    async def run(self) -> None:
        """Look until cancelled."""
        connection = await asyncpg.connect(self._dsn)
        while True:
            rows = await connection.fetch(LOOK, list(self._since)) if self._since else []
            now = time.perf_counter()
            for row in rows:
                self.latencies.append(now - self._since.pop(row["person_id"]))
            await asyncio.sleep(0.002)


async def measure(stack: BenchStack, persons: int, rate: float) -> list[float]:
    """Latencies in seconds of `persons` admissions at `rate` a second, once every consumer has joined its group."""
    watch = Watch(stack.admin_dsn("gateway"))
    looking = asyncio.create_task(watch.run())
    async with aiohttp.ClientSession() as client:
        headers = await stack.sign_in(client)
        await _admit_all(client, stack, headers, range(WARM_UP), 10, watch)
        await _seen(watch, WARM_UP)
        watch.latencies.clear()
        await _admit_all(client, stack, headers, range(WARM_UP, WARM_UP + persons), rate, watch)
        await _seen(watch, persons)
    looking.cancel()
    return watch.latencies


async def _seen(watch: Watch, count: int) -> None:
    async with asyncio.timeout(60):
        while len(watch.latencies) < count:  # noqa: ASYNC110 - the condition is in a database
            await asyncio.sleep(0.05)
    await asyncio.sleep(5)  # the other consumers catch up as well


async def _admit_all(
    client: aiohttp.ClientSession,
    stack: BenchStack,
    headers: dict[str, str],
    numbers: range,
    rate: float,
    watch: Watch,
) -> None:
    began = time.perf_counter()
    writes = []
    for place, number in enumerate(numbers):
        await asyncio.sleep(max(0.0, began + place / rate - time.perf_counter()))
        writes.append(asyncio.create_task(_admit(client, stack, headers, number, watch)))
    await asyncio.gather(*writes)


async def _admit(
    client: aiohttp.ClientSession, stack: BenchStack, headers: dict[str, str], number: int, watch: Watch
) -> None:
    keyed = {**headers, "Idempotency-Key": f"bench-{new_id()}"}
    async with client.post(f"{stack.gateway}/v1/admissions", json=admission(number), headers=keyed) as response:
        body = await response.json()
        if response.status != 201:
            raise SystemExit(f"{response.status} {body}")
        watch.written(UUID(body["person_id"]))


async def broker_round_trip(bootstrap: str, count: int = 100) -> list[float]:
    """The floor: seconds for one record there and back."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    consumer = AIOKafkaConsumer("inzira.access", bootstrap_servers=bootstrap, auto_offset_reset="latest")
    await producer.start()
    await consumer.start()
    await consumer.getmany(timeout_ms=1000)
    found = []
    for _ in range(count):
        began = time.perf_counter()
        await producer.send_and_wait("inzira.access", b"{}", b"bench")
        while not await consumer.getmany(timeout_ms=1000):
            pass
        found.append(time.perf_counter() - began)
    await consumer.stop()
    await producer.stop()
    return found


def figures(seconds: list[float]) -> dict[str, float]:
    """p50, p99 and maximum in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {
        "p50_ms": round(cuts[49] * 1e3, 1),
        "p99_ms": round(cuts[98] * 1e3, 1),
        "max_ms": round(max(seconds) * 1e3, 1),
    }


def main() -> None:
    """Run and print one JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kafka", choices=("tansu", "apache"), default="tansu")
    parser.add_argument("--persons", type=int, default=200)
    parser.add_argument("--rate", type=float, default=20.0)
    wanted = parser.parse_args()
    with running_stack(wanted.kafka) as stack:
        latencies = asyncio.run(measure(stack, wanted.persons, wanted.rate))
        floor = asyncio.run(broker_round_trip(stack.bootstrap))
    print(
        json.dumps(
            {
                "broker": wanted.kafka,
                "rate": wanted.rate,
                "count": len(latencies),
                "commit_to_journey": figures(latencies),
                "broker_round_trip": figures(floor),
            }
        )
    )


if __name__ == "__main__":
    main()
