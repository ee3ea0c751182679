"""Consents that are given and taken back through real parts: intake, its relay, a broker, the gateway's consumer."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from fleet import Deployed
from inzira_gateway.consent.service import active_consents
from inzira_gateway.transactions import Transactions
from inzira_platform.broker import BrokerSettings
from inzira_platform.consumer import ConsumerRunner
from inzira_platform.relay import Relay
from inzira_platform.testing.client import Caller
from inzira_platform.worker import make_runtime
from seeds import admission

PATIENCE_SECONDS = 30
CONSENT = {
    "purpose": "reintegration_support", "recipient": "PFR", "data_classes": ["IDENTITY", "CUSTODY"],
    "agreement_code": "SHARE-REINTEGRATION", "agreement_version": 1, "language": "rw", "method": "ORAL",
    "witness": {"role": "CHAPLAIN", "full_name": "Invented Witness"}, "valid_to": "2027-11-01",
}  # fmt: skip


@asynccontextmanager
async def at_work(intake: Deployed, gateway: Deployed) -> AsyncIterator[None]:
    """Intake's relay and the gateway's consumer as their workers run them."""
    settings = intake.settings
    runtime = make_runtime(gateway.service, gateway.settings)
    relay = Relay("intake", settings.database_dsn.get_secret_value(), BrokerSettings.of(settings))
    tasks = [asyncio.create_task(relay.run()), asyncio.create_task(ConsumerRunner(runtime).run())]
    try:
        yield
        assert not any(task.done() for task in tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await runtime.engine.dispose()


async def may_be_given(gateway: Deployed, person: UUID, at: datetime) -> bool:
    """What the gateway would decide now."""
    async with Transactions(gateway.api.app.state.sessions).begin() as session:
        return bool(await active_consents(session, "PFR", [person], at))


async def seconds_until(gateway: Deployed, person: UUID, wanted: bool, since: float, at: datetime) -> float:
    """How long after `since` the gateway's decision about a person became what is wanted."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await may_be_given(gateway, person, at) is not wanted:  # noqa: ASYNC110 - the condition is in a database
            await asyncio.sleep(0.01)
    return time.perf_counter() - since


async def consenting(officer: Caller, number: int) -> tuple[UUID, str]:
    """Somebody admitted who agrees: their id and the consent's."""
    made = await officer.post("/v1/admissions", admission(number))
    assert made.status_code == 201, made.text
    person = made.json()["person_id"]
    given = await officer.post(f"/v1/persons/{person}/consents", CONSENT)
    assert given.status_code == 201, given.text
    return UUID(person), given.json()["id"]


async def until_admitted(gateway: Deployed, person: UUID) -> None:
    """The gateway has heard of the person: an assignment before that would wait in the parking."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await gateway.database.value("SELECT count(*) FROM person_scope WHERE person_id = $1", person):  # noqa: ASYNC110 - the condition is in a database
            await asyncio.sleep(0.01)
