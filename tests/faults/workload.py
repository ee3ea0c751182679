"""Many clients at once: each takes somebody and does the next thing with them, until it is told to stop."""

import asyncio
import json
import random
import traceback
from collections import Counter
from pathlib import Path

import aiohttp
from campaign_world import Someone, World
from client import Door, User
from history import History
from inzira_cli.register import KNOWN_ACCOUNTS
from inzira_cli.road import arriving
from inzira_cli.road.cast import CAST
from inzira_cli.road.days import Days
from inzira_cli.road.drive import new_client
from inzira_cli.road.state import Road
from inzira_cli.run_folder import RunFolder
from inzira_platform.clock import SystemClock
from programme import open_groups
from steps import next_step

NEWCOMERS = 0.03
CROWDING = 0.08
"""How often somebody is taken whom another client has in hand: two devices, one person."""


class Quiet:
    """Nobody is told."""

    def leg(self, title: str) -> None:
        pass

    def step(self, text: str) -> None:
        pass

    def progress(self, what: str, done: int, total: int) -> None:
        pass


async def make_accounts(address: str, run: RunFolder) -> None:
    """The accounts of the road, by the administrators, before anything is broken."""
    road = Road(address, run.path, Path("none"), Days(SystemClock().today()), [], Quiet())
    async with new_client(address) as client:
        await arriving.walk(road, client)


def passwords(run: RunFolder) -> dict[str, str]:
    """User name to password, as they were made."""
    known = json.loads((run.secrets / KNOWN_ACCOUNTS).read_text(encoding="ascii"))
    return {name: str(item["password"]) for name, item in known.items()}


class Workload:
    """The clients and what they know."""

    def __init__(self, address: str, run: RunFolder, history: History, seed: int, users: int) -> None:
        self._address, self._run, self._users = address, run, users
        self.history = history
        self.failed: Counter[str] = Counter()
        """Steps that ended with an error of the campaign's own, by its class and place: none should."""
        self.dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.seed = seed
        self.stopping = asyncio.Event()

    async def open(self) -> None:
        """Sign everybody in and open the first groups."""
        connector = aiohttp.TCPConnector(limit=200, keepalive_timeout=20)
        self._session = aiohttp.ClientSession(self._address, connector=connector)
        # one request id, one request: what the client library repeats by itself could not be told apart
        self._session._retry_connection = False
        self.door = Door(self._session, self.history, self.dice)
        secrets = passwords(self._run)
        users = {one.username: User(self.door, one.username, secrets[one.username]) for one in CAST}
        for user in users.values():
            await user.sign_in()
            user.account_id = str((await user.read("me", "/v1/me")).answer["account_id"])
        self.world = World(users, Days(SystemClock().today()), self.dice, self.seed % 10_000, limit=100_000)
        await open_groups(self.world)

    async def run(self) -> None:
        """Until `stopping` is set."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._users):
                group.create_task(self._client())

    async def _client(self) -> None:
        while not self.stopping.is_set():
            someone = self._choose()
            someone.busy += 1
            try:
                await next_step(self.world, someone)(self.world, someone)
            except Exception as error:
                self.note_failure(error)
            finally:
                someone.busy -= 1

    def note_failure(self, error: Exception) -> None:
        """A long campaign goes on, and says at its end that it was not sound."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        self.failed[f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"] += 1

    def _choose(self) -> Someone:
        world = self.world
        if len(world.people) < 2 * self._users or self.dice.random() < NEWCOMERS:
            return world.invent()
        for _ in range(20):
            # newer people more often: a journey is dense while it lasts
            place = int(len(world.people) * self.dice.betavariate(2, 1))
            someone = world.people[min(place, len(world.people) - 1)]
            if not someone.busy or self.dice.random() < CROWDING:
                return someone
        return world.invent()

    async def settle(self) -> None:
        """Ask again, with the same key, for every write whose outcome is not known."""
        left, self.door.unsettled = self.door.unsettled, []
        for user, operation in left:
            await user.attempt_until_known(operation, 60)
            self.history.add(operation)

    async def close(self) -> None:
        await self._session.close()
