"""Waking whatever waits for work in a worker: a bell for each kind of work, rung after the commit that gave it.

A transaction notes whom it gave work to (`call`). In a worker its bell is rung when the transaction is committed; an
API process rings in every worker of its service by NOTIFY (wake.py). A ring that is lost costs one slow look.
"""

import asyncio
from collections.abc import Callable, Collection

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_platform.logging import log

OUTBOX = "inzira_outbox"
"""The relay: something is to be published, and somebody waits for it."""
RECORDED = "inzira_recorded"
"""The relay, within a second: many records of access travel together for the price of one."""
CALLED = "inzira_called"
"""Where a session keeps the names of those it gave work to."""

CHECK_SECONDS = 60.0
AGAIN_SECONDS = 1.0
CONNECTION_ERRORS = (
    OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError
)  # fmt: skip
"""The last but one is what the client says of a connection that is lost between two of its steps."""


def call(session: AsyncSession, name: str) -> None:
    """Ring this bell when the session's transaction is committed."""
    session.info.setdefault(CALLED, set()).add(name)


def called(session: AsyncSession) -> Collection[str]:
    """The bells to ring after the commit."""
    names: set[str] = session.info.get(CALLED, set())
    return names


class Bells:
    """The bells of one worker, by name."""

    def __init__(self, names: Collection[str] = ()) -> None:
        """`names` beside OUTBOX, which the relay listens for by itself."""
        self._heard = frozenset(names)
        self._events = {name: asyncio.Event() for name in {OUTBOX, *names}}

    def __getitem__(self, name: str) -> asyncio.Event:
        """Set when the bell rings; whoever waits for it clears it before it looks. Raises KeyError."""
        return self._events[name]

    def ring(self, names: Collection[str]) -> None:
        """Ring those of these that there are here."""
        for name in names:
            if name in self._events:
                self._events[name].set()

    async def hear(self, dsn: str) -> None:
        """Ring for other processes until cancelled, over a connection of its own; `dsn` of the app role."""
        while True:
            try:
                await self._hear(dsn)
            except CONNECTION_ERRORS as error:
                log().warning("bells.interrupted", error_class=type(error).__name__)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _hear(self, dsn: str) -> None:
        connection = await asyncpg.connect(
            dsn, timeout=5, command_timeout=5, server_settings={"application_name": "bells"}
        )
        ended = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: ended.set())
            for name in self._heard:
                await listen(connection, name, self._events[name])
            self.ring(self._heard)  # what rang while nobody listened
            while not await rings(ended, CHECK_SECONDS):
                await connection.execute("SELECT 1")  # a server that went without a word is noticed
        finally:
            connection.terminate()


async def rings(bell: asyncio.Event, seconds: float) -> bool:
    """Whether it rings within `seconds`; waits no longer than until it does."""
    try:
        # not wait_for: where it rings in the instant somebody is told to end, that would keep the end from them
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        return False
    return True


async def listen(connection: asyncpg.Connection, name: str, event: asyncio.Event) -> None:
    """Set `event` whenever another process rings this bell."""
    on_notify: Callable[..., None] = lambda *_: event.set()  # noqa: E731 - asyncpg wants a plain callable
    await connection.add_listener(name, on_notify)
