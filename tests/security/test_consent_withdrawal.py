"""From a person's no to nothing being given: intake, its relay, a real broker, the gateway's consumer.

How long it takes is put on record here and held to its limit of five seconds by `bench/partners.py`, on a machine that
does nothing else.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median
from uuid import UUID

from fleet import Deployed, Ground
from gateway_scene import Person
from inzira_contracts.intake import ConsentGranted
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Caller
from withdrawing import PATIENCE_SECONDS, at_work, consenting, may_be_given, seconds_until, until_admitted

PEOPLE = 20
ENDS = datetime(2027, 10, 31, 22, tzinfo=UTC)  # as the first of November begins in Rwanda


@asynccontextmanager
async def amid_other_work(officer: Caller) -> AsyncIterator[None]:
    """The same service admits and asks others until the block ends."""
    over = asyncio.Event()

    async def work() -> None:
        for number in count(1000):
            await consenting(officer, number)
            if over.is_set():
                return

    working = asyncio.create_task(work())
    try:
        yield
    finally:
        over.set()
        await working


async def test_a_withdrawal_takes_effect_amid_other_work(
    ground: Ground, broker: str, record_testsuite_property: Callable[[str, object], None]
) -> None:
    now = ground.clock.now()
    async with (
        ground.deployed("intake", kafka_bootstrap=broker) as intake,
        ground.deployed("gateway", kafka_bootstrap=broker) as gateway,
        at_work(intake, gateway),
    ):
        officer = intake.api.as_("rcs_intake_officer", facility="HUY")
        consents = [await consenting(officer, number) for number in range(PEOPLE)]
        for person, _ in consents:
            await seconds_until(gateway, person, True, 0.0, now)
        taken = []
        async with amid_other_work(officer):
            for person, consent in consents:
                asked = time.perf_counter()
                answer = await officer.post(f"/v1/consents/{consent}/withdrawal", {})
                assert answer.status_code == 200, answer.text
                taken.append(await seconds_until(gateway, person, False, asked, now))
    ranked = sorted(taken)
    record_testsuite_property("withdrawal_seconds_median", round(median(ranked), 3))
    record_testsuite_property("withdrawal_seconds_longest", round(ranked[-1], 3))


async def test_a_caseworker_loses_sight_by_a_withdrawal(
    ground: Ground, broker: str, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """Of a person they carry, at the door that shows whole journeys; the facility goes on seeing everybody."""
    async with (
        ground.deployed("intake", kafka_bootstrap=broker) as intake,
        ground.deployed("gateway", door=False, kafka_bootstrap=broker) as gateway,
        at_work(intake, gateway),
    ):
        officer = intake.api.as_("rcs_intake_officer", facility="HUY")
        consents = [await consenting(officer, number) for number in range(PEOPLE)]
        for person, _ in consents:
            await until_admitted(gateway, person)
            await gateway.deliveries.send(Person(person).assigned(new_id(), "acc-worker", "PFR"))
            await seconds_until_seen(gateway, person, True, 0.0)
        taken = []
        async with amid_other_work(officer):
            for person, consent in consents:
                asked = time.perf_counter()
                assert (await officer.post(f"/v1/consents/{consent}/withdrawal", {})).status_code == 200
                taken.append(await seconds_until_seen(gateway, person, False, asked))
        facility = gateway.api.as_("rcs_intake_officer", facility="HUY")
        for person, _ in consents:
            assert (await facility.get(f"/v1/persons/{person}/journey")).status_code == 200
    ranked = sorted(taken)
    record_testsuite_property("caseworker_withdrawal_seconds_median", round(median(ranked), 3))
    record_testsuite_property("caseworker_withdrawal_seconds_longest", round(ranked[-1], 3))


async def seconds_until_seen(gateway: Deployed, person: UUID, wanted: bool, since: float) -> float:
    """How long after `since` the worker's and the supervisor's sight of a person became what is wanted."""
    carers = [gateway.api.as_("caseworker", sub="acc-worker", org="PFR"), gateway.api.as_("supervisor", org="PFR")]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            answers = [await carer.get(f"/v1/persons/{person}/journey") for carer in carers]
            if {answer.status_code for answer in answers} == {200 if wanted else 404}:
                return time.perf_counter() - since
            await asyncio.sleep(0.01)


async def test_a_consent_expires_at_its_moment_without_any_event(ground: Ground) -> None:
    async with ground.deployed("intake") as intake, ground.deployed("gateway") as gateway:
        officer = intake.api.as_("rcs_intake_officer", facility="HUY")
        person, _ = await consenting(officer, 1)
        granted = [event for event in await intake.database.events() if isinstance(event, ConsentGranted)]
        await gateway.deliveries.send(*granted)
        assert await may_be_given(gateway, person, ENDS - timedelta(microseconds=1))
        assert not await may_be_given(gateway, person, ENDS)
