"""A database that is away is waited for: by requests with 503, by consumers with patience, whoever tells them."""

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI
from inzira_platform.inbox import is_transient
from inzira_platform.problems import install_problem_handlers
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

AWAY: list[Exception] = [
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.AdminShutdownError("terminating connection due to administrator command"),
    asyncpg.DiskFullError("could not extend file"),
    ConnectionRefusedError(),
    TimeoutError(),
    PoolTimeoutError("QueuePool limit reached"),
    PendingRollbackError("Can't reconnect until invalid transaction is rolled back.", code="8s2b"),
    DBAPIError("SELECT 1", None, asyncpg.ConnectionFailureError("gone"), connection_invalidated=True),
]


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_consumers_try_again(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        PendingRollbackError("This Session's transaction has been rolled back", code="7s2a"),
        asyncpg.UndefinedTableError("no such table"),
        IntegrityError("INSERT", None, asyncpg.UniqueViolationError("x")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_will_fail_again_is_not_tried_again(error: Exception) -> None:
    assert not is_transient(error)


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
async def test_requests_are_told_to_come_back(error: Exception) -> None:
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/")
    async def fail() -> None:
        raise error

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://here") as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"]
