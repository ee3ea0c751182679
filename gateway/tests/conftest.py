"""Fixtures of the gateway: its app with and without the door, and small real services behind it."""

import base64
import json
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from inzira_gateway.edge.limiter import Limiter, Policy
from inzira_gateway.edge.routing import Routing
from inzira_gateway.main import RATES, SERVICE, share
from inzira_gateway.registry.files import load_routes
from inzira_platform.clock import FixedClock
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api, Keys
from inzira_platform.testing.database import ServiceDatabase

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves the scene out of reach of the tests

from gateway_scene import TEST_ROUTES, SmallService, serving


@pytest.fixture(scope="session")
def service() -> Service:
    """The gateway without its door: its own routes, asked with internal tokens like any service's."""
    return replace(SERVICE, extend=share)


@pytest.fixture(scope="session")
def _small_server() -> Iterator[SmallService]:
    with serving(SmallService()) as running:
        yield running


@pytest.fixture
def upstream(_small_server: SmallService) -> SmallService:
    """The small service, fresh."""
    _small_server.names.clear()
    _small_server.journals.clear()
    _small_server.seen.clear()
    return _small_server


@pytest.fixture(scope="session")
def extra_settings(keys: Keys, _small_server: SmallService, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The signing key of this test process, and every service at the small server."""
    file = tmp_path_factory.mktemp("signing") / "gateway_key.json"
    file.write_text(json.dumps(keys.key.as_dict(private=True)))
    field_key = file.with_name("field.key")
    field_key.write_text(base64.b64encode(bytes(range(32))).decode())
    names = ("intake", "curriculum", "tvet", "reintegration")
    own = {"signing_key_file": file, "field_key_file": field_key}
    return {**own, "webhook_loopback": True, **{f"upstream_{name}": _small_server.url for name in names}}


@pytest.fixture
async def door(
    settings: ServiceSettings, database: ServiceDatabase, keys: Keys, clock: FixedClock, upstream: SmallService
) -> AsyncIterator[Api]:
    """The whole gateway, door included, with the small service's routes registered beside its own."""
    async with Api.running(SERVICE, settings, database, keys, clock) as running:
        state = running.app.state
        policies = {name: Policy(name, *limits) for name, limits in {**RATES, "tight": (10, 60)}.items()}
        routing = Routing([*load_routes(), *TEST_ROUTES])
        state.door = replace(state.door, routing=routing, limiter=Limiter(policies))
        yield running
