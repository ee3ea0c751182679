"""A stack with the road's data, backed up while people write; taken back, destroyed, restored: all databases agree."""

import asyncio
import itertools
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
from agreement import Databases, catalogue, disagreements
from inzira_cli.backup import keys, manifest, services
from inzira_cli.backup.manifest import BackupError
from inzira_cli.backup.restoring import RESTORING, Wanted, restore
from inzira_cli.backup.tools import Address
from inzira_cli.processes import DEPLOYABLES, OFFSETS, POSTGRES_OFFSET, dsn
from inzira_cli.register import KNOWN_ACCOUNTS
from inzira_cli.road import arriving
from inzira_cli.road.admitting import admission
from inzira_cli.road.caller import eventually
from inzira_cli.road.cast import HUYE_INTAKE
from inzira_cli.road.days import Days
from inzira_cli.road.drive import drive, new_client
from inzira_cli.road.errors import RoadError
from inzira_cli.road.people import INSIDE, MOVED, SECOND, WHOLE, invent
from inzira_cli.road.state import Road
from inzira_cli.run_folder import RunFolder
from inzira_cli.stack import LocalStack
from inzira_cli.stack import Wanted as WantedStack
from inzira_cli.supervisor import Supervisor, end, left_behind
from inzira_platform.clock import SystemClock
from inzira_platform.embedded import free_base, port_taken
from inzira_platform.testing.folders import server_folder

REGISTER = Path(__file__).parents[2] / "examples" / "register-huye.xlsx"
READERS = {WHOLE: "dide.supervisor", SECOND: "pfr.supervisor", MOVED: "pfr.supervisor"}
DISTRICTS = ("21", "24")


class Silent:
    """Somebody has to be told how the road goes."""

    def leg(self, title: str) -> None: ...

    def step(self, text: str) -> None: ...

    def progress(self, what: str, done: int, total: int) -> None: ...


@dataclass
class Story:
    """One stack and what happened to it."""

    run: RunFolder
    base_port: int
    sets: Path
    numbers: Any = field(default_factory=lambda: itertools.count(100))
    folder: Path = Path()
    journeys: dict[str, Any] = field(default_factory=dict)
    catalogue: dict[str, Any] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    @property
    def databases(self) -> Databases:
        stack = self.run.recall()
        assert stack is not None
        return Databases(stack.postgres, (self.run.secrets / "postgres.password").read_text())

    async def inzira(self, *words: str) -> tuple[int, str]:
        """A command of the operator: exit code and everything it said."""
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "inzira_cli", *words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        output, _ = await running.communicate()
        return running.returncode or 0, output.decode()

    async def up(self) -> None:
        code, told = await self.inzira("up", "--data", str(self.run.path), "--base-port", str(self.base_port))
        assert code == 0, told

    @asynccontextmanager
    async def signed_in(self) -> AsyncIterator[Road]:
        """The officers, newly signed in: a restored stack knows no session."""
        days = Days(SystemClock().today())
        async with new_client(f"http://127.0.0.1:{self.base_port}") as client:
            road = Road(str(client._base_url), self.run.path, REGISTER, days, invent(days, seed=30), Silent())
            await arriving.walk(road, client)
            yield road

    async def write(self, road: Road) -> str:
        """Admit somebody new, change somebody of the road, read a journey; the id of the new person."""
        number = next(self.numbers)
        (newcomer, *_) = invent(Days(SystemClock().today()), seed=number)
        officer = road.by(HUYE_INTAKE)
        made = (await officer.post("/v1/admissions", admission(newcomer))).body
        path = f"/v1/persons/{self.journeys['inside']}"
        etag = (await officer.get(path)).etag
        await officer.patch(path, {"return_district": DISTRICTS[number % 2]}, int(etag.strip('"')))
        return str(made["person_id"])

    async def settled(self) -> None:
        """Wait until every event was published and heard; what is then still wrong fails the test.

        One look decides: a relay that finds the log of a restarted broker empty has everything to publish once more.
        """
        found = list[str]()

        async def look() -> bool | None:
            found[:] = await disagreements(self.databases)
            return not found or None

        try:
            await eventually(look, "the databases agree")
        except RoadError:
            pytest.fail("\n".join([*found, self.told_by_workers()]))

    def told_by_workers(self) -> str:
        """The last lines of their logs, which are gone with the stack."""
        logs = sorted(self.run.logs.glob("*-worker.log"))
        return "\n".join([log.name + "\n" + "\n".join(log.read_text().splitlines()[-15:]) for log in logs])

    async def told(self, road: Road) -> dict[str, Any]:
        """The journeys of those who are not touched any more, as their supervisors read them."""
        found = {}
        for part, reader in READERS.items():
            path = f"/v1/persons/{self.journeys[part]}/journey"
            page = (await road.callers[reader].get(path, limit=200)).body
            found[part] = [page["person"], page["items"], page["next_cursor"]]
        return found


