"""A rebuild, step by step. It survives a restart of the worker: its position is kept with what it wrote.

The live consumer writes into the new generation from the moment it exists; the journals bring what was before.
Entries are a set and heads a fold over it, so the overlap does no harm (events.md 5); nor does a consent read again.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from uuid import UUID

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
from inzira_gateway.journey.projection import entry_of, fold_many, take_in_many
from inzira_gateway.rebuild import repository
from inzira_gateway.rebuild.domain import PASSES, Progress, RebuildUnderWayError, progress_from
from inzira_gateway.transactions import Transactions

LEAD_SECONDS = 2.0
"""How long the live consumer runs into the new generation before the journals are read."""
PERSONS_AT_ONCE = 100
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

    async def step(self) -> bool:
        """One page of a journal, or the end of the rebuild. False when nothing is being built."""
        async with self._transactions.begin() as session:
            building = await repository.find_building(session)
            if building is None:
                return False
            generation, progress = building.generation, progress_from(building.progress)
            age = (self._clock.now() - building.started_at).total_seconds()
        if age < LEAD_SECONDS:
            await asyncio.sleep(LEAD_SECONDS - age)
        source = progress.next_source
        if source is None:
            await self._finish(generation, progress)
            return True
        try:
            rows, after_seq = await self._journals.page(source, progress.after_seq.get(source, 0))
        except (DomainError, ServiceTimeoutError):
            log().warning("rebuild.waiting", upstream=source, seconds=RETRY_SECONDS)
            await asyncio.sleep(RETRY_SECONDS)
            return True
        received = [_received(row) for row in rows]
        reached = progress.read_on(source, after_seq, len(rows)) if rows else progress.finished(source)
        async with self._transactions.begin() as session:
            await take_in_many(session, generation, [entry for item in received if (entry := _entry(item))])
            await consent.take_in(session, received)
            await repository.keep_progress(session, generation, reached.as_json())
        return True

    async def _finish(self, generation: int, progress: Progress) -> None:
        """Fold every head, compare with the active generation, and flip; a difference is read once more."""
        persons = await self._fold_all(generation)
        async with self._transactions.begin() as session:
            missing = await repository.count_missing(session, generation)
            if missing and progress.reading < PASSES:
                await repository.keep_progress(session, generation, progress.read_again(missing).as_json())
                return
            outcome = "journals lack what the active model holds" if missing else "active"
            end = replace(progress, persons=persons, missing=missing, outcome=outcome)
            await repository.keep_progress(session, generation, end.as_json())
            if missing:
                await repository.abandon(session, generation)
            else:
                await repository.flip(session, generation, self._clock.now())
        log().info("rebuild.ended", count=persons, pending=missing)
        async with self._transactions.begin() as session:
            await repository.sweep(session)

    async def _fold_all(self, generation: int) -> int:
        after: UUID | None = None
        count = 0
        while True:
            async with self._transactions.begin() as session:
                ids = await repository.persons_after(session, generation, after, PERSONS_AT_ONCE)
                if ids:
                    await fold_many(session, generation, ids, self._clock.now())
                    await repository.settle_versions(session, generation, ids)
            if not ids:
                return count
            after = ids[-1]
            count += len(ids)


def _received(row: JournalRow) -> Received:
    """A journal row as its event once arrived."""
    event = read_event(row.type, row.payload)
    meta = Delivery(row.event_id, row.type, row.source, row.stream, row.version, row.time, event.recorded_by)
    return Received(event, meta)


def _entry(received: Received) -> dict[str, object] | None:
    """The journey entry of an event; None for what is about no single person."""
    return None if received.event.person_id is None else entry_of(received.event, received.meta)
