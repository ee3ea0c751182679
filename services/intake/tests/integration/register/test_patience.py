"""Work that takes longer than the database suffers silence."""

import asyncio

import pytest
from inzira_intake.register import patience
from inzira_intake.settings import Settings
from inzira_platform.clock import FixedClock
from inzira_platform.service import Service
from inzira_platform.worker import make_runtime
from sqlalchemy import text


async def test_transaction_outlives_long_work(
    service: Service, settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "HEARD_EVERY_SECONDS", 0.2)
    runtime = make_runtime(service, settings, clock)

    async def work() -> str:
        await asyncio.sleep(1.5)
        return "done"

    async with runtime.sessions() as session, session.begin():
        await session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '700ms'"))
        assert await patience.beside(session, work()) == "done"
        assert (await session.execute(text("SELECT 1"))).scalar_one() == 1
    await runtime.engine.dispose()


async def test_failure_of_the_work_is_its_own(service: Service, settings: Settings, clock: FixedClock) -> None:
    runtime = make_runtime(service, settings, clock)

    async def work() -> None:
        raise LookupError

    async with runtime.sessions() as session, session.begin():
        with pytest.raises(LookupError):
            await patience.beside(session, work())
    await runtime.engine.dispose()


async def test_answer_that_cannot_be_written_is_an_error() -> None:
    with pytest.raises(patience.AnswerFailedError):
        await patience.write_answer_apart(b"no workbook", {}, "en")
