"""Receivers that hang, of several partners at once: whoever answers is woken all the same. Real sockets."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from gateway_scene import Person
from inzira_gateway.settings import Settings
from inzira_gateway.webhook import dispatch
from inzira_gateway.webhook.dispatch import Claimed
from inzira_gateway.webhook.places import AT_ONCE, LINGERS_AFTER, SLOW_AT_ONCE, Free
from inzira_gateway.webhook.rules import rules_of
from inzira_platform.clock import FixedClock
from inzira_platform.ids import new_id
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import Partner, consent, fresh, granted, registered
from webhook_scene import EVERY_PLACE, Receiver, Worker, receiving, woken_at, working

HANGING = ("ngo-one", "ngo-two", "ngo-three", "ngo-four")
ENDPOINTS = 5
ENDED = "SELECT count(*) FROM webhook_delivery WHERE duration_ms IS NOT NULL"


@pytest.fixture
def silent() -> Iterator[Receiver]:
    """Takes every message and answers none until it is let go."""
    with receiving() as running:
        running.plan = [Receiver.HELD] * 1000
        yield running


async def follows(api: Api, door: Api, name: str) -> Partner:
    partner = await registered(api, door, name)
    await granted(api, partner, route="feed")
    return partner


@pytest.fixture
async def callers(api: Api, door: Api, silent: Receiver) -> dict[str, Caller]:
    """Four partners with five endpoints each at the receiver that hangs, and a fifth one without."""
    found = {}
    for name in (*HANGING, "ngo-five"):
        found[name] = await (await follows(api, door, name)).sign_in()
    for name in HANGING:
        for _ in range(ENDPOINTS):
            await woken_at(found[name], silent.url)
    await fresh(api)
    return found


async def until(what: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(seconds):
        while not what():  # noqa: ASYNC110 - the other side is a thread
            await asyncio.sleep(0.02)


async def has_news(deliveries: Deliveries) -> None:
    """Something every one of these partners is told."""
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))


async def test_receivers_of_four_partners_that_hang_leave_their_places_to_a_fifth(
    service: Service,
    settings: ServiceSettings,
    clock: FixedClock,
    api: Api,
    callers: dict[str, Caller],
    silent: Receiver,
    deliveries: Deliveries,
) -> None:
    """Twenty endpoints have taken every place there is; the fifth is woken before any of them was given up."""
    await has_news(deliveries)
    async with working(service, settings, clock, deliveries):
        await until(lambda: len(silent.seen) >= AT_ONCE)
        with receiving() as quick:
            endpoint = await woken_at(callers["ngo-five"], quick.url)
            await callers["ngo-five"].post(f"/v1/webhooks/{endpoint}/test")
            await until(lambda: len(quick.seen) == 1)
            hung = await api.database.value(f"{ENDED} AND endpoint_id <> $1", endpoint)
        assert hung == 0, "nobody waited for those that hang"
        await until(lambda: len(silent.seen) == len(HANGING) * ENDPOINTS)


async def attempted(worker: Worker, claimed: list[Claimed]) -> None:
    """All of them at once."""
    await asyncio.gather(*[worker.dispatcher.deliver(one) for one in claimed])


async def test_who_hung_once_is_tried_again_in_a_lane_of_their_own_and_leaves_it_by_answering(
    settings: ServiceSettings,
    clock: FixedClock,
    api: Api,
    callers: dict[str, Caller],
    silent: Receiver,
    deliveries: Deliveries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert isinstance(settings, Settings)
    patience = LINGERS_AFTER + 0.2
    monkeypatch.setattr(dispatch, "rules_of", lambda version: replace(rules_of(version), timeout_s=patience))
    worker = Worker.of(api, settings)
    await has_news(deliveries)
    await worker.look()
    everybody = await worker.dispatcher.claim(Free(len(HANGING) * ENDPOINTS, SLOW_AT_ONCE, Counter()))
    assert [one.is_slow for one in everybody] == [False] * len(HANGING) * ENDPOINTS, "nothing is known of them yet"
    assert {one.client_id for one in everybody[:4]} == set(HANGING), "one of each in turn"
    await attempted(worker, everybody)
    clock.set(clock.now() + timedelta(seconds=5))
    with receiving() as quick:
        endpoint = await woken_at(callers["ngo-five"], quick.url)
        await callers["ngo-five"].post(f"/v1/webhooks/{endpoint}/test")
        again = await worker.dispatcher.claim(EVERY_PLACE)
    slow = [one for one in again if one.is_slow]
    assert [one.client_id for one in again if not one.is_slow] == ["ngo-five"], "twenty wait before it, and it does not"
    assert Counter(one.client_id for one in slow) == Counter(HANGING), "one of each"
    silent.plan = []
    await attempted(worker, slow)
    await has_news(deliveries)
    await worker.look()
    lanes = {one.endpoint_id: one.is_slow for one in await worker.dispatcher.claim(EVERY_PLACE)}
    answered = {one.endpoint_id for one in slow}
    assert {one for one, is_slow in lanes.items() if not is_slow} == {*answered, UUID(endpoint)}
    assert sum(lanes.values()) == SLOW_AT_ONCE
