"""Partners in figures: how soon a no counts and news is told, what the gateway spends, what a flood does to others.

One command: `.venv/bin/python bench/partners.py`. Every time starts when the call is sent and ends when the answer that
counts has arrived, both at the client.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from inzira_cli.road.cast import ADMINISTRATOR, HUYE_INTAKE
from inzira_cli.road.drive import new_client
from inzira_cli.road.partner_system import CHANGED
from partner_ground import FEED, PERSONS, Ground, Partnership, get, settled
from stack import BenchStack, running_stack

PLENTY = 100_000
LIMIT_MS = 5000
LOUD_QUOTA = 600
SPACING = 0.005
FLOOD = "import sys, partner_ground as g; g.flood(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))"


def spread(seconds: list[float]) -> dict[str, float | int]:
    """Count, median, p99 and longest in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    found = {"p50_ms": cuts[49], "p99_ms": cuts[98], "max_ms": max(seconds)}
    return {"count": len(seconds), **{name: round(value * 1e3, 1) for name, value in found.items()}}


async def until(ask: Callable[[], Awaitable[int]], wanted: int) -> None:
    """Ask every 5 ms until the status is the wanted one. Raises TimeoutError after a minute."""
    async with asyncio.timeout(60):
        while await ask() != wanted:  # noqa: ASYNC110 - the condition is in another process
            await asyncio.sleep(SPACING)


async def first_refusal(call: Awaitable[Any], ask: Callable[[], Awaitable[int]], status: int) -> float:
    """Seconds from the call that says no until the first answer that says it too; asked all the while."""
    began = time.perf_counter()
    asking = asyncio.create_task(until(ask, status))
    await call
    await asking
    return time.perf_counter() - began


async def suspensions(ground: Ground, partner: Partnership, rounds: int) -> dict[str, Any]:
    """A grant, and a whole partner with a token in flight."""
    administrator = ground.road.by(ADMINISTRATOR)
    of_grant, of_partner = [], []
    for _ in range(rounds):
        ask = partial(get, ground.client, PERSONS, await partner.headers(), limit=1)
        await until(ask, 200)
        call = administrator.post(f"/v1/admin/grants/{partner.grants['persons']}/suspension")
        of_grant.append(await first_refusal(call, ask, 403))
        partner.grants["persons"] = await ground.grant(partner, "persons")
    for _ in range(rounds):
        ask = partial(get, ground.client, PERSONS, await partner.headers(), limit=1)
        await until(ask, 200)
        path = f"/v1/admin/partners/{partner.id}"
        of_partner.append(await first_refusal(administrator.post(f"{path}/suspension"), ask, 401))
        await administrator.post(f"{path}/resumption")
        await ground.approve(f"{path}/approval")
        await asyncio.sleep(2.5)  # a refusal is remembered for two seconds
        await partner.system.sign_in()
    return {"grant": spread(of_grant), "partner": spread(of_partner)}


async def withdrawals(ground: Ground, partner: Partnership, people: list[str]) -> dict[str, Any]:
    """From the person's no to the first 404."""
    officer, taken = ground.road.by(HUYE_INTAKE), []
    for person in people:
        consent = await ground.agree(person, partner.agency)
        ask = partial(get, ground.client, f"{PERSONS}/{partner.pid(person)}", await partner.headers())
        await until(partial(_listed_and_read, ground, partner, ask), 200)
        taken.append(await first_refusal(officer.post(f"/v1/consents/{consent}/withdrawal", {}), ask, 404))
    return spread(taken)


async def _listed_and_read(ground: Ground, partner: Partnership, ask: Callable[[], Awaitable[int]]) -> int:
    """An id is good once the partner was given it, by a list for instance."""
    await get(ground.client, PERSONS, await partner.headers(), limit=200)
    return await ask()


async def feed(ground: Ground, partner: Partnership, people: list[str], rate: float) -> dict[str, Any]:
    """From the answer to a consent until the long poll that waited brings the person."""
    told: dict[str, float] = {}
    following = asyncio.create_task(_follow(ground, partner, told, len(people)))
    await asyncio.sleep(1)
    written: dict[str, float] = {}
    began = time.perf_counter()

    async def agree(place: int, person: str) -> None:
        await asyncio.sleep(max(0.0, began + place / rate - time.perf_counter()))
        await ground.agree(person, partner.agency)
        written[partner.pid(person)] = time.perf_counter()

    await asyncio.gather(*[agree(place, person) for place, person in enumerate(people)])
    async with asyncio.timeout(60):
        await following
    return {"rate": rate, **spread([max(0.0, told[pid] - at) for pid, at in written.items()])}


async def _follow(ground: Ground, partner: Partnership, told: dict[str, float], count: int) -> None:
    place: dict[str, str] = {"start": "latest"}
    while len(told) < count:
        query = {"timeout": 20, "limit": 100, **place}
        async with ground.client.get(FEED, headers=await partner.headers(), params=query) as response:
            response.raise_for_status()
            items = await response.json(content_type=None)
            now, place = time.perf_counter(), {"cursor": response.headers["Next-Cursor"]}
        for item in items:
            if item["type"] == CHANGED:
                told.setdefault(item["subject"], now)


