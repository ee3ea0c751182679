"""The worker's look, every 3 seconds, at whether the services and the broker answer and whether events wait."""

import asyncio
from collections.abc import Mapping

import aiohttp
from inzira_platform.inbox import is_transient
from inzira_platform.logging import log
from inzira_platform.service import Runtime

from inzira_gateway.freshness import repository
from inzira_gateway.freshness.service import CONSUMER
from inzira_gateway.settings import Settings
from inzira_gateway.transactions import Transactions

EVERY_SECONDS = 3.0
PROBE_SECONDS = 1.0


async def watch(runtime: Runtime) -> None:
    """Look for ever; a database that is away is waited for."""
    settings = runtime.settings
    assert isinstance(settings, Settings)  # noqa: S101 - the gateway's worker is started with its own settings
    transactions = Transactions(runtime.sessions)
    timeout = aiohttp.ClientTimeout(total=PROBE_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as client:
        while True:
            try:
                await look(client, transactions, settings, runtime)
            except Exception as error:
                if not is_transient(error):
                    raise
                log().warning("watch.interrupted", error_class=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)


async def look(client: aiohttp.ClientSession, transactions: Transactions, settings: Settings, runtime: Runtime) -> None:
    """One look at everything, and its result."""
    broker = await broker_answers(settings.kafka_bootstrap)
    reachable = await services_answer(client, settings.upstreams)
    async with transactions.begin() as session:
        lag = await repository.lag_by_topic(session, CONSUMER)
        fresh = {
            source: answers and broker and lag.get(f"inzira.{source}", 0) == 0 for source, answers in reachable.items()
        }
        await repository.note(session, runtime.clock.now(), fresh, reachable)


async def services_answer(client: aiohttp.ClientSession, bases: Mapping[str, str]) -> dict[str, bool]:
    """Which services say that they are ready."""
    answers = await asyncio.gather(*(_is_ready(client, base) for base in bases.values()))
    return dict(zip(bases, answers, strict=True))


async def _is_ready(client: aiohttp.ClientSession, base: str) -> bool:
    try:
        async with client.get(f"{base}/readyz", allow_redirects=False) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def broker_answers(bootstrap: str) -> bool:
    """Whether any broker of the list takes a connection."""
    for address in bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                _, writer = await asyncio.open_connection(host, int(port))
        except (OSError, TimeoutError, ValueError):
            continue
        writer.close()
        return True
    return False
