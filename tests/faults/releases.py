"""Faults of releases: everything deployed anew under load; a consumer that is the version before for a while; the read
model rebuilt beside the one that answers."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
from campaign_house import House
from inzira_cli.processes import DEPLOYABLES
from killing import PARTS, restart, until_running
from nemesis import Fault, Scene

NEW_EVENTS = {
    "gateway": (
        "inzira.intake.person.moved.v1", "inzira.intake.person.updated.v1", "inzira.curriculum.attendance.recorded.v1",
        "inzira.tvet.module.assessed.v1", "inzira.reintegration.visit.recorded.v1",
    ),
    "intake": ("inzira.reintegration.case.opened.v1", "inzira.reintegration.plan.agreed.v1"),
    "curriculum": ("inzira.intake.person.moved.v1", "inzira.reintegration.plan.agreed.v1"),
    "tvet": ("inzira.intake.person.moved.v1", "inzira.intake.consent.granted.v1"),
    "reintegration": ("inzira.intake.person.moved.v1", "inzira.intake.dates.computed.v1"),
}  # fmt: skip
"""Of these one is new with the version a consumer is rolled back from."""
ATTEMPTS = 5
REBUILD, REBUILD_SECONDS = "/v1/operations/gateway/events/rebuild", 30
UNREAD = "SELECT count(*) FROM parked_event WHERE replayed_at IS NULL AND reason IN ('unknown-version', 'retry')"


async def redeploy_everything(scene: Scene) -> dict[str, Any]:
    """A release under load: every process in turn, the next when the one before runs."""
    for name in PARTS:
        await _again(scene, name)
        await until_running(scene, name)
    return {"target": "everything"}


async def roll_back(scene: Scene) -> dict[str, Any]:
    """A consumer meets events it has no reader for and parks them; forward again, an operator has them replayed."""
    service = scene.dice.choice(DEPLOYABLES)
    name, seconds = f"{service}-worker", scene.dice.choice((3, 8))
    kind = scene.dice.choice(NEW_EVENTS[service])
    file: Path = scene.ground.former / name
    file.write_text(kind)  # noqa: ASYNC240 - a word
    try:
        await _again(scene, name)
        await until_running(scene, name)
        await asyncio.sleep(seconds)
    finally:
        file.unlink()  # noqa: ASYNC240 - a name
        await _again(scene, name)
    await until_running(scene, name)
    parked = await unread(scene, service)
    await replay(scene, service)
    return {"target": name, "seconds": seconds, "event": kind, "parked": parked}


async def _again(scene: Scene, name: str) -> None:
    """Restart what may just have fallen over something else."""
    for _ in range(ATTEMPTS):
        with suppress(OSError):
            await asyncio.to_thread(restart, scene, name)
            return
        await asyncio.sleep(1)
    raise RuntimeError(f"{name} cannot be restarted")


async def unread(scene: Scene, service: str) -> int:
    """How many events a service has parked because it could not read them."""
    connection = await asyncpg.connect(scene.house.admin_dsn(service), timeout=5)
    try:
        return int(await connection.fetchval(UNREAD))
    finally:
        await connection.close(timeout=2)


async def replay(scene: Scene, service: str) -> None:
    """As an operator asks for it, through the gateway."""
    path, body = f"/v1/operations/{service}/events/replay", {"reason": "the version that can read them is back"}
    await scene.operator.write("parked.replay", "POST", path, body)


async def replay_everything(scene: Scene) -> None:
    """After the last fault: wherever something is still unread."""
    for service in DEPLOYABLES:
        if await unread(scene, service):
            await replay(scene, service)


async def rebuild(scene: Scene) -> dict[str, Any]:
    """An operator has the journey rebuilt: whatever else breaks meanwhile, it ends, and answers with all there is."""
    asked = await scene.operator.write("journey.rebuild", "POST", REBUILD, {"reason": "after a release"})
    if asked.outcome != "acked":
        return {"skipped": True}
    end = time.monotonic() + REBUILD_SECONDS
    while time.monotonic() < end:
        await asyncio.sleep(1)
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            if not await is_rebuilding(scene.house):
                break
    return {"target": "gateway-worker"}


async def is_rebuilding(house: House) -> bool:
    """Whether a generation of the read model is being filled."""
    connection = await asyncpg.connect(house.admin_dsn("gateway"), timeout=5)
    try:
        return bool(await connection.fetchval("SELECT count(*) FROM projection WHERE state = 'BUILDING'"))
    finally:
        await connection.close(timeout=2)


FAULTS = (
    Fault("journey.rebuild", 1.5, "rebuild", rebuild),
    Fault("redeploy.everything", 0.3, "part", redeploy_everything),
    Fault("version.rollback", 2, "part", roll_back),
)
