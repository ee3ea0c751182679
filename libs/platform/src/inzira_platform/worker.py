"""The worker process of a service: relay, consumer and scanners on one loop that never serves HTTP."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from inzira_platform.auth import system
from inzira_platform.bell import OUTBOX, Bells, called, rings
from inzira_platform.broker import BrokerSettings, UnclosedError
from inzira_platform.clock import Clock, SystemClock
from inzira_platform.consumer import ConsumerRunner
from inzira_platform.database import make_engine
from inzira_platform.inbox import is_transient
from inzira_platform.logging import log
from inzira_platform.relay import Relay
from inzira_platform.scope import enter_scope
from inzira_platform.service import Runtime, Scanner, Service
from inzira_platform.settings import ServiceSettings

INBOX_DAYS = 45
IDEMPOTENCY_DAYS = 7


def make_runtime(service: Service, settings: ServiceSettings, clock: Clock | None = None) -> Runtime:
    """What a worker holds; dispose of `engine` at the end."""
    engine = make_engine(settings.database_dsn.get_secret_value(), min(settings.database_pool, 4))
    sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
    return Runtime(service, settings, clock or SystemClock(), engine, sessions, Bells(service.bells))


async def run_worker(service: Service, settings: ServiceSettings) -> None:
    """Run everything a service does outside requests until SIGTERM; ends with an error when a part ends.

    Where a client of the broker cannot be closed the process ends at once, as by a kill, which nothing here minds:
    waiting for what hangs is what it must not do, and whoever started it starts another.
    """
    runtime = make_runtime(service, settings)
    dsn = settings.database_dsn.get_secret_value()
    relay = Relay(service.name, dsn, BrokerSettings.of(settings), runtime.bells[OUTBOX])
    parts: list[Coroutine[Any, Any, None]] = [relay.run()]
    if service.topics:
        parts.append(ConsumerRunner(runtime).run())
    if service.bells:
        parts.append(runtime.bells.hear(dsn))
    parts += [run_scanner(runtime, scanner) for scanner in (*service.scanners, HOUSEKEEPING)]
    parts += [part(runtime) for part in service.background]
    try:
        await _until_stopped(parts)
    except UnclosedError:
        log().error("worker.ended", error_class="UnclosedError")
        sys.stdout.flush()
        os._exit(1)
    finally:
        await runtime.engine.dispose()


async def _until_stopped(parts: list[Coroutine[Any, Any, None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    tasks = [asyncio.create_task(part) for part in parts]
    stopping = asyncio.create_task(stop.wait())
    log().info("worker.started", count=len(tasks))
    done, _ = await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in (*tasks, stopping):
        task.cancel()
    await asyncio.gather(*tasks, stopping, return_exceptions=True)
    for task in done - {stopping}:
        task.result()


async def run_scanner(runtime: Runtime, scanner: Scanner) -> None:
    """Run one scanner for ever: at once again while it finds work, then when its bell rings or after its interval."""
    bell = runtime.bells[scanner.bell] if scanner.bell else asyncio.Event()
    while True:
        bell.clear()
        try:
            done = await scan_once(runtime, scanner)
        except Exception as error:
            if not is_transient(error):
                log().error("scanner.failed", name=scanner.name, error_class=type(error).__name__, exc_info=True)
            done = 0
        await rings(bell, 0 if done else scanner.every_seconds)


async def scan_once(runtime: Runtime, scanner: Scanner) -> int:
    """One pass of a scanner in one system transaction; returns how many things it did."""
    service = runtime.service.name
    async with runtime.sessions() as session:
        session.info["clock"], session.info["settings"] = runtime.clock, runtime.settings
        async with session.begin():
            await enter_scope(session, service, system(service))
            done = await scanner.run(session, runtime.clock)
        runtime.bells.ring(called(session))
    return done


async def _housekeeping(session: AsyncSession, _clock: Clock) -> int:
    """Forget inbox rows and idempotency keys past their time (events.md 2: longer than any backlog)."""
    await session.execute(
        text("DELETE FROM inbox WHERE received_at < now() - make_interval(days => :days)"),
        {"days": INBOX_DAYS},
    )
    await session.execute(
        text("DELETE FROM idempotency_key WHERE created_at < now() - make_interval(days => :days)"),
        {"days": IDEMPOTENCY_DAYS},
    )
    return 0


HOUSEKEEPING = Scanner("housekeeping", 3600.0, _housekeeping)
