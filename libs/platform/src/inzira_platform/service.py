"""What a service is made of: one description from which its app, its worker and its commands are built."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from inzira_contracts.event import Event
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_platform.clock import Clock
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


Handler = Callable[[AsyncSession, Event, Delivery], Awaitable[None]]


@dataclass(frozen=True)
class Scanner:
    """A periodic look at what is due. `run` returns how many things it did; it is called again at once while > 0."""

    name: str
    every_seconds: float
    run: Callable[[AsyncSession, Clock], Awaitable[int]]


@dataclass(frozen=True)
class Service:
    """A deployable: `name` is also its database, its topic `inzira.<name>` and the prefix of its roles.

    `migrations` is the folder with env.py; `extend` may add to the app after it is built; `background` are further
    coroutines of the worker.
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

    @property
    def consumer(self) -> str:
        """Name of its consumer group and of its rows in the inbox."""
        return f"{self.name}.main"


@dataclass
class Runtime:
    """What a running process of a service holds; made at start, never at import."""

    service: Service
    settings: ServiceSettings
    clock: Clock
    engine: Any
    sessions: Any
