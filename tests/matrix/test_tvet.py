"""Every cell of the tvet service."""

from collections.abc import AsyncIterator, Callable

import pytest
from asked_intake import of_service
from asked_tvet import TVET
from fleet import Ground
from runs import Run
from seed_tvet import seed_tvet
from telling import hold_the_net, told
from world import Story, World


@pytest.fixture(scope="module")
async def run(module_ground: Ground) -> AsyncIterator[Run]:
    """The service with everybody in it."""
    async with module_ground.deployed("tvet") as deployed:
        world = World()
        await seed_tvet(deployed, world, Story.told(world))
        yield Run(deployed, world, of_service("tvet", TVET))


async def test_who_reads_what(run: Run, record_testsuite_property: Callable[[str, object], None]) -> None:
    await run.read_all()
    told(run, "reads", record_testsuite_property)


async def test_who_changes_what(run: Run, record_testsuite_property: Callable[[str, object], None]) -> None:
    await run.write_all()
    told(run, "writes", record_testsuite_property)
    assert run.never_carried_out() == []


async def test_the_database_holds_by_itself(run: Run, record_testsuite_property: Callable[[str, object], None]) -> None:
    await hold_the_net(run, record_testsuite_property)
