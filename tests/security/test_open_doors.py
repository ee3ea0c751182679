"""What is open while a person takes their consent back: a partner's feed that waits, a caseworker's read that waits.

From the person's no in intake, over its relay and the broker, to the gateway's consumer: what waits to be told is not.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from fleet import GATEWAY, Deployed, Ground
from gateway_scene import Person
from inzira_gateway.main import share
from inzira_gateway.registry.files import load_routes
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from partner_scene import FOR_RETURN, fresh, granted, registered
from withdrawing import PATIENCE_SECONDS, at_work, consenting, seconds_until, until_admitted

CHANGED, GONE = "inzira.partner.person.changed.v1", "inzira.partner.person.gone.v1"
AWAY = {"kind": "HOSPITAL_OUT", "occurred_at": "2026-05-04T09:00:00+02:00", "reference": "H/1"}
ROWS = "SELECT count(*) FROM feed_event WHERE person_id = $1 AND changed @> ARRAY['custody_state']"


@dataclass(frozen=True)
class House:
    """Both services at work, an officer, and a partner that follows who is held at Huye."""

    intake: Deployed
    gateway: Deployed
    officer: Caller
    partner: Caller

    async def poll(self, cursor: str = "", wait: int = 0) -> tuple[list[dict[str, Any]], str]:
        query = f"timeout={wait}" + (f"&cursor={cursor}" if cursor else "")
        answer = await self.partner.get(f"/v1/feed?{query}", headers=FOR_RETURN)
        assert answer.status_code == 200, answer.text
        return answer.json(), answer.headers["next-cursor"]

    async def shown(self, number: int) -> tuple[UUID, str, str, str]:
        """Somebody whom the partner was told of: their id, their consent's, the partner's name for them, its cursor."""
        person, consent = await consenting(self.officer, number)
        await seconds_until(self.gateway, person, True, 0.0, self.gateway.api.clock.now())
        await until_admitted(self.gateway, person)
        async with asyncio.timeout(PATIENCE_SECONDS):
            items, cursor = await self.poll(wait=5)
            while not items:
                items, cursor = await self.poll(cursor, wait=5)
        return person, consent, items[-1]["subject"], cursor

    async def leaves(self, person: UUID) -> None:
        """Something the partner's view shows changes: the person is brought to a hospital."""
        answer = await self.officer.post(f"/v1/persons/{person}/movements", AWAY)
        assert answer.status_code == 201, answer.text

    async def takes_back(self, consent: str) -> str:
        """The person says no; the token of that write."""
        answer = await self.officer.post(f"/v1/consents/{consent}/withdrawal", {})
        assert answer.status_code == 200, answer.text
        return str(answer.headers["consistency-token"])


@asynccontextmanager
async def opened(ground: Ground, broker: str) -> AsyncIterator[House]:
    """A house whose every part is real."""
    async with (
        ground.deployed("intake", kafka_bootstrap=broker) as intake,
        ground.deployed("gateway", kafka_bootstrap=broker) as gateway,
        Api.running(
            replace(GATEWAY, extend=share), gateway.settings, gateway.database, ground.keys, ground.clock
        ) as inside,
        at_work(intake, gateway),
    ):
        partner = await registered(inside, gateway.api, "ngo-one", agency="PFR")
        await granted(inside, partner, route="feed", view="presence", row_filter={"facilities": ["HUY"]})
        await fresh(inside)
        officer = intake.api.as_("rcs_intake_officer", facility="HUY")
        yield House(intake, gateway, officer, await partner.sign_in())


async def test_what_waits_to_be_told_is_not_told_after_the_no(ground: Ground, broker: str) -> None:
    async with opened(ground, broker) as house:
        person, consent, subject, cursor = await house.shown(1)
        await house.leaves(person)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await house.gateway.database.value(ROWS, person):  # noqa: ASYNC110 - in a database
                await asyncio.sleep(0.02)
        await house.takes_back(consent)
        await seconds_until(house.gateway, person, False, 0.0, house.gateway.api.clock.now())
        items, after = await house.poll(cursor, wait=5)
        assert [(item["type"], item["data"]) for item in items] == [(GONE, {"id": subject})]
        assert (await house.poll(cursor))[0][0]["type"] == GONE, "nor is it, when it is asked for once more"
        assert CHANGED not in {item["type"] for item in (await house.poll())[0]}, "or from the beginning"
        assert (await house.poll(after))[0] == []


async def test_a_poll_that_waits_hears_of_the_no_and_of_nothing_after_it(ground: Ground, broker: str) -> None:
    async with opened(ground, broker) as house:
        person, consent, subject, cursor = await house.shown(1)
        waiting = asyncio.create_task(house.poll(cursor, wait=20))
        await asyncio.sleep(0.3)
        assert not waiting.done(), "there is nothing to tell"
        await house.takes_back(consent)
        items, cursor = await waiting
        assert [(item["type"], item["data"]) for item in items] == [(GONE, {"id": subject})]
        waiting = asyncio.create_task(house.poll(cursor, wait=3))
        await house.leaves(person)
        assert (await waiting)[0] == []
        assert await house.gateway.database.value(ROWS, person), "it happened while the poll was open"


async def test_a_read_of_a_caseworker_that_waits_for_the_no_shows_nothing(ground: Ground, broker: str) -> None:
    """The only answer a caseworker waits for is a read that waits until the read model has reached a write."""
    async with opened(ground, broker) as house:
        inside = replace(GATEWAY, extend=share)
        settings, database = house.gateway.settings, house.gateway.database
        async with Api.running(inside, settings, database, ground.keys, ground.clock) as api:
            carers = [api.as_("caseworker", sub="acc-worker", org="PFR"), api.as_("supervisor", org="PFR")]
            for number in range(5):
                person, consent = await consenting(house.officer, number)
                await until_admitted(house.gateway, person)
                await house.gateway.deliveries.send(Person(person).assigned(new_id(), "acc-worker", "PFR"))
                await seconds_until(house.gateway, person, True, 0.0, ground.clock.now())
                path = f"/v1/persons/{person}/journey"
                assert [(await carer.get(path)).status_code for carer in carers] == [200, 200]
                token = await house.takes_back(consent)
                assert await asyncio.gather(*[reached(carer, path, token) for carer in carers]) == [404, 404]


async def reached(carer: Caller, path: str, token: str) -> int:
    """The status of the first answer that holds the write of the token."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while "projection-stale" in (answer := await carer.get(path, headers={"Consistency-Token": token})).headers:
            pass
    return answer.status_code


def test_nothing_else_stays_open() -> None:
    """No stream is of a person: the one there is counts the rows of a register its own facility sent."""
    open_for_long = {f"{route.method} {route.path}": route.permission for route in load_routes() if route.stream}
    assert open_for_long == {"GET /v1/imports/{import_id}/progress": "register:read"}