async def hop(ground: Ground, partner: Partnership, pid: str, count: int) -> dict[str, Any]:
    """What is handed on as it is, and what is looked up, projected and put on record for a partner."""
    officer = await ground.road.by(HUYE_INTAKE).signed()
    asked = {
        "passed through": ("/v1/districts", officer, {}),
        "one person projected": (f"{PERSONS}/{pid}", await partner.headers(), {}),
        "a page of 50 projected": (PERSONS, await partner.headers(), {"limit": 50}),
        "refused at the door": ("/v1/me", await partner.headers(), {}),
    }
    found = {}
    for name, (path, headers, query) in asked.items():
        await _one_by_one(ground.client, path, headers, query, 50)
        before = ground.gateway_cpu()
        taken = await _one_by_one(ground.client, path, headers, query, count)
        used = ground.gateway_cpu() - before
        found[name] = {"cpu_ms": round(used * 1e3 / count, 2), **spread(taken)}
    return found


async def _one_by_one(
    client: aiohttp.ClientSession, path: str, headers: dict[str, str], query: dict[str, int], count: int
) -> list[float]:
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        await get(client, path, headers, **query)
        taken.append(time.perf_counter() - began)
    return taken


async def neighbours(
    ground: Ground, loud: Partnership, calm: Partnership, rate: float, seconds: float
) -> dict[str, Any]:
    """The calm one's latency alone, and while the loud one asks as often as can be, from a process of its own."""
    async with new_client(ground.stack.gateway) as client:
        headers = await calm.headers()
        await _at_rate(client, headers, rate, 2)
        alone = await _at_rate(client, headers, rate, seconds)
        arguments = [ground.stack.gateway, json.dumps(await loud.headers()), str(seconds + 2), "16"]
        noise = await asyncio.create_subprocess_exec(
            sys.executable, "-c", FLOOD, *arguments, cwd=Path(__file__).parent, stdout=asyncio.subprocess.PIPE
        )
        await asyncio.sleep(1.5)
        beside = await _at_rate(client, headers, rate, seconds)
        told, _ = await noise.communicate()
    answers = {"quota_per_minute": LOUD_QUOTA, "seconds": seconds + 2, "answers": json.loads(told)}
    ratio = round(beside["p99_ms"] / alone["p99_ms"], 2)
    return {"rate": rate, "alone": alone, "beside_a_flood": beside, "p99_ratio": ratio, "flood": answers}


async def _at_rate(
    client: aiohttp.ClientSession, headers: dict[str, str], rate: float, seconds: float
) -> dict[str, Any]:
    """Latencies at so many requests a second, sent whether or not earlier ones were answered; bad answers counted."""
    began, bad = time.perf_counter(), Counter[int]()

    async def one(place: int) -> float:
        due = began + place / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        status = await get(client, PERSONS, headers, limit=10)
        if status != 200:
            bad[status] += 1
        return time.perf_counter() - due

    taken = await asyncio.gather(*[one(place) for place in range(int(rate * seconds))])
    return {**spread(taken), "not_answered_well": dict(bad)}


async def measure(stack: BenchStack, wanted: argparse.Namespace) -> dict[str, Any]:
    """Everything, one after the other, on one stack."""
    async with settled(stack) as ground:
        calm = await ground.partner("bench-calm", "BENCHCALM", PLENTY)
        loud = await ground.partner("bench-loud", "BENCHLOUD", LOUD_QUOTA)
        people = await ground.people(wanted.persons + wanted.rounds)
        await ground.heard_of(people)
        followed, asked = people[: wanted.persons], people[wanted.persons :]
        found: dict[str, Any] = {"feed": await feed(ground, calm, followed, wanted.rate)}
        found["withdrawal"] = await withdrawals(ground, calm, asked)
        found["hop"] = await hop(ground, calm, calm.pid(followed[0]), wanted.requests)
        found["flood"] = await neighbours(ground, loud, calm, wanted.calm_rate, wanted.seconds)
        found["suspension"] = await suspensions(ground, calm, wanted.rounds)
        return found


def too_late(found: dict[str, Any]) -> list[str]:
    """What took longer than the five seconds in which a no must count everywhere."""
    limited = {"withdrawal": found["withdrawal"], **found["suspension"]}
    return [name for name, figures in limited.items() if figures["max_ms"] >= LIMIT_MS]


def main() -> None:
    """Run and print one JSON line; fails when a no took too long to count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kafka", choices=("tansu", "apache"), default="tansu")
    parser.add_argument("--persons", type=int, default=200, help="people whose consent the feed tells of")
    parser.add_argument("--rate", type=float, default=10.0, help="of them a second")
    parser.add_argument("--rounds", type=int, default=20, help="suspensions of each kind, and withdrawals")
    parser.add_argument("--requests", type=int, default=1000, help="one after the other, for each kind of hop")
    parser.add_argument("--calm-rate", type=float, default=10.0, help="requests a second of the measured partner")
    parser.add_argument("--seconds", type=float, default=15.0, help="it asks, alone and beside the flood")
    wanted = parser.parse_args()
    load = round(os.getloadavg()[0], 2)
    with running_stack(wanted.kafka) as stack:
        found = asyncio.run(measure(stack, wanted))
    print(json.dumps({"broker": wanted.kafka, "cores": os.cpu_count(), "load_before": load, **found}))
    if late := too_late(found):
        sys.exit(f"Longer than {LIMIT_MS} ms: {', '.join(late)}")


if __name__ == "__main__":
    main()
