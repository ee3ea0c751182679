"""A backup made under load and faults, and restored later: the stack goes on from it, and so do its users."""

import asyncio
import copy
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from campaign_house import House
from campaign_world import Group, Someone, World
from history import History
from inzira_cli.backup.tools import Address
from inzira_cli.processes import DEPLOYABLES
from killing import rpc
from nemesis import Scene
from settling import until_ready

JOURNAL = "SELECT event_id::text AS id, created_at FROM outbox"
TAKEN_IN = "SELECT event_id::text AS id FROM inbox"
FLOOR = "SELECT last FROM feed_counter"
FILE = "restored.json"
TRIES = 20


class RestoringError(RuntimeError):
    """A command of the operator failed; the message is its own."""


@dataclass
class Backup:
    """A set, when it was made, and what the users knew when it was begun."""

    folder: Path
    began: float
    ended: float
    people: list[Someone] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)


@dataclass
class TimeMachine:
    """Takes one backup and, when it is asked to, the whole stack back to it."""

    scene: Scene
    world: World
    history: History
    folder: Path
    backup: Backup | None = None

    async def take(self) -> None:
        """`inzira backup`, tried again while faults are in its way. Raises RestoringError after so many tries."""
        sets = self.folder / "sets"
        for attempt in range(TRIES):
            people, groups = copy.deepcopy((self.world.people, self.world.groups))
            began = time.time()
            code, told = await self._inzira("backup", "--to", str(sets), *self._where())
            if code == 0:
                (made,) = [path for path in sets.iterdir() if not path.name.endswith(".partial")]
                self.backup = Backup(made, began, time.time(), people, groups)
                self.history.note("backup", began=began, ended=self.backup.ended, attempts=attempt + 1)
                return
            await asyncio.sleep(1)
        raise RestoringError(told)

    async def go_back(self) -> None:
        """Stop the services, restore, start them; write down what the checker needs. Raises RestoringError."""
        assert self.backup is not None
        house, supervisor = self.scene.house, rpc(self.scene)
        began = time.time()
        await asyncio.to_thread(supervisor.stopProcessGroup, "inzira", True)
        before = {name: dict(await _journal(house, name)) for name in DEPLOYABLES}
        code, told = await self._inzira("restore", str(self.backup.folder), "--replace", *self._where())
        if code:
            raise RestoringError(told)
        facts = {"backup_began": self.backup.began, "backup_ended": self.backup.ended, "began": began,
                 "before": before, **await _after(house)}  # fmt: skip
        await asyncio.to_thread(supervisor.startProcessGroup, "inzira", False)
        await until_ready(self.scene)
        self._remember()
        kept = json.dumps({**facts, "ended": time.time()}, default=str)
        (self.folder / FILE).write_text(kept, encoding="utf-8")
        self.history.note("fault", kind="restore.backup", began=began, ended=time.time(), target="everything")

    def _remember(self) -> None:
        """The users know what they knew when the backup was begun; everybody signs in again."""
        assert self.backup is not None
        for someone in self.backup.people:
            someone.busy = 0
        self.world.people[:] = [someone for someone in self.backup.people if someone.person_id]
        self.world.groups[:] = self.backup.groups
        for user in self.world.users.values():
            user.sign_out()

    def _where(self) -> list[str]:
        """The database is named as one's own: the supervisor stays up, as that of a site would."""
        run = self.scene.ground.run
        (self.folder / "operator").mkdir(exist_ok=True)
        return ["--data", str(self.folder / "operator"), "--secrets", str(run.secrets)]

    async def _inzira(self, *words: str) -> tuple[int, str]:
        given = {**os.environ, "INZIRA_POSTGRES_DSN": self.scene.house.admin_dsn("postgres")}
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "inzira_cli", *words, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        output, _ = await running.communicate()
        return running.returncode or 0, output.decode()


async def _journal(house: House, name: str) -> list[tuple[str, Any]]:
    return [(row["id"], row["created_at"].isoformat()) for row in await _rows(house, name, JOURNAL)]


async def _after(house: House) -> dict[str, Any]:
    after = {name: [id for id, _ in await _journal(house, name)] for name in DEPLOYABLES}
    taken_in = [row["id"] for row in await _rows(house, "gateway", TAKEN_IN)]
    return {"after": after, "taken_in": taken_in, "feed_floor": (await _rows(house, "gateway", FLOOR))[0]["last"]}


async def _rows(house: House, name: str, sql: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(Address(house.admin_dsn("postgres")).at(name), timeout=30)
    try:
        found: list[asyncpg.Record] = await connection.fetch(sql)
        return found
    finally:
        with suppress(OSError):
            await connection.close(timeout=5)
