"""Feeding events to a service's consumer in a test: the real inbox, version guard, parking and handlers."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

from inzira_contracts.envelope import Envelope
from inzira_contracts.event import Event
from inzira_contracts.topics import topic_of
from sqlalchemy.event import listen, remove

from inzira_platform.bell import Bells
from inzira_platform.clock import Clock
from inzira_platform.consumer import ConsumerRunner
from inzira_platform.delivery import Incoming
from inzira_platform.ids import new_id
from inzira_platform.service import Runtime, Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.worker import make_runtime, scan_once


class Deliveries:
    """Numbers versions per stream by itself; out-of-order and duplicate deliveries are the test's to make."""

    def __init__(self, runtime: Runtime, database: ServiceDatabase) -> None:
        """Made by `running`."""
        self._runtime = runtime
        self._runner = ConsumerRunner(runtime)
        self._versions: dict[tuple[str, str], int] = {}
        self._offset = 0
        self.database = database

    @classmethod
    @asynccontextmanager
    async def running(
        cls, service: Service, settings: ServiceSettings, database: ServiceDatabase, clock: Clock
    ) -> "AsyncIterator[Deliveries]":
        """A consumer without a broker."""
        runtime = make_runtime(service, settings, clock)
        yield cls(runtime, database)
        await runtime.engine.dispose()

    @property
    def bells(self) -> Bells:
        """Those this consumer rings: for a part of the same worker that waits for them."""
        return self._runtime.bells

    def record(
        self,
        event: Event,
        *,
        stream: str | None = None,
        version: int | None = None,
        event_id: UUID | None = None,
    ) -> Incoming:
        """The record a relay would have published; the next version of its stream unless one is given."""
        topic = topic_of(event.type)
        source = topic.rsplit(".", 1)[-1]
        name = stream or event.stream
        if version is None:
            version = self._versions.get((source, name), 0) + 1
        self._versions[source, name] = max(version, self._versions.get((source, name), 0))
        self._offset += 1
        envelope = Envelope(
            id=event_id or new_id(),
            type=event.type,
            source=f"/services/{source}",
            subject=name,
            time=self._runtime.clock.now(),
            partitionkey=name,
            sequence=version,
        )
        return Incoming(topic, 0, self._offset, envelope.to_headers(), event.to_bytes(), envelope)

    async def send(self, *events: Event, **options: Any) -> None:  # noqa: ANN401 - options of `record`
        """Deliver events in one batch."""
        await self._runner.handle([self.record(event, **options) for event in events])

    async def send_records(self, *records: Incoming) -> None:
        """Deliver records made by `record`, in the order given."""
        await self._runner.handle(list(records))

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The statements the consumer sends meanwhile."""
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            sent.append(statement)

        engine = self._runtime.engine.sync_engine
        listen(engine, "before_cursor_execute", note)
        yield sent
        remove(engine, "before_cursor_execute", note)

    async def release(self) -> int:
        """Let what waits try again; returns how many events went on."""
        await self._runner.parking.count()
        return await self._runner.parking.release()

    async def parked(self) -> list[dict[str, Any]]:
        """Open parked events, oldest first."""
        return await self.database.rows(
            "SELECT * FROM parked_event WHERE replayed_at IS NULL ORDER BY parked_at, sequence"
        )

    async def scan(self, name: str) -> int:
        """Run the scanner of that name until it finds nothing more; returns how many things it did."""
        scanner = next(item for item in self._runtime.service.scanners if item.name == name)
        total = 0
        while done := await scan_once(self._runtime, scanner):
            total += done
        return total
