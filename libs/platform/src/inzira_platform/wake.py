"""Waking the relay of another process without NOTIFY in a business transaction (events.md 1).

The API process sends one debounced notification from a connection of its own after commits; the worker listens.
A lost wake-up costs one poll interval, never an event.
"""

import asyncio
from collections.abc import Callable

import asyncpg

from inzira_platform.logging import log

CHANNEL = "inzira_outbox"
DEBOUNCE = 0.005


class Waker:
    """Sends `NOTIFY` at most once per 5 ms, outside every business transaction."""

    def __init__(self, dsn: str) -> None:
        """`dsn` of the app role."""
        self._dsn = dsn
        self._event = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; call in the app's lifespan."""
        self._task = asyncio.create_task(self._run(), name="waker")

    def wake(self) -> None:
        """Something was committed."""
        self._event.set()

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        connection: asyncpg.Connection | None = None
        clock, told = asyncio.get_running_loop().time, 0.0
        try:
            while True:
                await self._event.wait()
                await asyncio.sleep(max(0.0, told + DEBOUNCE - clock()))
                self._event.clear()
                told = clock()
                connection = await self._notify(connection)
        finally:
            if connection is not None:
                connection.terminate()

    async def _notify(self, connection: asyncpg.Connection | None) -> asyncpg.Connection | None:
        """Wake whoever listens, over a connection that is made when there is none; None when that failed."""
        try:
            if connection is None or connection.is_closed():
                connection = await asyncpg.connect(self._dsn, timeout=5)
            await connection.execute(f"NOTIFY {CHANNEL}", timeout=5)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            log().warning("waker.failed", error_class=type(error).__name__)
            return None
        return connection


async def listen(connection: asyncpg.Connection, event: asyncio.Event) -> None:
    """Set `event` whenever an API process of this service committed something to publish."""
    on_notify: Callable[..., None] = lambda *_: event.set()  # noqa: E731 - asyncpg wants a plain callable
    await connection.add_listener(CHANNEL, on_notify)
