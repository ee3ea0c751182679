"""Ringing the bells of another process without NOTIFY in a business transaction (events.md 1).

The API process sends one debounced notification from a connection of its own after commits; the worker listens.
A lost wake-up costs one slow look, never an event.
"""

import asyncio
from collections.abc import Collection

import asyncpg

from inzira_platform.bell import AGAIN_SECONDS, CONNECTION_ERRORS, OUTBOX, RECORDED
from inzira_platform.logging import log

DEBOUNCE = 0.005
GATHER_SECONDS = 1.0


class Waker:
    """Sends `NOTIFY` at most once per 5 ms, outside every business transaction."""

    def __init__(self, dsn: str) -> None:
        """`dsn` of the app role."""
        self._dsn = dsn
        self._names: set[str] = set()
        self._event = asyncio.Event()
        self._gathering: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; call in the app's lifespan."""
        self._task = asyncio.create_task(self._run(), name="waker")

    def wake(self, names: Collection[str] = (OUTBOX,)) -> None:
        """Something was committed that these bells are rung for."""
        if RECORDED in names and self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._gathered)
        if now := set(names) - {RECORDED}:
            self._names |= now
            self._event.set()

    def _gathered(self) -> None:
        self._gathering = None
        self.wake()

    async def stop(self) -> None:
        """End."""
        if self._gathering is not None:
            self._gathering.cancel()
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
                if connection is None:
                    await asyncio.sleep(AGAIN_SECONDS)
                    self._event.set()
        finally:
            if connection is not None:
                connection.terminate()

    async def _notify(self, connection: asyncpg.Connection | None) -> asyncpg.Connection | None:
        """Wake whoever listens, over a connection that is made when there is none; None when that failed."""
        names, self._names = self._names, set()
        try:
            if connection is None or connection.is_closed():
                connection = await asyncpg.connect(self._dsn, timeout=5)
            await connection.execute("; ".join(f"NOTIFY {name}" for name in names), timeout=5)
        except CONNECTION_ERRORS as error:
            self._names |= names
            if connection is not None:
                connection.terminate()
            log().warning("waker.failed", error_class=type(error).__name__)
            return None
        return connection
