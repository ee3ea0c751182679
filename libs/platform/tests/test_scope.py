"""Whose rights a session has: its principal's, the service's own inside a block, and never more than was asked for."""

from collections.abc import AsyncIterator

import pytest
from inzira_platform.clock import FixedClock
from inzira_platform.database import make_engine
from inzira_platform.scope import as_principal, as_system, end_as_system, enter_scope
from inzira_platform.service import Service
from inzira_platform.testing.client import principal_of
from inzira_platform.testing.database import ServiceDatabase
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

OFFICER = principal_of("rcs_intake_officer", facility="HUY")


@pytest.fixture
async def session(service: Service, database: ServiceDatabase, clock: FixedClock) -> AsyncIterator[AsyncSession]:
    """In a transaction of an officer's."""
    engine = make_engine(database.app_dsn, 1)
    async with AsyncSession(engine) as made:
        made.info["clock"] = clock
        async with made.begin():
            await enter_scope(made, service.name, OFFICER)
            yield made
    await engine.dispose()


async def role(session: AsyncSession) -> str:
    """The kind of role in force."""
    return str((await session.execute(text("SELECT current_user"))).scalar_one()).rpartition("_s_")[2]


async def test_blocks_change_the_role_and_give_it_back(session: AsyncSession) -> None:
    assert await role(session) == "facility"
    async with as_system(session):
        assert await role(session) == "system"
        async with as_system(session):
            assert await role(session) == "system"
        assert await role(session) == "system"
        async with as_principal(session):
            assert await role(session) == "facility"
            async with as_principal(session):
                assert await role(session) == "facility"
            async with as_system(session):
                assert await role(session) == "system"
            assert await role(session) == "facility"
        assert await role(session) == "system"
    assert await role(session) == "facility"
    async with as_principal(session):
        assert await role(session) == "facility"


async def test_an_end_as_the_service_is_not_given_back(session: AsyncSession) -> None:
    async with as_system(session):
        await end_as_system(session)
    assert await role(session) == "facility"
    await end_as_system(session)
    assert await role(session) == "system"
    async with as_system(session):
        assert await role(session) == "system"
    assert await role(session) == "system"


async def test_an_error_in_a_block_gives_the_role_back(session: AsyncSession) -> None:
    async with as_system(session):
        with pytest.raises(LookupError):
            async with as_principal(session):
                raise LookupError
        assert await role(session) == "system"
    with pytest.raises(LookupError):
        async with as_system(session), as_principal(session):
            raise LookupError
    assert await role(session) == "facility"


async def test_an_error_of_the_database_is_not_hidden(session: AsyncSession) -> None:
    with pytest.raises(DBAPIError, match="division"):
        async with session.begin_nested(), as_system(session), as_principal(session):
            await session.execute(text("SELECT 1 / 0"))
    assert await role(session) == "facility"
    async with as_system(session):
        with pytest.raises(DBAPIError, match="division"):
            async with session.begin_nested(), as_principal(session):
                await session.execute(text("SELECT 1 / 0"))
        assert await role(session) == "system"
        async with as_principal(session):
            assert await role(session) == "facility"