@pytest.fixture(scope="module")
async def story() -> AsyncIterator[Story]:
    with server_folder("backup") as folder:
        made = Story(RunFolder.at(folder / "run"), free_base(OFFSETS), folder / "sets")
        try:
            await LocalStack(made.run, WantedStack("tansu", None, None, made.base_port), lambda _: None).bring_up()
            yield made
        finally:
            Supervisor(made.run).stop()
            end(left_behind(made.run))


def control(story: Story, action: str) -> None:
    """Stop or start every service, and leave PostgreSQL and the broker alone."""
    command = [sys.executable, "-m", "supervisor.supervisorctl", "-s", f"unix://{story.run.socket}"]
    subprocess.run([*command, action, "inzira:*"], check=True, capture_output=True)


async def test_a_backup_is_taken_while_people_write(story: Story) -> None:
    days = Days(SystemClock().today())
    async with new_client(f"http://127.0.0.1:{story.base_port}") as client:
        road = Road(str(client._base_url), story.run.path, REGISTER, days, invent(days, seed=20), Silent())
        await drive(road, client)
        story.journeys = {part: road.one(part).person_id for part in READERS} | {"inside": road.one(INSIDE).person_id}
        await story.settled()
        story.before = [await story.write(road) for _ in range(3)]
        making = asyncio.create_task(story.inzira("backup", "--data", str(story.run.path), "--to", str(story.sets)))
        during = []
        while not making.done():
            during.append(await story.write(road))
        code, told = await making
        assert code == 0, told
        assert "holds no key" in told and all(name in told for name in keys.FIELD_KEYS)
        assert during, "nobody wrote while the backup was made"
        story.after = [await story.write(road) for _ in range(3)]
        await story.settled()
        story.catalogue = await catalogue(story.databases)
        story.journeys["told"] = await story.told(road)
    (story.folder,) = story.sets.iterdir()


def test_the_set_is_closed_to_others_holds_no_key_and_says_what_it_holds(story: Story) -> None:
    assert story.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in story.folder.iterdir()} == {0o600}
    found = manifest.read(story.folder)
    assert found.held_ms < 1000
    assert {path.name for path in story.folder.iterdir()} == {*(f"{name}.dump" for name in DEPLOYABLES), manifest.FILE}
    held = b"".join(path.read_bytes() for path in story.folder.iterdir())
    for secret in story.run.secrets.glob("*"):
        assert secret.name == "jwks.json" or secret.read_bytes().strip() not in held, secret.name


async def test_taken_back_while_the_broker_still_holds_what_came_after(story: Story) -> None:
    """The hard case: the log is full of events whose facts no longer exist, at versions that will be given anew."""
    control(story, "stop")
    stack = story.run.recall()
    assert stack is not None
    address = Address(f"postgresql://postgres:{story.databases.password}@{stack.postgres}/postgres")
    migrate, told = services.migrator(address, story.run.secrets), list[str]()
    with pytest.raises(BackupError, match="say --replace"):
        await restore(Wanted(story.folder, address, story.run.secrets, replace=False), migrate, told.append)
    reads = await count(story, "gateway", "SELECT count(*) FROM access_entry")
    await restore(Wanted(story.folder, address, story.run.secrets, replace=True), migrate, told.append)
    assert await catalogue(story.databases) == story.catalogue
    assert await count(story, "gateway", "SELECT count(*) FROM access_entry") < reads
    control(story, "start")
    async with story.signed_in() as road:
        new = await story.write(road)
        await story.settled()
        await those_of_the_backup_are_there_and_no_others(story, new)
        assert (await story.told(road)) == story.journeys["told"]
        # a disclosure that happened stays happened: those the broker still held are in the ledger again
        assert await count(story, "gateway", "SELECT count(*) FROM access_entry") > reads


