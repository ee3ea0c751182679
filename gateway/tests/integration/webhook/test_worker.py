"""The worker itself: it wakes by itself, goes on after a fault, and a killed one loses nothing."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from gateway_scene import Person
from inzira_gateway.settings import Settings
from inzira_platform.clock import FixedClock
from inzira_platform.ids import new_id
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import Partner, consent, granted, registered
from pydantic import SecretStr
from webhook_scene import Receiver, Worker, deliveries_of, keys_of, receiving, woken_at, working


@pytest.fixture
async def running(
    service: Service, settings: ServiceSettings, clock: FixedClock, deliveries: Deliveries
) -> AsyncIterator[None]:
    """The worker's own loop, woken as in a worker."""
    async with working(service, settings, clock, deliveries):
        yield


async def until(what: Callable[[], bool], seconds: float = 15) -> float:
    """Seconds until it is so."""
    started = time.monotonic()
    while not what():
        assert time.monotonic() - started < seconds
        await asyncio.sleep(0.02)
    return time.monotonic() - started


async def test_the_worker_wakes_by_itself_and_one_slow_receiver_delays_no_other(
    running: None, api: Api, caller: Caller, receiver: Receiver, deliveries: Deliveries
) -> None:
    receiver.plan = [Receiver.HELD]
    await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    await until(lambda: len(receiver.seen) == 1)
    with receiving() as quick:
        await woken_at(caller, quick.url)
        await deliveries.send(person.enrolled())
        waited = await until(lambda: len(quick.seen) == 1)
    assert waited < 5
    assert len(receiver.seen) == 1, "the change that came meanwhile waits for the answer"
    receiver.let_go.set()
    await until(lambda: len(receiver.seen) == 2)


async def test_a_partner_whose_receivers_hang_leaves_eleven_places_to_the_others(
    running: None,
    api: Api,
    door: Api,
    caller: Caller,
    receiver: Receiver,
    deliveries: Deliveries,
    record_property: Callable[[str, object], None],
) -> None:
    """Ten messages, two to each of five endpoints that do not answer: five are under way, the others wait for them."""
    receiver.plan = [Receiver.HELD] * 50
    hanging = [await woken_at(caller, receiver.url) for _ in range(5)]
    for endpoint in hanging:
        assert (await caller.post(f"/v1/webhooks/{endpoint}/test")).status_code in (200, 201, 202)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    await until(lambda: len(receiver.seen) == 5)
    await asyncio.sleep(1.5)
    assert len(receiver.seen) == 5
    waited = []
    with receiving() as others:
        others.plan = [Receiver.HELD] * 11
        for name, count in (("ngo-two", 5), ("ngo-three", 5), ("ngo-four", 1)):
            other = await registered(api, door, name)
            await granted(api, other, route="feed")
            signed_in = await other.sign_in()
            for _ in range(count):
                endpoint = await woken_at(signed_in, others.url)
                before = len(others.seen)
                await signed_in.post(f"/v1/webhooks/{endpoint}/test")
                waited.append(await until(lambda seen=before: len(others.seen) > seen, 5))
        assert len(others.seen) == 11, "eleven at once, beside the five that hang"
        assert len(receiver.seen) == 5
    record_property("delivered_beside_a_hanging_partner_seconds", [round(max(waited), 2), round(sum(waited) / 11, 2)])


async def test_an_endpoint_whose_key_does_not_open_stops_nobody_else(
    running: None, api: Api, caller: Caller, receiver: Receiver
) -> None:
    broken, whole = [await woken_at(caller, receiver.url) for _ in range(2)]
    await api.database.execute("UPDATE webhook_key SET sealed = sealed || 'x' WHERE endpoint_id = $1", broken)
    await caller.post(f"/v1/webhooks/{broken}/test")
    await asyncio.sleep(0.7)
    await caller.post(f"/v1/webhooks/{whole}/test")
    await until(lambda: len(receiver.seen) == 1)
    assert [item["outcome"] for item in await deliveries_of(caller, broken)] == ["UNSIGNED"]


def environment(settings: Settings, broker: str, **extra: str) -> dict[str, str]:
    """The settings as a process of its own reads them."""
    given = {**settings.model_dump(), "kafka_bootstrap": broker}
    return {
        **os.environ, **extra, **{f"GATEWAY_{name.upper()}": _text(v) for name, v in given.items() if v is not None}
    }  # fmt: skip


def _text(value: Any) -> str:  # noqa: ANN401 - a setting
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value if isinstance(value, str) else str(value) if isinstance(value, Path) else json.dumps(value)


async def test_a_worker_killed_between_sending_and_recording_sends_again_under_the_same_id(
    api: Api,
    settings: ServiceSettings,
    broker: str,
    caller: Caller,
    partner: Partner,
    receiver: Receiver,
    clock: FixedClock,
    tmp_path: Path,
) -> None:
    assert isinstance(settings, Settings)
    endpoint = await woken_at(caller, receiver.url)
    public = await keys_of(caller, endpoint)
    told = (await caller.post(f"/v1/webhooks/{endpoint}/test")).json()
    command = [sys.executable, "-m", "inzira_gateway", "worker"]
    given = environment(settings, broker, INZIRA_FAILPOINTS="webhook_sent=120")
    with (tmp_path / "worker.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, env=given, stdout=log, stderr=log)
        try:
            await until(lambda: len(receiver.seen) == 1 or process.returncode is not None, 60)
            assert process.returncode is None, (tmp_path / "worker.log").read_text()
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    assert await api.database.value("SELECT state FROM webhook_message") == "PENDING"
    clock.set(datetime.now(UTC))
    worker = Worker.of(api, settings)
    assert await worker.dispatcher.turn(16) == 0, "its lease has not ended"
    clock.set(datetime.now(UTC) + timedelta(seconds=46))
    assert await worker.dispatcher.turn(16) == 1
    assert [seen.webhook_id for seen in receiver.seen] == [told["webhook_id"]] * 2
    assert all(seen.signed_by(public[0]) for seen in receiver.seen)
    log_of = await deliveries_of(await partner.sign_in(), endpoint)
    assert [(item["attempt"], item["outcome"]) for item in log_of] == [(1, "INTERRUPTED"), (2, "ACCEPTED")]
    assert await worker.dispatcher.turn(16) == 0
