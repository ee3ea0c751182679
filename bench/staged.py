"""Events that wait in an open transaction of intake's journal until they are wanted, and their arrival."""

from contextlib import AsyncExitStack

import asyncpg
from arrivals import Topic, counted
from asyncpg.transaction import Transaction
from corpus import TOPIC, copy_journal, empty_outbox
from ground import Ground
from inzira_platform.broker import ensure_topics


class Staged:
    """`count` events at a time, all in one transaction; nobody else may publish to their topic meanwhile."""

    def __init__(self, ground: Ground, count: int) -> None:
        self._ground = ground
        self._count = count
        self._exit = AsyncExitStack()
        self._expected = 0
        self._connection: asyncpg.Connection
        self._topic: Topic
        self._transaction: Transaction

    async def open(self) -> None:
        """Connect, and count what is there already."""
        await ensure_topics(self._ground.broker)
        self._topic = await self._exit.enter_async_context(counted(self._ground.bootstrap, TOPIC))
        self._connection = await asyncpg.connect(self._ground.admin_dsn("intake"))
        self._exit.push_async_callback(self._connection.close)
        self._expected = await self._topic.count()

    async def close(self) -> None:
        """Leave."""
        await self._exit.aclose()

    async def stage(self) -> None:
        """Write them, in place of the earlier ones, and commit nothing."""
        await empty_outbox(self._connection)
        self._transaction = self._connection.transaction()
        await self._transaction.start()
        await copy_journal(self._connection, self._count)

    async def commit(self) -> None:
        """Let them be seen."""
        await self._transaction.commit()
        self._expected += self._count

    async def arrived(self) -> None:
        """Wait until the topic has every one that was committed. Raises TimeoutError when none came for a minute."""
        await self._topic.reach(self._expected)
