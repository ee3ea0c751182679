"""Transactions of the gateway itself, outside those of a request: sign-in, standing of accounts, rebuilds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, Request
from inzira_platform.auth import Principal, system
from inzira_platform.scope import enter_scope
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

SERVICE = "gateway"


class Transactions:
    """Opens short transactions in the gateway's own scope; each commits when its block ends well."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        async with self._sessions() as session, session.begin():
            await enter_scope(session, SERVICE, system(SERVICE))
            yield session

    @asynccontextmanager
    async def begin_as(self, principal: Principal) -> AsyncIterator[AsyncSession]:
        """A short transaction under a caller's own database role, for answers that wait between them."""
        async with self._sessions() as session, session.begin():
            await enter_scope(session, SERVICE, principal)
            yield session


async def _transactions(request: Request) -> Transactions:
    return Transactions(request.app.state.sessions)


TransactionsDep = Annotated[Transactions, Depends(_transactions)]
