"""One campaign: the stack, its users, its faults, then silence, and the question whether anything is wrong."""

import asyncio
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
import releases
from campaign_house import FAILPOINTS, House, make_ground
from history import History
from inzira_cli.processes import DEPLOYABLES
from inzira_cli.road.cast import ADMINISTRATOR
from judging import judged
from nemesis import PAUSE, Nemesis, Scene
from partner import Partner
from progress import Progress
from settling import drained, mend
from taking_back import TimeMachine
from workload import Workload, make_accounts

UNLIMITED = 10**9
ALL_FAULTS = (*killing.FAULTS, *network.FAULTS, *breaking.FAULTS, *releases.FAULTS)
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
    faults: int = UNLIMITED
    operations: int = UNLIMITED
    users: int = 12
    mutant: str | None = None
    only: str = ""
    pause: tuple[float, float] = PAUSE
    disk_mb: int = 1500
    failpoints: Mapping[str, str] | None = None
    restore: bool = False
    """Half way, everything is taken back to a backup made in the first half."""
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
    given_up: dict[str, int] = field(default_factory=dict)
    missed: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    """Errors of the campaign's own: one that was not sound proves nothing."""
    before_restoration: dict[str, Any] = field(default_factory=dict)
    """What the checker said before a backup was restored."""
    verdict: dict[str, Any] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Sound, and nothing wrong was found."""
        return not self.violations and not self.failed

    @property
    def violations(self) -> int:
        return sum(sum(one.get("violations", {}).values()) for one in (self.before_restoration, self.verdict))

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
        self.asked_to_end = False

    async def run(self) -> Outcome:
        """The whole of it. Raises StackError when the stack does not come up."""
        outcome = Outcome(self.plan)
        try:
            await self.house.open()
            load, partner = await self._prepare()
            nemesis = self._nemesis(load)
            if self.plan.restore:
                await self._with_a_restoration(outcome, load, partner, nemesis)
            await self._act(outcome, load, partner, nemesis)
            await load.close()
            self.history.close()
        finally:
            await self.house.close()
        return outcome

    async def _with_a_restoration(self, outcome: Outcome, load: Workload, partner: Partner, nemesis: Nemesis) -> None:
        """Half of the plan with a backup in it, judged; then the stack goes back to the backup."""
        back = TimeMachine(nemesis.scene, load.world, self.history, self.folder)
        await self._act(outcome, load, partner, nemesis, 0.5, back)
        outcome.before_restoration, outcome.verdict = outcome.verdict, {}
        if back.backup is not None and not self.asked_to_end:
            await back.go_back()
            nemesis.counts["restore.backup"] += 1

    async def _act(
        self, outcome: Outcome, load: Workload, partner: Partner, nemesis: Nemesis,
        share: float = 1.0, back: TimeMachine | None = None,
    ) -> None:  # fmt: skip
        """Trouble until a share of the plan is done, then silence and the checker's word."""
        began = time.monotonic()
        try:
            await self._trouble(load, partner, nemesis, share, back)
        except* Exception as several:
            for error in several.exceptions:
                load.note_failure(error)
        outcome.seconds += time.monotonic() - began
        quiet_since = time.time()
        await mend(nemesis.scene)
        await releases.replay_everything(nemesis.scene)
        outcome.drained_in = await self._settle(load, partner)
        self.history.note("silence", began=quiet_since, ended=time.time())
        outcome.operations, outcome.by_outcome = self.history.operations, dict(self.history.by_outcome)
        outcome.faults, outcome.missed = dict(nemesis.counts), dict(nemesis.missed)
        outcome.given_up, outcome.failed = dict(nemesis.scene.given_up), dict(load.failed)
        outcome.verdict = await judged(self.folder, self.house.admin_dsn("{}"), self.ground.run.logs)

    def end_early(self) -> None:
        """Break nothing more: mend, settle, check and report."""
        self.asked_to_end = True

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

    def _nemesis(self, load: Workload) -> Nemesis:
        wanted = self.plan.only.split(",") if self.plan.only else [""]
        chosen = tuple(fault for fault in ALL_FAULTS if any(fault.kind.startswith(one) for one in wanted))
        dice = Random(self.plan.seed + 1)  # noqa: S311 - repeatable, not secret
        scene = Scene(self.house, self.ground, dice, self._journal_rows, load.world.users[ADMINISTRATOR.username])
        return Nemesis(scene, self.history, chosen, self.plan.pause, self._due)

    async def _journal_rows(self) -> int:
        total = 0
        for name in DEPLOYABLES:
            connection = await asyncpg.connect(self.house.admin_dsn(name), timeout=5)
            total += await connection.fetchval("SELECT count(*) FROM outbox")
            await connection.close()
        return total

    async def _trouble(
        self, load: Workload, partner: Partner, nemesis: Nemesis, share: float, back: TimeMachine | None
    ) -> None:
        nemesis.stopping.clear()
        load.stopping.clear()
        looking_after = asyncio.create_task(killing.look_after(nemesis.scene))
        end = time.monotonic() + (self.plan.seconds if share == 1 and not self.plan.restore else self.plan.seconds / 2)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(load.run())
                group.create_task(partner.follow())
                group.create_task(nemesis.run())
                if back is not None:
                    group.create_task(self._back_up(back, nemesis, share, end))
                progress = Progress(self.folder, self.history, nemesis, load.failed)
                await progress.say_until(lambda: self._is_over(nemesis, share, end))
                nemesis.stopping.set()
                load.stopping.set()
        finally:
            looking_after.cancel()

    async def _back_up(self, back: TimeMachine, nemesis: Nemesis, share: float, end: float) -> None:
        """In the middle of it, beside users and faults."""
        middle = (time.monotonic() + end) / 2
        while not self._is_over(nemesis, share / 2, middle):  # noqa: ASYNC110 - the nemesis counts and gives no signal
            await asyncio.sleep(0.5)
        await back.take()

    def _is_over(self, nemesis: Nemesis, share: float, end: float) -> bool:
        return self.asked_to_end or time.monotonic() >= end or self._is_enough(nemesis, share)

    def _due(self) -> float:
        """How many faults there may have been by now."""
        if self.plan.faults == UNLIMITED or self.plan.operations == UNLIMITED:
            return float(self.plan.faults)
        return min(self.plan.faults, 1 + self.plan.faults * self.history.operations / self.plan.operations)

    def _is_enough(self, nemesis: Nemesis, share: float) -> bool:
        return nemesis.total >= self.plan.faults * share and self.history.operations >= self.plan.operations * share

    async def _settle(self, load: Workload, partner: Partner) -> float | None:
        await load.settle()
        seconds = await drained(self.house, self.plan.wait)
        await partner.catch_up()
        await load.world.users["me.officer"].read("stages.final", "/v1/facilities/stages")
        return seconds
