"""Whatever gives the worker something to send wakes it; its own look is put off for ever here."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest
from gateway_scene import Person
from inzira_gateway.webhook import dispatch, wake, work
from inzira_platform.clock import FixedClock
from inzira_platform.ids import new_id
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import Partner, administrator, consent, fresh, granted, registered
from webhook_scene import Receiver, woken_at, working

NEVER = 3600.0


class RunningClock:
    """The clock of these tests, from where it stands on."""

    def __init__(self, start: FixedClock) -> None:
        self._start, self._began = start, time.monotonic()

    def now(self) -> datetime:
        return self._start.now() + timedelta(seconds=time.monotonic() - self._began)

    def today(self) -> date:
        return self._start.today()


@pytest.fixture(autouse=True)
async def running(
    service: Service,
    settings: ServiceSettings,
    clock: FixedClock,
    deliveries: Deliveries,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[None]:
    monkeypatch.setattr(work, "QUIET_SECONDS", NEVER)
    async with working(service, settings, RunningClock(clock), deliveries):
        await asyncio.sleep(work.BUSY_SECONDS + 0.2)  # it has looked, and waits
        yield


async def told(receiver: Receiver, times: int) -> None:
    """Wait until the receiver was sent this many messages, and until nobody is busy with the last."""
    async with asyncio.timeout(20):
        while len(receiver.seen) < times:  # noqa: ASYNC110 - the other side is a thread
            await asyncio.sleep(0.02)
    await asyncio.sleep(2 * work.BUSY_SECONDS + 0.2)
    assert len(receiver.seen) == times


async def test_what_the_consumer_took_in_and_what_a_partner_asks_for(
    caller: Caller, receiver: Receiver, deliveries: Deliveries
) -> None:
    endpoint = await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    await told(receiver, 1)
    assert (await caller.post(f"/v1/webhooks/{endpoint}/test")).status_code == 202
    await told(receiver, 2)


async def test_what_is_allowed_again(
    api: Api, partner: Partner, caller: Caller, receiver: Receiver, deliveries: Deliveries
) -> None:
    endpoint = await woken_at(caller, receiver.url)
    suspended = await administrator(api).post(f"/v1/admin/webhooks/{endpoint}/suspension")
    assert suspended.status_code == 200
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    await told(receiver, 0)
    assert (await administrator(api).post(f"/v1/admin/webhooks/{endpoint}/resumption")).status_code == 200
    await told(receiver, 1)


async def test_a_grant_given_after_the_news(api: Api, door: Api, receiver: Receiver, deliveries: Deliveries) -> None:
    await fresh(api)
    other = await registered(api, door, "ngo-late")
    grant = await granted(api, other, route="feed")
    signed_in = await other.sign_in()
    await woken_at(signed_in, receiver.url)
    assert (await administrator(api).post(f"/v1/admin/grants/{grant}/suspension")).status_code == 200
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    await told(receiver, 0)
    await granted(api, other, route="feed")
    await told(receiver, 1)


async def test_a_message_is_tried_again_when_it_is_due(
    caller: Caller, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        dispatch,
        "next_attempt",
        lambda _rules, attempts, now, _chance: now + timedelta(seconds=3) if attempts < 3 else None,
    )
    receiver.plan = [500, 500]
    endpoint = await woken_at(caller, receiver.url)
    await caller.post(f"/v1/webhooks/{endpoint}/test")
    await told(receiver, 1)
    await told(receiver, 2)
    await told(receiver, 3)


async def test_a_feed_that_could_say_nothing_is_asked_again(
    api: Api, caller: Caller, receiver: Receiver, deliveries: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wake, "PAUSE_SECONDS", 3.0)
    await woken_at(caller, receiver.url)
    await api.database.execute("UPDATE source_seen SET fresh_at = fresh_at - interval '61 seconds'")
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    await told(receiver, 0)
    await fresh(api)
    await told(receiver, 1)
