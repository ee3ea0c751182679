"""What a service is made of: one description from which its app, its worker and its commands are built."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter
from inzira_contracts.event import Event
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_platform.bell import Bells
from inzira_platform.clock import Clock
from inzira_platform.context import CURRENT, Trace, valid_traceparent
from inzira_platform.ids import new_id
from inzira_platform.settings import ServiceSettings


@dataclass(frozen=True)
class Delivery:
    """One event as it arrived: the envelope a handler may need."""

    event_id: UUID
    type: str
    source: str
    stream: str
    version: int
    time: datetime
    actor: str
    request_id: str = ""
    traceparent: str = ""

    def trace(self) -> Trace:
        """Continue the trace of the request the event came from: what is emitted from now on was caused by it.

        For what is emitted later, together with what other events caused, the trace is returned.
        """
        trace = Trace(new_id(), valid_traceparent(self.traceparent), self.event_id)
        CURRENT.set(trace)
        return trace


Handler = Callable[[AsyncSession, Event, Delivery], Awaitable[None]]


class Received(NamedTuple):
    """An event with what its envelope says."""

    event: Event
    meta: Delivery


class Together:
    """A handler that takes the new events of a batch at once, so that they cost few statements.

    Give the same object for every type it takes. Its effects must be those of one event after the other in the order
    given; whatever it raises rolls the batch back, and its events come again one by one. A batch has no one cause:
    before it emits, it continues the trace of the event that is (`Delivery.trace`), or emits each event with the trace
    it belongs to (`outbox.emit_caused`).
    """

    def __init__(self, take: Callable[[AsyncSession, Sequence[Received]], Awaitable[None]]) -> None:
        self.take = take

    async def __call__(self, session: AsyncSession, event: Event, meta: Delivery) -> None:
        """Take one event."""
        await self.take(session, [Received(event, meta)])


@dataclass(frozen=True)
class Scanner:
    """A periodic look at what is due. `run` returns how many things it did; it is called again at once while > 0.

    `bell` names one that is rung when there is work for it before its time.
    """

    name: str
    every_seconds: float
    run: Callable[[AsyncSession, Clock], Awaitable[int]]
    bell: str | None = None


@dataclass(frozen=True)
class Service:
    """A deployable: `name` is also its database, its topic `inzira.<name>` and the prefix of its roles.

    `migrations` is the folder with env.py; `extend` may add to the app after it is built; `background` are further
    coroutines of the worker, and `background_bells` those they wait for; `begin_anew` is what a restored database needs
    beside a new log epoch. `linger_ms` is how long events may wait for each other at its consumer: not at all where
    somebody waits to see what they did.
    """

    name: str
    settings: type[ServiceSettings]
    routers: Sequence[APIRouter]
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    topics: Sequence[str] = ()
    scanners: Sequence[Scanner] = ()
    title: str = ""
    description: str = ""
    migrations: Path | None = None
    metadata: MetaData | None = None
    extend: Callable[[Any, ServiceSettings], None] | None = None
    background: Sequence[Callable[[Any], Coroutine[Any, Any, None]]] = ()
    background_bells: Sequence[str] = ()
    begin_anew: Callable[[AsyncSession, Clock], Awaitable[None]] | None = None
    linger_ms: int = 100

    @property
    def consumer(self) -> str:
        """Name of its consumer group and of its rows in the inbox."""
        return f"{self.name}.main"

    @property
    def bells(self) -> frozenset[str]:
        """What its API processes ring in its worker, beside the relay's."""
        return frozenset((*self.background_bells, *(one.bell for one in self.scanners if one.bell)))


@dataclass
class Runtime:
    """What a running process of a service holds; made at start, never at import."""

    service: Service
    settings: ServiceSettings
    clock: Clock
    engine: Any
    sessions: Any
    bells: Bells
