"""Every cell of the gateway, through its door, with the four services behind it; and that all of them agree."""

from collections.abc import AsyncIterator, Callable

import pytest
from asked_gateway import GATEWAY
from asked_intake import of_service
from fleet import Deployed, Ground
from runs import Run
from seed_everything import everything
from seed_gateway import Reception, seed_partners
from telling import hold_the_net, told
from world import World

INSIDE = frozenset({"GET /v1/operations/gateway/journal"})
"""What the gateway answers to itself alone."""


@pytest.fixture(scope="module")
async def fleet(module_ground: Ground) -> AsyncIterator[tuple[dict[str, Deployed], World]]:
    """All five databases."""
    async with everything(module_ground) as found:
        yield found


@pytest.fixture(scope="module")
async def run(fleet: tuple[dict[str, Deployed], World], module_ground: Ground) -> Run:
    """The gateway with everybody signed in."""
    deployed, world = fleet
    gateway = deployed["gateway"]
    reception = Reception(gateway)
    await reception.sign_everybody_in()
    reception.callers["partner"] = await seed_partners(module_ground, gateway, world)
    return Run(gateway, world, of_service("gateway", GATEWAY), callers=reception.callers, inside=INSIDE)


async def test_who_reads_what(run: Run, record_testsuite_property: Callable[[str, object], None]) -> None:
    await run.read_all()
    told(run, "reads", record_testsuite_property)


async def test_who_changes_what(run: Run, record_testsuite_property: Callable[[str, object], None]) -> None:
    await run.write_all()
    told(run, "writes", record_testsuite_property)
    assert run.never_carried_out() == []


async def test_the_database_holds_by_itself(run: Run, record_testsuite_property: Callable[[str, object], None]) -> None:
    await hold_the_net(run, record_testsuite_property)


async def test_what_is_inside_is_not_at_the_door(run: Run) -> None:
    for label in INSIDE:
        answers = {name: await caller.get(label.partition(" ")[2]) for name, caller in run.callers.items()}
        assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 404)
