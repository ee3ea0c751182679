"""An installation from before consents of casework, with everybody in it, is upgraded: who should see whom, does.

Each database is made at the revision before, filled with the rows it would have, and migrated to the newest. Intake and
the gateway know at once who agreed; the others show an organisation nobody until intake's journal is published again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from cells import NOBODY, SERVICES
from fleet import Deployed, Ground
from inzira_contracts.event import Event
from inzira_platform.provision import SCOPES
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.deliveries import Deliveries
from inzira_platform.testing.upgrade import database_at, fill, upgrade
from policies import Net
from seed_everything import SAID_OF_CONSENT, everything, send
from world import World

BEFORE = {
    "intake": "intake_0030", "curriculum": "curriculum_0001", "tvet": "tvet_0001",
    "reintegration": "reintegration_0001", "gateway": "g0070",
}  # fmt: skip
"""The last revision without `casework_consent`."""
KNOW_AT_ONCE = frozenset({"intake", "gateway"})
READ_PAST = """
INSERT INTO consumed_stream (consumer, source, stream, version)
SELECT $1, 'intake', stream, count(*) FROM unnest($2::text[]) AS stream GROUP BY stream ON CONFLICT DO NOTHING
"""
CARERS = frozenset({"caseload", "org"})
KINDS = frozenset(SCOPES) - {"partner"}
"""A partner reaches nobody here: there are no grants in this story."""


@dataclass(frozen=True)
class Installation:
    """All services, everybody in them, and what intake's journal holds."""

    fleet: dict[str, Deployed]
    world: World
    said: list[Event]
    ground: Ground

    @asynccontextmanager
    async def upgraded(self, name: str) -> AsyncIterator[Deployed]:
        """One of them, moved to a database that came from the revision before."""
        running = self.fleet[name]
        older = await database_at(running.service, self.ground.postgres, BEFORE[name])
        await fill(older, running.database)
        if name not in KNOW_AT_ONCE:
            consents = [event.stream for event in self.said if event.type.startswith(SAID_OF_CONSENT)]
            await older.execute(READ_PAST, running.service.consumer, consents)
        assert await older.value("SELECT to_regclass('casework_consent')") is None
        await upgrade(older, running.service)
        settings = self.ground.settings_of(running.service, older)
        async with Deliveries.running(running.service, settings, older, self.ground.clock) as deliveries:
            yield replace(running, database=older, settings=settings, deliveries=deliveries)
        await older.drop()


@pytest.fixture(scope="module")
async def installation(module_ground: Ground) -> AsyncIterator[Installation]:
    """Everybody of the matrix in all five databases."""
    async with everything(module_ground) as (fleet, world):
        yield Installation(fleet, world, await fleet["intake"].database.events(), module_ground)


async def seen(deployed: Deployed, world: World) -> dict[tuple[str, str], frozenset[str] | None]:
    """Whom every principal sees in every table but that of the consents, by the database alone."""
    async with Net.spread(deployed, world) as net:
        people = [who for who in net.policy.principals.values() if who.name != NOBODY]
        tables = set(net.present) - {"casework_consent"}
        return {(table, who.name): await net.seen(table, who) for table in tables for who in people}


async def rows_of(database: ServiceDatabase) -> list[dict[str, object]]:
    return await database.rows("SELECT * FROM casework_consent ORDER BY consent_id")


@pytest.mark.parametrize("name", SERVICES)
async def test_after_the_upgrade_everybody_sees_whom_they_should(installation: Installation, name: str) -> None:
    wanted = await seen(installation.fleet[name], installation.world)
    async with installation.upgraded(name) as deployed:
        if name not in KNOW_AT_ONCE:
            await _nobody_is_seen_by_organisations(deployed, installation.world)
            await send(deployed, installation.said)  # published again: `POST …/intake/events/republish`
        if name != "reintegration":  # where all had to agree for a while, so that their cases could be worked on
            assert await rows_of(deployed.database) == await rows_of(installation.fleet[name].database)
        assert await seen(deployed, installation.world) == wanted
        async with Net.spread(deployed, installation.world) as net:
            assert await net.differences(kinds=KINDS) == []


async def _nobody_is_seen_by_organisations(deployed: Deployed, world: World) -> None:
    """And all others, as before."""
    async with Net.spread(deployed, world) as net:
        everybody = net.policy.reach
        unseen = {name: frozenset[str]() for name, who in net.policy.principals.items() if who.scope in CARERS}
        net.policy = replace(net.policy, reach={**everybody, **unseen})
        assert await net.differences(kinds=KINDS) == []
