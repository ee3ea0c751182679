"""How the gateway knows how old its read model is."""

import socket
from collections.abc import Iterator
from datetime import timedelta

import aiohttp
import pytest
from gateway_scene import SmallService
from inzira_gateway.freshness.watch import broker_answers, look
from inzira_gateway.settings import Settings
from inzira_gateway.transactions import Transactions
from inzira_platform.clock import FixedClock
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api
from inzira_platform.worker import make_runtime


@pytest.fixture
def listening() -> Iterator[str]:
    """Something that takes connections where the broker would be."""
    server = socket.create_server(("127.0.0.1", 0))
    yield f"127.0.0.1:{server.getsockname()[1]}"
    server.close()


async def look_once(api: Api, service: Service, settings: ServiceSettings, clock: FixedClock) -> None:
    assert isinstance(settings, Settings)
    runtime = make_runtime(service, settings, clock)
    try:
        async with aiohttp.ClientSession() as client:
            await look(client, Transactions(runtime.sessions), settings, runtime)
    finally:
        await runtime.engine.dispose()


async def gaps(api: Api) -> dict[str, str]:
    answer = (await api.as_("me_officer").get("/v1/facilities/stages")).json()
    return {gap["section"]: gap["reason"] for gap in answer["unavailable"]}


async def test_all_is_well_when_everything_answers(
    api: Api, service: Service, settings: ServiceSettings, clock: FixedClock, upstream: SmallService, listening: str
) -> None:
    assert set((await gaps(api)).values()) == {"not-checked"}
    settings = settings.model_copy(update={"kafka_bootstrap": listening})
    await look_once(api, service, settings, clock)
    answer = (await api.as_("me_officer").get("/v1/facilities/stages")).json()
    assert answer["unavailable"] == [] and answer["as_of"] is not None
    assert [source["age_seconds"] for source in answer["sources"]] == [0, 0, 0, 0]


async def test_service_that_is_down_is_named_and_the_age_grows(
    api: Api, service: Service, settings: ServiceSettings, clock: FixedClock, upstream: SmallService, listening: str
) -> None:
    settings = settings.model_copy(update={"kafka_bootstrap": listening})
    await look_once(api, service, settings, clock)
    clock.set(clock.now() + timedelta(seconds=60))
    down = settings.model_copy(update={"upstream_curriculum": "http://127.0.0.1:1"})
    await look_once(api, service, down, clock)
    assert await gaps(api) == {"curriculum": "not-answering"}
    answer = (await api.as_("me_officer").get("/v1/facilities/stages")).json()
    ages = {source["source"]: source["age_seconds"] for source in answer["sources"]}
    assert ages == {"intake": 0, "curriculum": 60, "tvet": 0, "reintegration": 0}


async def test_without_the_broker_everything_grows_old(
    api: Api, service: Service, settings: ServiceSettings, clock: FixedClock, upstream: SmallService, listening: str
) -> None:
    await look_once(api, service, settings.model_copy(update={"kafka_bootstrap": listening}), clock)
    clock.set(clock.now() + timedelta(seconds=60))
    await look_once(api, service, settings, clock)
    assert set((await gaps(api)).values()) == {"behind"}


async def test_broker_answers_when_one_of_the_list_does(listening: str) -> None:
    assert await broker_answers(f"127.0.0.1:1,{listening}")
    assert not await broker_answers("127.0.0.1:1")
    assert not await broker_answers("nonsense")
