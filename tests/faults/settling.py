"""After the last fault: everything is mended, and what is under way is given its time."""

import asyncio
import os
import signal
import time
from contextlib import suppress

import asyncpg
from campaign_house import Ground, House
from inzira_cli.processes import DEPLOYABLES, local_port
from inzira_cli.stack import _is_ready
from inzira_cli.supervisor import left_behind
from killing import start, states
from nemesis import Scene
from releases import is_rebuilding

READ = {
    "gateway": ("intake", "curriculum", "tvet", "reintegration", "access"),
    "intake": ("reintegration",),
    "curriculum": ("intake", "reintegration"),
    "tvet": ("intake", "reintegration"),
    "reintegration": ("intake",),
}
"""Which topics each database's consumer reads."""
PENDING = "SELECT count(*) FROM outbox_pending"
WAITING = """
SELECT count(*) FROM parked_event WHERE replayed_at IS NULL AND reason IN ('waiting', 'gap', 'behind', 'retry')
"""


async def mend(scene: Scene) -> None:
    """Undo whatever may still be broken, and start what was given up."""
    await scene.house.links.open_all()
    for pid in left_behind(scene.ground.run):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    for file in (*scene.ground.clocks.iterdir(), *scene.ground.former.iterdir()):
        file.unlink()
    for disk in (scene.ground.disk, scene.ground.broker_disk):
        if disk is not None:
            (disk / "ballast").unlink(missing_ok=True)
    await until_ready(scene)


async def until_ready(scene: Scene, seconds: float = 90) -> None:
    """Every process runs and says that it is ready; what was given up is started by hand, and counted."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        known = states(scene)
        for name, state in known.items():
            if state.state == "FATAL":
                scene.given_up[name] += 1
            if state.state in ("FATAL", "EXITED", "STOPPED"):
                start(scene, name)
        if known and all(state.state == "RUNNING" for state in known.values()) and _all_ready(scene.ground):
            return
        await asyncio.sleep(0.5)


def _all_ready(ground: Ground) -> bool:
    port = local_port(ground.base_port)
    return all(_is_ready(port(name)) for name in DEPLOYABLES)


async def drained(house: House, wait: float) -> float | None:
    """Seconds until nothing was pending and every consumer had taken in every event; None: not within the time."""
    began = time.monotonic()
    while time.monotonic() < began + wait:
        with suppress(OSError, asyncpg.PostgresError):
            if await _is_drained(house):
                return time.monotonic() - began
        await asyncio.sleep(1)
    return None


async def _is_drained(house: House) -> bool:
    if await is_rebuilding(house):
        return False
    told: dict[str, int] = {}
    taken: dict[str, int] = {}
    for name in DEPLOYABLES:
        connection = await asyncpg.connect(house.admin_dsn(name), timeout=5)
        try:
            if await connection.fetchval(PENDING) or await connection.fetchval(WAITING):
                return False
            for row in await connection.fetch("SELECT topic, count(*) AS n FROM outbox GROUP BY topic"):
                topic = row["topic"].removeprefix("inzira.")
                told[topic] = told.get(topic, 0) + row["n"]
            taken[name] = await connection.fetchval("SELECT count(*) FROM inbox")
        finally:
            await connection.close()
    enough = all(taken[name] >= sum(told.get(topic, 0) for topic in topics) for name, topics in READ.items())
    # numbers are asked for often and cheaply; they do not tell what a restored backup has taken back
    return enough and await _has_taken_in_each(house)


async def _has_taken_in_each(house: House) -> bool:
    told: dict[str, set[str]] = {}
    taken: dict[str, set[str]] = {}
    for name in DEPLOYABLES:
        connection = await asyncpg.connect(house.admin_dsn(name), timeout=5)
        try:
            for topic, id in await connection.fetch("SELECT topic, event_id::text FROM outbox"):
                told.setdefault(topic.removeprefix("inzira."), set()).add(id)
            taken[name] = {id for (id,) in await connection.fetch("SELECT event_id::text FROM inbox")}
        finally:
            await connection.close()
    return all(told.get(topic, set()) <= taken[name] for name, topics in READ.items() for topic in topics)
