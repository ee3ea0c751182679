"""A stack of its own, brought up as `inzira up` does, and the road driven on it as `inzira demo` does."""

import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
from inzira_cli.processes import SERVICES
from inzira_cli.road.caller import eventually
from inzira_cli.road.credentials import PARTNER_KEY, partner_key
from inzira_cli.road.days import Days
from inzira_cli.road.drive import drive, new_client
from inzira_cli.road.partner_system import PURPOSE
from inzira_cli.road.partnering import CLIENT_ID
from inzira_cli.road.people import invent
from inzira_cli.road.state import Road
from inzira_cli.run_folder import RunFolder
from inzira_platform.clock import SystemClock
from inzira_platform.testing.folders import server_folder

sys.path.append(str(Path(__file__).parent))  # importlib mode leaves this room out of reach of the tests

from generated import PartnerProgram, generate_client
from house import REGISTER, House, Silent, standing


@dataclass
class Walked:
    """The road after it was driven, and a plain client to ask about it."""

    house: House
    road: Road
    client: aiohttp.ClientSession
    partner: PartnerProgram
    began: datetime

    async def ask(self, username: str | None, path: str, **query: str | int) -> tuple[int, Any]:
        """Status and body of a GET; nobody is signed in when there is no user name."""
        if username is not None:
            answer = await self.road.callers[username].look(path, **query)
            return answer.status, answer.body
        async with self.client.get(path, params=query) as response:
            return response.status, await response.json(content_type=None)

    async def journey(self, username: str, part: str) -> list[dict[str, Any]]:
        """Every entry of the journey of the person with this part."""
        path = f"/v1/persons/{self.road.one(part).person_id}/journey"
        items: list[dict[str, Any]] = []
        query: dict[str, str | int] = {"limit": 200}
        while True:
            status, page = await self.ask(username, path, **query)
            assert status == 200, page
            items += page["items"]
            if not page["next_cursor"]:
                return items
            query["cursor"] = page["next_cursor"]

    async def until(self, username: str, path: str, what: str, condition: Any) -> Any:  # noqa: ANN401 - JSON
        """The body, once it fulfils the condition."""

        async def look() -> Any:  # noqa: ANN401 - JSON
            status, body = await self.ask(username, path)
            return body if status == 200 and condition(body) else None

        return await eventually(look, what)


@pytest.fixture(scope="module", params=["tansu", pytest.param("apache", marks=pytest.mark.real_kafka)])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """A whole stack."""
    with server_folder("road") as folder:
        async with standing(folder, request.param) as up:
            yield up


@pytest.fixture(scope="module")
def partner(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PartnerProgram]:
    """A partner's program that follows beside the road, with the same key."""
    folder = tmp_path_factory.mktemp("partner")
    code, key = generate_client(house.address, folder), house.run.secrets / PARTNER_KEY
    partner_key(house.run.secrets)
    settings = {"gateway": house.address, "client_id": CLIENT_ID, "purpose": PURPOSE}
    program = PartnerProgram.settle(folder / "home", code, key, settings)
    yield program
    program.kill()


@pytest.fixture(scope="module")
async def walked(house: House, partner: PartnerProgram) -> AsyncIterator[Walked]:
    """The road driven on the stack, while workers, the gateway and the partner's program are killed."""
    house.partner = partner
    days = Days(SystemClock().today())
    travellers = invent(days, seed=20)
    road = Road(house.address, house.run.path, REGISTER, days, travellers, Silent(), watch=house.disturb)
    began = datetime.now(UTC)
    async with new_client(house.address) as client:
        await drive(road, client)
        await eventually(partial(_has_taken_in_all, house.run), "the gateway has taken in every event")
        yield Walked(house, road, client, partner, began)


async def _has_taken_in_all(run: RunFolder) -> bool | None:
    """Whether the gateway's inbox holds what the journals of the services hold: its read model is not behind."""
    told = sum([await _count(run, service, "outbox") for service in SERVICES])
    taken = await _count(run, "gateway", "inbox") + await _count(run, "gateway", "parked_event")
    return taken >= told or None


async def _count(run: RunFolder, database: str, table: str) -> int:
    stack, password = run.recall(), (run.secrets / "postgres.password").read_text()
    assert stack is not None
    connection = await asyncpg.connect(f"postgresql://postgres:{password}@{stack.postgres}/{database}")
    try:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608 - names are given here
    finally:
        await connection.close()


@pytest.fixture
def stopped(walked: Walked) -> Iterator[str]:
    """A service whose api is down during the test: the one that knows the names."""
    walked.house.control("stop", "intake-api")
    yield "intake"
    walked.house.control("start", "intake-api")
