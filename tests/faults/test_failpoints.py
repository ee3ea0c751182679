"""Each failpoint of the design × each signal, one at a time, where random kills would need hours to meet them.

`make failpoints` runs all 27; those not marked `on_demand` are part of `make test`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import custody
import pytest
from campaign_house import House, make_ground
from client import PATIENCE
from history import History
from holding import POINTS, RIVALS, SESSION_SECONDS, SIGNALS, Hold, Stage, another_member, held, stop
from inzira_cli.supervisor import left_behind
from inzira_contracts.topics import topics
from inzira_platform.testing.folders import server_folder
from judging import judged
from settling import drained
from workload import Workload, make_accounts

OFTEN = {("F5", "SIGKILL"), ("F8", "SIGKILL")}
CASES = [
    pytest.param(place, name, marks=() if (place, name) in OFTEN else pytest.mark.on_demand, id=f"{place}-{name}")
    for place in POINTS
    for name in SIGNALS
]
GATEWAY = "gateway.main"
"""The group of its consumers."""


@pytest.fixture(scope="module")
async def stage() -> AsyncIterator[Stage]:
    with server_folder("failpoints") as folder:
        async with standing(folder) as made:
            yield made


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator[Stage]:
    """A stack with its accounts, and nobody at work on it."""
    ground = make_ground(folder / "run", "tansu", 0, failpoints={})
    ground = replace(ground, session_ms=int(SESSION_SECONDS * 1000))
    house = House(ground)
    try:
        await house.open()
        await make_accounts(house.stack.gateway, ground.run)
        load = Workload(house.stack.gateway, ground.run, History(folder / "history.jsonl"), seed=27, users=1)
        await load.open()
        yield Stage(house, ground, load, folder)
        await load.close()
        load.history.close()
    finally:
        await house.close()
        assert not left_behind(ground.run)


@pytest.mark.parametrize(("place", "name"), CASES)
async def test_nothing_is_lost_and_nothing_done_twice(stage: Stage, place: str, name: str) -> None:
    """Somebody is admitted; on the way a process is held at the point, and struck; all databases agree afterwards."""
    point, world = POINTS[place], stage.load.world
    someone = world.invent()
    async with AsyncExitStack() as until_struck:
        hold = await until_struck.enter_async_context(held(stage, point))
        if place == "F9":
            await until_struck.enter_async_context(another_member(stage, GATEWAY, list(topics())))
            await hold.reached()
        asking = asyncio.create_task(custody.admit(world, someone))
        await strike(hold, place, name)
    await asyncio.wait_for(asking, 3 * PATIENCE)
    assert await drained(stage.house, 90) is not None, "the consumers did not take in everything"
    assert someone.person_id, "the admission was given up"
    await all_databases_agree(stage)


def strike(hold: Hold, place: str, name: str) -> Awaitable[None]:
    """The signal, at the moment the point is reached."""
    return stop(hold, rival=True) if name == "SIGSTOP" and place in RIVALS else SIGNALS[name](hold)


async def all_databases_agree(stage: Stage) -> None:
    """The whole checker, over everything since the stack came up."""
    await stage.load.settle()
    await stage.load.world.users["me.officer"].read("stages.final", "/v1/facilities/stages")
    found = await judged(stage.folder, stage.house.admin_dsn("{}"), stage.ground.run.logs)
    assert found["violations"] == {}, found["places"]
