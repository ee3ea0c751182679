"""Who breaks things: a seeded choice of faults, one at a time and overlapping, each undone after its time."""

import asyncio
import http.client
import random
import time
import xmlrpc.client
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from aiokafka.errors import KafkaError
from campaign_house import Ground, House
from client import User
from history import History

Injection = Callable[["Scene"], Awaitable[dict[str, Any]]]
PAUSE = (0.5, 3.5)
OVERLAP = 2


@dataclass
class Scene:
    """What a fault may touch. `target` says what it touched, for the report."""

    house: House
    ground: Ground
    dice: random.Random
    journal_rows: Callable[[], Awaitable[int]]
    operator: User
    wipes_left: int = 8
    given_up: Counter[str] = field(default_factory=Counter)
    """Processes the supervisor had stopped starting: an operator would have had to."""


@dataclass(frozen=True)
class Fault:
    """A kind of fault. Two that use the same `resource` do not overlap."""

    kind: str
    weight: float
    resource: str
    inject: Injection


@dataclass
class Nemesis:
    """Runs until told to stop; every fault is noted in the history with its beginning and its end."""

    scene: Scene
    history: History
    faults: tuple[Fault, ...]
    pause: tuple[float, float] = PAUSE
    due: Callable[[], float] = lambda: float("inf")
    """How many may have been injected by now: a long campaign spreads its faults over its operations."""
    counts: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    """Faults that met another one on their way and could not be injected whole."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _held: set[str] = field(default_factory=set)

    async def run(self) -> None:
        """Break and mend until `stopping` is set, then wait for what is still broken."""
        async with asyncio.TaskGroup() as group:
            while not self.stopping.is_set():
                free = [fault for fault in self.faults if fault.resource not in self._held]
                if free and len(self._held) < OVERLAP and self.total + len(self._held) < self.due():
                    fault = self.scene.dice.choices(free, [one.weight for one in free])[0]
                    self._held.add(fault.resource)
                    group.create_task(self._carry_out(fault))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.stopping.wait(), self.scene.dice.uniform(*self.pause))

    async def _carry_out(self, fault: Fault) -> None:
        began = time.time()
        try:
            facts = await fault.inject(self.scene)
        except (
            OSError,
            RuntimeError,
            xmlrpc.client.Error,
            http.client.HTTPException,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            KafkaError,
            TimeoutError,
        ) as error:
            self.missed[fault.kind] += 1
            self.history.note("fault.missed", kind=fault.kind, why=type(error).__name__, text=str(error)[:200])
            return
        finally:
            self._held.discard(fault.resource)
        if facts.get("skipped"):
            return
        self.counts[fault.kind] += 1
        self.history.note("fault", kind=fault.kind, began=began, ended=time.time(), **facts)

    @property
    def total(self) -> int:
        """Faults injected so far."""
        return sum(self.counts.values())
