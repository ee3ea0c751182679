"""What the legs of the road share: who asks, who walks, what was opened, and who is told."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from inzira_cli.road.caller import Caller
from inzira_cli.road.cast import (
    HUYE,
    HUYE_INTAKE,
    HUYE_INTAKE_TWO,
    HUYE_PSYCHOSOCIAL,
    MUSANZE_INTAKE,
    MUSANZE_INTAKE_TWO,
    MUSANZE_PSYCHOSOCIAL,
    Officer,
)
from inzira_cli.road.days import Days
from inzira_cli.road.errors import RoadError
from inzira_cli.road.partner_system import PartnerSystem
from inzira_cli.road.people import Traveller

AT_ONCE = 4
T = TypeVar("T")


class Reporter(Protocol):
    """Who is told how far the road is."""

    def leg(self, title: str) -> None:
        """A part of the road begins."""

    def step(self, text: str) -> None:
        """Something was done."""

    def progress(self, what: str, done: int, total: int) -> None:
        """So much of something longer is done."""


async def nobody_watches(_mark: str) -> None:
    """For a road that nothing happens to on the way."""


@dataclass(frozen=True)
class Staff:
    """The officers of one facility who take part."""

    intake: Officer
    second_intake: Officer
    psychosocial: Officer


STAFF = {
    HUYE: Staff(HUYE_INTAKE, HUYE_INTAKE_TWO, HUYE_PSYCHOSOCIAL),
    "MUS": Staff(MUSANZE_INTAKE, MUSANZE_INTAKE_TWO, MUSANZE_PSYCHOSOCIAL),
}


@dataclass
class Road:
    """One run. `watch` is called at named marks on the way, so that a test can disturb what happens."""

    address: str
    data: Path
    register: Path
    days: Days
    travellers: list[Traveller]
    show: Reporter
    watch: Callable[[str], Awaitable[None]] = nobody_watches
    callers: dict[str, Caller] = field(default_factory=dict)
    cohorts: dict[str, str] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    partner: PartnerSystem | None = None
    following: asyncio.Task[None] | None = None
    """The partner's system following the feed, while the road goes on."""
    grants: dict[str, str] = field(default_factory=dict)
    consents: dict[str, str] = field(default_factory=dict)

    def by(self, officer: Officer) -> Caller:
        """The signed-in officer."""
        return self.callers[officer.username]

    def its_partner(self) -> PartnerSystem:
        """The partner's system. Raises RoadError before the leg that makes it."""
        if self.partner is None:
            raise RoadError("There is no partner yet.")
        return self.partner

    def one(self, part: str) -> Traveller:
        """The traveller with this part."""
        return next(traveller for traveller in self.travellers if traveller.part == part)

    def some(self, parts: Iterable[str]) -> list[Traveller]:
        """The travellers with these parts."""
        return [self.one(part) for part in parts]

    async def together(self, acts: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """Do independent acts side by side, a few at a time. Raises what the first failing one raises."""
        places = asyncio.Semaphore(AT_ONCE)

        async def placed(act: Coroutine[Any, Any, T]) -> T:
            try:
                async with places:
                    return await act
            finally:
                act.close()  # one that never began, because another failed

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(placed(act)) for act in acts]
        return [task.result() for task in tasks]
