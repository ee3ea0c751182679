"""One campaign: the stack, its users, its faults, then silence, and the question whether anything is wrong."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import breaking
import killing
import network
from campaign_house import FAILPOINTS, House, make_ground
from history import History
from inzira_cli.processes import DEPLOYABLES
from nemesis import PAUSE, Nemesis, Scene
from partner import Partner
from settling import drained, mend
from workload import Workload, make_accounts

CHECKER = Path(__file__).with_name("checker")
ALL_FAULTS = (*killing.FAULTS, *network.FAULTS, *breaking.FAULTS)
WIDEN = """
CREATE OR REPLACE FUNCTION campaign_pause() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF random() < 0.01 THEN PERFORM pg_sleep(0.1); END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS campaign_pause ON event_stream;
CREATE TRIGGER campaign_pause AFTER INSERT OR UPDATE ON event_stream FOR EACH ROW EXECUTE FUNCTION campaign_pause();
"""
"""F1: the time between a stream's lock and its journal row, which lies inside one statement."""


@dataclass(frozen=True)
class Plan:
    """What was asked for; a campaign ends with the first of the limits it reaches."""

    seed: int
    kafka: str = "tansu"
    seconds: float = 60.0
    faults: int = 10**9
    operations: int = 10**9
    users: int = 12
    mutant: str | None = None
    only: str = ""
    pause: tuple[float, float] = PAUSE
    disk_mb: int = 1500
    failpoints: Mapping[str, str] | None = None
    wait: float = 180.0
    """Seconds that consumers have, after the last fault, to take in everything."""


@dataclass
class Outcome:
    """What a campaign found."""

    plan: Plan
    operations: int = 0
    by_outcome: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    drained_in: float | None = None
    given_up: list[str] = field(default_factory=list)
    verdict: dict[str, Any] = field(default_factory=dict)

    @property
    def violations(self) -> int:
        return sum(self.verdict.get("violations", {}).values())

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "violations": self.violations, "faults_total": sum(self.faults.values())}


class Campaign:
    """Brings a stack up in `folder`, runs one plan on it, and takes it down again."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        self.ground = make_ground(folder / "run", plan.kafka, plan.disk_mb, plan.mutant, plan.failpoints or FAILPOINTS)
        self.house = House(self.ground)
        self.history = History(folder / "history.jsonl")

    async def run(self) -> Outcome:
        """The whole of it. Raises StackError when the stack does not come up."""
        outcome = Outcome(self.plan)
        try:
            await self.house.open()
            load, partner = await self._prepare()
            nemesis = self._nemesis()
            began = time.monotonic()
            await self._trouble(load, partner, nemesis)
            outcome.seconds = time.monotonic() - began
            await mend(nemesis.scene)
            outcome.drained_in = await self._settle(load, partner)
            outcome.operations, outcome.by_outcome = self.history.operations, self.history.by_outcome
            outcome.faults, outcome.given_up = dict(nemesis.counts), nemesis.scene.given_up
            self.history.close()
            outcome.verdict = self._judge()
        finally:
            await self.house.close()
        return outcome

    async def _prepare(self) -> tuple[Workload, Partner]:
        for name in DEPLOYABLES:
            connection = await asyncpg.connect(self.house.admin_dsn(name))
            await connection.execute(WIDEN)
            await connection.close()
        address = self.house.stack.gateway
        await make_accounts(address, self.ground.run)
        load = Workload(address, self.ground.run, self.history, self.plan.seed, self.plan.users)
        await load.open()
        partner = Partner(load)
        await partner.register(address)
        return load, partner

    def _nemesis(self) -> Nemesis:
        wanted = self.plan.only.split(",") if self.plan.only else [""]
        chosen = tuple(fault for fault in ALL_FAULTS if any(fault.kind.startswith(one) for one in wanted))
        dice = Random(self.plan.seed + 1)  # noqa: S311 - repeatable, not secret
        scene = Scene(self.house, self.ground, dice, self._journal_rows)
        return Nemesis(scene, self.history, chosen, self.plan.pause)

    async def _journal_rows(self) -> int:
        total = 0
        for name in DEPLOYABLES:
            connection = await asyncpg.connect(self.house.admin_dsn(name), timeout=5)
            total += await connection.fetchval("SELECT count(*) FROM outbox")
            await connection.close()
        return total

    async def _trouble(self, load: Workload, partner: Partner, nemesis: Nemesis) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(load.run())
            group.create_task(partner.follow())
            group.create_task(nemesis.run())
            end = time.monotonic() + self.plan.seconds
            told = time.monotonic()
            while time.monotonic() < end and not self._is_enough(nemesis):
                await asyncio.sleep(0.5)
                if time.monotonic() - told > 20:
                    told = time.monotonic()
                    print(f"  {self.history.operations} operations, {nemesis.total} faults", flush=True)
            nemesis.stopping.set()
            load.stopping.set()

    def _is_enough(self, nemesis: Nemesis) -> bool:
        return nemesis.total >= self.plan.faults and self.history.operations >= self.plan.operations

    async def _settle(self, load: Workload, partner: Partner) -> float | None:
        await load.settle()
        seconds = await drained(self.house, self.plan.wait)
        await partner.catch_up()
        await load.world.users["me.officer"].read("stages.final", "/v1/facilities/stages")
        await load.close()
        return seconds

    def _judge(self) -> dict[str, Any]:
        """The checker's word, from a process of its own."""
        dsn = self.house.admin_dsn("{}")
        words = [sys.executable, str(CHECKER), str(self.folder), dsn, str(self.ground.run.logs)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"the checker failed:\n{done.stderr[-4000:]}")
        found: dict[str, Any] = json.loads(done.stdout)
        return found
