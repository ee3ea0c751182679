"""A stack of its own, brought up as `inzira up` does, and the road driven on it as `inzira demo` does."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
from inzira_cli.processes import BROKER_OFFSET, CONTROLLER_OFFSET, PORT_OFFSETS, POSTGRES_OFFSET, SERVICES
from inzira_cli.road.caller import eventually
from inzira_cli.road.days import Days
from inzira_cli.road.drive import drive, new_client
from inzira_cli.road.people import invent
from inzira_cli.road.state import Road
from inzira_cli.run_folder import RunFolder
from inzira_cli.stack import LocalStack, Wanted
from inzira_cli.supervisor import State, Supervisor, end, left_behind
from inzira_platform.clock import SystemClock
from inzira_platform.embedded import free_port, port_taken

REGISTER = Path(__file__).parents[2] / "examples" / "register-huye.xlsx"
OFFSETS = (*PORT_OFFSETS.values(), POSTGRES_OFFSET, BROKER_OFFSET, CONTROLLER_OFFSET)
KILLED = {"session 6": "curriculum-worker", "session 12": "gateway-worker", "session 30": "intake-worker"}
"""What is killed while the groups meet, and when."""


@dataclass
class House:
    """A running stack, and what may be done to it."""

    run: RunFolder
    address: str
    killed: list[str] = field(default_factory=list)

    def states(self) -> dict[str, State]:
        """Every process by name."""
        return {state.name: state for state in Supervisor(self.run).states()}

    def kill(self, name: str) -> None:
        """SIGKILL, by its id; the supervisor starts it again."""
        os.kill(self.states()[name].pid, signal.SIGKILL)
        self.killed.append(name)

    def control(self, action: str, name: str) -> None:
        """Stop or start one process by the supervisor's own command."""
        command = [sys.executable, "-m", "supervisor.supervisorctl", "-s", f"unix://{self.run.socket}"]
        subprocess.run([*command, action, f"inzira:{name}"], check=True, capture_output=True)

    async def disturb(self, mark: str) -> None:
        """Kill what is to be killed at this mark of the road."""
        if mark in KILLED:
            self.kill(KILLED[mark])


class Silent:
    """Keeps what it is told, for the message of a test that fails."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def leg(self, title: str) -> None:
        self.told.append(title)

    def step(self, text: str) -> None:
        self.told.append(text)

    def progress(self, what: str, done: int, total: int) -> None:
        pass


@dataclass
class Walked:
    """The road after it was driven, and a plain client to ask about it."""

    house: House
    road: Road
    client: aiohttp.ClientSession
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
async def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A whole stack in a folder of its own, on ports of its own."""
    folder = tmp_path_factory.mktemp("road")
    for parent in (folder, *folder.parents[:2]):
        parent.chmod(0o755)  # PostgreSQL runs as another user when the tests run as root
    run = RunFolder.at(folder / "run")
    told: list[str] = []
    stack = LocalStack(run, Wanted(request.param, None, None, _base_port()), told.append)
    try:
        await stack.bring_up()
        yield House(run, stack.stack.gateway)
    finally:
        Supervisor(run).stop()
        end(left_behind(run))


def _base_port() -> int:
    """A port from which on everything a stack listens on is free."""
    while True:
        base = free_port()
        if base + max(OFFSETS) < 65_000 and not any(port_taken(base + offset) for offset in OFFSETS):
            return base


@pytest.fixture(scope="module")
async def walked(house: House) -> AsyncIterator[Walked]:
    """The road driven on the stack, while workers are killed."""
    days = Days(SystemClock().today())
    travellers = invent(days, seed=20)
    road = Road(house.address, house.run.path, REGISTER, days, travellers, Silent(), watch=house.disturb)
    began = datetime.now(UTC)
    async with new_client(house.address) as client:
        await drive(road, client)
        await eventually(partial(_has_taken_in_all, house.run), "the gateway has taken in every event")
        yield Walked(house, road, client, began)


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
