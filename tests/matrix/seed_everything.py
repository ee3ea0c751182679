"""All five databases with one story: what each service said reaches the others as the broker would carry it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fleet import BEHIND, Deployed, Ground
from inzira_contracts.event import Event
from inzira_platform.app import build_app
from listening import listening
from partner_scene import fresh
from seed_curriculum import seed_curriculum
from seed_intake import seed_intake
from seed_reintegration import seed_reintegration
from seed_tvet import seed_tvet
from world import Story, World

BEGINNING = ("inzira.intake.person.admitted", "inzira.intake.sentence", "inzira.intake.dates")
SAID_OF_CONSENT = "inzira.intake.consent"


@asynccontextmanager
async def everything(ground: Ground) -> AsyncIterator[tuple[dict[str, Deployed], World]]:
    """The four services, listening on the loopback, and the gateway with its door; everybody everywhere."""
    async with AsyncExitStack() as stack:
        fleet: dict[str, Deployed] = {}
        upstreams: dict[str, Any] = {}
        for name in BEHIND:
            fleet[name] = await stack.enter_async_context(ground.deployed(name))
            app = build_app(fleet[name].service, fleet[name].settings, ground.clock)
            upstreams[f"upstream_{name}"] = stack.enter_context(listening(app)).url
        gateway = await stack.enter_async_context(ground.deployed("gateway", rate_factor=1000, **upstreams))
        fleet["gateway"] = gateway
        world = World()
        await tell_everybody(fleet, world)
        await fresh(gateway.api)
        await gateway.database.execute(
            "INSERT INTO source_seen (source, fresh_at, checked_at, is_reachable) SELECT name, $1, $1, true "
            "FROM unnest($2::text[]) AS name ON CONFLICT (source) DO NOTHING",
            ground.clock.now(),
            list(BEHIND),
        )
        yield fleet, world


async def tell_everybody(fleet: dict[str, Deployed], world: World) -> None:
    """Each service's part of the story, and then what each has heard of the others."""
    await seed_intake(fleet["intake"], world, followed_up=False)
    said = await fleet["intake"].database.events()
    first = [event for event in said if event.type.startswith(BEGINNING)]
    rest = [event for event in said if not event.type.startswith((*BEGINNING, SAID_OF_CONSENT))]
    story = Story(first, rest, [], [event for event in said if event.type.startswith(SAID_OF_CONSENT)])
    await seed_curriculum(fleet["curriculum"], world, story)
    await seed_tvet(fleet["tvet"], world, story)
    await seed_reintegration(fleet["reintegration"], world, story)
    followed = await fleet["reintegration"].database.events()
    for name in ("intake", "curriculum", "tvet"):
        await send(fleet[name], followed)
    await send(fleet["gateway"], said)
    for name in ("curriculum", "tvet"):
        await send(fleet["gateway"], await fleet[name].database.events())
    await send(fleet["gateway"], followed)
    for name in BEHIND:
        await send(fleet["gateway"], await fleet[name].database.events(access=True))


async def send(deployed: Deployed, events: list[Event]) -> None:
    """Deliver what this service listens to, a batch at a time."""
    heard = [event for event in events if event.type in deployed.service.handlers]
    for start in range(0, len(heard), 200):
        await deployed.deliveries.send(*heard[start : start + 200])
    assert await deployed.deliveries.parked() == []
