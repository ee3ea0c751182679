"""A relay in a process of its own, as it runs, so that neither writer nor reader of a benchmark takes its loop."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

import uvloop
from faststream_peer import engine_of, relaying
from inzira_platform.broker import BrokerSettings
from inzira_platform.relay import Relay


@contextmanager
def alone(relay: Callable[..., None], *arguments: Any) -> Iterator[None]:  # noqa: ANN401 - passed on
    """Start it, yield at once, end it."""
    process = get_context("spawn").Process(target=relay, args=arguments, daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(10)


def our_relay(dsn: str, broker: BrokerSettings) -> None:
    """Intake's relay."""
    uvloop.run(Relay("intake", dsn, broker).run())


def faststream_relay(dsn: str, broker: BrokerSettings) -> None:
    """The peer's."""

    async def run() -> None:
        async with relaying(engine_of(dsn), broker):
            await asyncio.Event().wait()

    uvloop.run(run())
