"""A rebuild, step by step. It survives a restart of the worker: its position is kept with what it wrote.

The live consumer writes into the new generation from the moment it exists; the journals bring what was before.
Entries are a set and heads a fold over it, so the overlap does no harm (events.md 5); nor does a consent read again.
"""

import asyncio
from contextlib import aclosing
from datetime import datetime

from inzira_contracts.registry import read_event
from inzira_platform.bell import call
from inzira_platform.clock import Clock
from inzira_platform.errors import DomainError
from inzira_platform.logging import log
from inzira_platform.service import Delivery, Received
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.bells import REBUILD
from inzira_gateway.clients.journal import JournalClient, JournalRow
from inzira_gateway.clients.upstream import ServiceTimeoutError
from inzira_gateway.consent import service as consent
from inzira_gateway.journey.models import Projection
from inzira_gateway.journey.projection import entry_of, take_in_many
from inzira_gateway.rebuild import repository
from inzira_gateway.rebuild.domain import Progress, RebuildUnderWayError, is_to_be_counted, progress_from
from inzira_gateway.rebuild.finishing import Finishing
from inzira_gateway.transactions import Transactions

LEAD_SECONDS = 2.0
"""How long the live consumer runs into the new generation before the journals are read."""
RETRY_SECONDS = 3.0


async def request_rebuild(session: AsyncSession, by: str, reason: str, now: datetime) -> int:
    """Begin a new generation; the worker fills it.

    Raises RebuildUnderWayError.
    """
    if await repository.find_building(session) is not None:
        raise RebuildUnderWayError
    try:
        async with session.begin_nested():
            generation = await repository.start(session, by, reason, now)
    except IntegrityError as error:
        raise RebuildUnderWayError from error
    call(session, REBUILD)
    return generation


class Rebuild:
    """Works on whatever generation is being built; `step` does one piece and says whether there is more."""

    def __init__(self, transactions: Transactions, journals: JournalClient, clock: Clock) -> None:
        self._transactions = transactions
        self._journals = journals
        self._clock = clock
        self._finishing = Finishing(transactions, clock)

    async def step(self) -> bool:
        """One journal, or the end of the rebuild, or what is left of a retired one. False when there is nothing."""
        async with self._transactions.begin() as session:
            building = await repository.find_building(session)
            retired = None if building else await repository.find_unswept(session)
        if building is not None:
            await self._go_on(building)
        elif retired is not None:
            await self._finishing.sweep(retired)
        return building is not None or retired is not None

    async def _go_on(self, building: Projection) -> None:
        age = (self._clock.now() - building.started_at).total_seconds()
        if age < LEAD_SECONDS:
            await asyncio.sleep(LEAD_SECONDS - age)
        progress = progress_from(building.progress)
        source = progress.next_source
        if source is None:
            await self._finishing.end(building.generation, progress)
            return
        try:
            await self._read(building.generation, source, progress)
        except (DomainError, ServiceTimeoutError):
            log().warning("rebuild.waiting", upstream=source, seconds=RETRY_SECONDS)
            await asyncio.sleep(RETRY_SECONDS)

    async def _read(self, generation: int, source: str, progress: Progress) -> None:
        """What is left of a journal, page by page, each kept with how far it brings the rebuild."""
        async with aclosing(self._journals.pages(source, progress.after_seq.get(source, 0))) as pages:
            async for rows, after_seq in pages:
                before, progress = progress, progress.read_on(source, after_seq, len(rows))
                received = [_received(row) for row in rows]
                async with self._transactions.begin() as session:
                    await take_in_many(session, generation, [entry for item in received if (entry := _entry(item))])
                    await consent.take_in(session, received)
                    await repository.keep_progress(session, generation, progress.as_json())
                if is_to_be_counted(before.events, progress.events):  # for the live consumer, which fills it meanwhile
                    await self._finishing.count_rows()
        async with self._transactions.begin() as session:
            await repository.keep_progress(session, generation, progress.finished(source).as_json())


def _received(row: JournalRow) -> Received:
    """A journal row as its event once arrived."""
    event = read_event(row.type, row.payload)
    meta = Delivery(row.event_id, row.type, row.source, row.stream, row.version, row.time, event.recorded_by)
    return Received(event, meta)


def _entry(received: Received) -> dict[str, object] | None:
    """The journey entry of an event; None for what is about no single person."""
    return None if received.event.person_id is None else entry_of(received.event, received.meta)
