"""A register that was sent is taken up at once: the worker's own look is put off for ever here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from inzira_intake.register.domain import ImportBrokenError
from inzira_platform.clock import FixedClock
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.worker import make_runtime, run_scanner

NEVER = 3600.0
LOOKED = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bells' AND query LIKE 'LISTEN%'"
BROKEN = """
UPDATE register_import SET state = 'FAILED', finished_at = now(), attempts = 5,
  problem = jsonb_build_object('code', $1::text, 'detail', 'a fault of the system')
"""


@pytest.fixture(autouse=True)
async def worker(
    service: Service, settings: ServiceSettings, clock: FixedClock, api: Api, database: ServiceDatabase
) -> AsyncIterator[None]:
    runtime = make_runtime(service, settings, clock)
    scanner = next(one for one in service.scanners if one.name == "register.import")
    tasks = [
        asyncio.create_task(runtime.bells.hear(settings.database_dsn.get_secret_value())),
        asyncio.create_task(run_scanner(runtime, replace(scanner, every_seconds=NEVER))),
    ]
    async with asyncio.timeout(20):
        while not await database.value(LOOKED):  # noqa: ASYNC110 - in a database
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await runtime.engine.dispose()


async def ends(officer: Caller, import_id: str) -> str:
    """How the import ends."""
    async with asyncio.timeout(20):
        while True:
            state = (await officer.get(f"/v1/imports/{import_id}")).json()["state"]
            if state in ("DONE", "FAILED"):
                return str(state)
            await asyncio.sleep(0.1)


async def test_a_register_is_decided_when_it_is_sent_and_when_a_broken_import_is_sent_again(
    officer: Caller,
    send: Callable[..., Awaitable[Any]],
    make_register: Callable[..., bytes],
    make_row: Callable[..., list[Any]],
    database: ServiceDatabase,
) -> None:
    content = make_register(make_row(1))
    sent = (await send(officer, content)).json()
    assert await ends(officer, sent["id"]) == "DONE"
    await database.execute(BROKEN, ImportBrokenError.code)
    assert (await send(officer, content)).json()["again"]
    assert await ends(officer, sent["id"]) == "DONE"
