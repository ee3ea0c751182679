"""A stack whose processes can be held at a named point, and what is done to one of them while it is held there."""

import asyncio
import os
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer
from campaign_house import Ground, House
from killing import pid_of, states
from workload import Workload

SESSION_SECONDS = 6.0
"""The shortest the product allows; a process is stopped for two of them."""
REACHED_SECONDS = 45.0
LOCK = 7_355_301
HOLD_THE_JOURNAL = f"""
CREATE OR REPLACE FUNCTION campaign_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared({LOCK});
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS campaign_hold ON event_stream;
CREATE TRIGGER campaign_hold AFTER INSERT OR UPDATE ON event_stream FOR EACH ROW EXECUTE FUNCTION campaign_hold();
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted"
TERMINATE = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = $1"


@dataclass(frozen=True)
class Point:
    """Where a process is held, and which."""

    name: str
    process: str

    @property
    def deployable(self) -> str:
        return self.process.partition("-")[0]


POINTS = {
    "F1": Point("", "intake-api"),
    "F2": Point("emit_commit", "intake-api"),
    "F3": Point("commit_response", "intake-api"),
    "F4": Point("read_send", "intake-worker"),
    "F5": Point("ack_delete", "intake-worker"),
    "F6": Point("getmany_tx", "gateway-worker"),
    "F7": Point("effects_commit", "reintegration-worker"),
    "F8": Point("commit_offset", "reintegration-worker"),
    "F9": Point("rebalance", "gateway-worker"),
}
"""Of the design of events, section 7. F1 lies inside one statement and is held by a trigger."""
RIVALS = ("F6", "F7", "F8")
"""Held long enough, a consumer's partitions go to another one, which meets it again when it wakes."""


@dataclass
class Stage:
    """A running stack, its users, and what was done to it."""

    house: House
    ground: Ground
    load: Workload
    folder: Path
    verdict: dict[str, Any] = field(default_factory=dict)

    def pid(self, process: str) -> int:
        return pid_of(self, process)  # type: ignore[arg-type]  # it asks for the house only

    async def is_running(self, process: str, but: int) -> bool:
        """Whether it runs again, as another process than `but`."""
        state = (await asyncio.to_thread(states, self)).get(process)  # type: ignore[arg-type]  # as above
        return bool(state and state.state == "RUNNING" and state.pid != but)


@asynccontextmanager
async def held(stage: Stage, point: Point) -> AsyncIterator["Hold"]:
    """The point holds whoever comes there until it is let go, at the latest at the end of the block."""
    hold = JournalHold(stage, point) if not point.name else FileHold(stage, point)
    await hold.arm()
    try:
        yield hold
    finally:
        await hold.let_go()


@dataclass
class Hold(ABC):
    """How a point is held."""

    stage: Stage
    point: Point

    @abstractmethod
    async def arm(self) -> None:
        """From now on, whoever comes to the point stays there."""

    @abstractmethod
    async def is_reached(self) -> bool:
        """Whether somebody stays there."""

    @abstractmethod
    async def let_go(self) -> None:
        """Nobody is held any more."""

    async def reached(self) -> int:
        """The id of the process that is held there. Raises TimeoutError."""
        async with asyncio.timeout(REACHED_SECONDS):
            while not await self.is_reached():  # noqa: ASYNC110 - told by a file or a lock
                await asyncio.sleep(0.02)
        return self.stage.pid(self.point.process)


class FileHold(Hold):
    """By the files that `launch.hold_points` looks at."""

    @property
    def _armed(self) -> Path:
        return self.stage.ground.held / self.point.process / self.point.name

    async def arm(self) -> None:
        self._armed.with_name(f"{self.point.name}.reached").unlink(missing_ok=True)
        self._armed.touch()

    async def is_reached(self) -> bool:
        told = self._armed.with_name(f"{self.point.name}.reached")
        return told.exists() and told.read_text() == str(self.stage.pid(self.point.process))

    async def let_go(self) -> None:
        self._armed.unlink(missing_ok=True)


class JournalHold(Hold):
    """By a lock that a trigger waits for, between a stream's lock and its journal row."""

    async def arm(self) -> None:
        self._connection = await asyncpg.connect(self.stage.house.admin_dsn(self.point.deployable))
        await self._connection.execute(HOLD_THE_JOURNAL)
        await self._connection.execute("SELECT pg_advisory_lock($1)", LOCK)

    async def is_reached(self) -> bool:
        return bool(await self._connection.fetchval(WAITING, LOCK))

    async def let_go(self) -> None:
        if self._connection.is_closed():
            return
        await self._connection.close()  # the trigger stays: a process that is stopped may have the table open


async def kill(hold: Hold) -> None:
    """SIGKILL; the supervisor starts it again."""
    pid = await hold.reached()
    os.kill(pid, signal.SIGKILL)
    await hold.let_go()
    async with asyncio.timeout(60):
        while not await hold.stage.is_running(hold.point.process, but=pid):  # noqa: ASYNC110 - told by the supervisor
            await asyncio.sleep(0.1)


async def stop(hold: Hold, rival: bool = False) -> None:
    """SIGSTOP for two sessions: its connections stay, and nobody answers on them."""
    pid = await hold.reached()
    os.kill(pid, signal.SIGSTOP)
    try:
        await hold.let_go()
        if rival:
            async with beside(hold.stage, hold.point.deployable):
                await asyncio.sleep(1)
                os.kill(pid, signal.SIGCONT)
                await asyncio.sleep(3)
        else:
            await asyncio.sleep(2 * SESSION_SECONDS)
    finally:
        os.kill(pid, signal.SIGCONT)


async def terminate(hold: Hold) -> None:
    """The administrator ends every connection of its service."""
    await hold.reached()
    connection = await asyncpg.connect(hold.stage.house.admin_dsn(hold.point.deployable))
    try:
        ended = await connection.fetchval(TERMINATE, f"{hold.point.deployable}_app")
    finally:
        await connection.close()
    assert ended, "there was no connection to end"
    await hold.let_go()


SIGNALS = {"SIGKILL": kill, "SIGSTOP": stop, "terminate": terminate}


@asynccontextmanager
async def beside(stage: Stage, deployable: str) -> AsyncIterator[None]:
    """A second worker of the service; entered when it has been given partitions."""
    program = stage.house._service_program(deployable, "worker")
    log = stage.ground.run.logs / f"{deployable}-rival.log"
    environment = {**os.environ, **program.environment, "CAMPAIGN_HELD": ""}
    with log.open("wb") as output:
        running = subprocess.Popen(  # noqa: ASYNC220 - a command of the stack; starting it takes a moment
            program.command, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        async with asyncio.timeout(5 * SESSION_SECONDS):
            while '"consumer.assigned"' not in log.read_text(encoding="utf-8", errors="replace"):  # noqa: ASYNC110 - a log
                await asyncio.sleep(0.2)
        yield
    finally:
        running.terminate()
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(running.wait, 10)
        running.kill()
        running.wait()


@asynccontextmanager
async def another_member(stage: Stage, group: str, topics: list[str]) -> AsyncIterator[None]:
    """Somebody joins the group of consumers, takes a share and reads nothing: the others give theirs up."""
    member = AIOKafkaConsumer(
        *topics, group_id=group, enable_auto_commit=False, heartbeat_interval_ms=1000,
        bootstrap_servers=f"127.0.0.1:{stage.ground.wires['broker'].listen}", session_timeout_ms=6000,
    )  # fmt: skip
    starting = asyncio.create_task(member.start())
    try:
        yield
        await starting
    finally:
        await member.stop()