async def those_of_the_backup_are_there_and_no_others(story: Story, *new: str) -> None:
    wanted = {*story.before, *new}
    sql = "SELECT person_id::text FROM person"
    there = {person for (person,) in await story.databases.rows("intake", sql)}
    assert wanted <= there
    assert not there & set(story.after)
    heads = "SELECT person_id::text FROM person_head"
    assert {person for (person,) in await story.databases.rows("gateway", heads)} == there


async def count(story: Story, database: str, sql: str) -> int:
    ((found,),) = await story.databases.rows(database, sql)
    return int(found)


async def test_destroyed_and_restored_elsewhere_although_the_first_attempt_was_killed(story: Story) -> None:
    kept = {name: (story.run.secrets / name).read_text() for name in (*keys.FIELD_KEYS, KNOWN_ACCOUNTS)}
    await story.inzira("down", "--data", str(story.run.path))
    shutil.rmtree(story.run.path)
    words = ("restore", str(story.folder), "--data", str(story.run.path), "--base-port", str(story.base_port))
    code, told = await story.inzira(*words)
    assert (code, "intake_field.key" in told) == (1, True), "without the key of its fields a set is not restored"
    for name, key in kept.items():
        (story.run.secrets / name).write_text(key)
    await killed_half_way(story, words)
    code, told = await story.inzira(*words)
    assert code == 0, told
    assert not port_taken(story.base_port + POSTGRES_OFFSET)
    await story.up()
    assert await catalogue(story.databases) == story.catalogue
    async with story.signed_in() as road:
        new = [await story.write(road) for _ in range(2)]
        await story.settled()
        await those_of_the_backup_are_there_and_no_others(story, *new)
        assert (await story.told(road)) == story.journeys["told"]
    left = "SELECT datname FROM pg_database WHERE datname LIKE '%\\_re%' OR datname LIKE '%\\_restoring'"
    assert await story.databases.rows("intake", left) == []


async def killed_half_way(story: Story, words: tuple[str, ...]) -> None:
    """SIGKILL a restore after its second database; nothing has its own name yet."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "inzira_cli", *words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert running.stdout is not None
    async for line in running.stdout:
        if line.startswith(b"curriculum: "):
            break
    running.send_signal(signal.SIGKILL)
    await running.wait()
    password = (story.run.secrets / "postgres.password").read_text()
    databases = Databases(f"127.0.0.1:{story.base_port + POSTGRES_OFFSET}", password)
    names = {name for (name,) in await databases.rows("postgres", "SELECT datname FROM pg_database")}
    assert f"intake{RESTORING}" in names
    assert not names & set(DEPLOYABLES)


@pytest.mark.parametrize("deployable", DEPLOYABLES)
async def test_after_the_restore_a_bare_login_still_reads_nothing(story: Story, deployable: str) -> None:
    stack, password = story.run.recall(), (story.run.secrets / f"{deployable}_app.password").read_text()
    assert stack is not None
    login = await asyncpg.connect(dsn(deployable, "app", password, stack.postgres))
    try:
        tables = await login.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200")
        assert len(tables) > 10
        for (table,) in tables:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await login.execute(f"SELECT * FROM {table}")  # noqa: S608 - a name of the catalogue
        async with login.transaction():  # the role without its context: no facility, no worker, no organisation
            for scope in ("facility", "caseload", "org"):
                await login.execute(f"SET LOCAL ROLE {deployable}_s_{scope}")
                assert await login.fetchval("SELECT count(*) FROM person_scope") == 0
    finally:
        await login.close()


async def test_a_running_stack_is_not_restored_over(story: Story) -> None:
    code, told = await story.inzira("restore", str(story.folder), "--data", str(story.run.path), "--replace")
    assert (code, "The stack is up" in told) == (1, True)


async def test_a_damaged_set_is_refused_before_anything_is_touched(story: Story, tmp_path: Path) -> None:
    damaged = Path(shutil.copytree(story.folder, tmp_path / "damaged"))
    content = bytearray((damaged / "intake.dump").read_bytes())
    content[len(content) // 2] ^= 4
    (damaged / "intake.dump").write_bytes(content)
    await story.inzira("down", "--data", str(story.run.path))
    words = ("restore", str(damaged), "--data", str(story.run.path), "--replace")
    code, told = await story.inzira(*words)
    assert (code, "intake.dump is damaged" in told) == (1, True)
    await story.up()
    await story.settled()
    async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{story.base_port}/readyz") as answer:
        assert answer.status == 200
