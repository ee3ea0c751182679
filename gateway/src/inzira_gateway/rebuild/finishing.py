"""The end of a rebuild: heads, the comparison with the generation that answers, the flip, and what is left to remove.

By persons, some at a time: no statement takes longer the more of them there are, but for the one that gives the reach.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

from inzira_platform.clock import Clock
from inzira_platform.logging import log

from inzira_gateway.journey.projection import fold_many
from inzira_gateway.rebuild import repository
from inzira_gateway.rebuild.domain import PASSES, Progress
from inzira_gateway.transactions import Transactions

PERSONS_AT_ONCE = 500


class Finishing:
    """What follows once every journal was read."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def count_rows(self) -> None:
        """Let PostgreSQL know how much there is of the generation that is filled."""
        async with self._transactions.begin() as session:
            await repository.count_rows(session)

    async def end(self, generation: int, progress: Progress) -> None:
        """Fold every head, compare with the active generation, and flip; a difference is read once more."""
        await self.count_rows()
        progress = await self._fold_all(generation, progress)
        missing = await self._count_missing(generation)
        is_read_again = missing > 0 and progress.reading < PASSES
        outcome = "journals lack what the active model holds" if missing else "active"
        end = progress.read_again(missing) if is_read_again else replace(progress, missing=missing, outcome=outcome)
        async with self._transactions.begin() as session:
            await repository.keep_progress(session, generation, end.as_json())
            if not missing:
                await repository.flip(session, generation, self._clock.now())
            elif not is_read_again:
                await repository.abandon(session, generation)
        if not is_read_again:
            log().info("rebuild.ended", count=progress.persons, pending=missing)

    async def sweep(self, generation: int) -> None:
        """Remove the rows of a retired generation."""
        async for ids in self._persons(generation):
            async with self._transactions.begin() as session:
                await repository.sweep(session, generation, ids)
        async with self._transactions.begin() as session:
            await repository.mark_swept(session, generation)

    async def _fold_all(self, generation: int, progress: Progress) -> Progress:
        progress = replace(progress, persons=0)
        async for ids in self._persons(generation):
            progress = replace(progress, persons=progress.persons + len(ids))
            async with self._transactions.begin() as session:
                await fold_many(session, generation, ids, self._clock.now())
                await repository.keep_progress(session, generation, progress.as_json())
        return progress

    async def _count_missing(self, generation: int) -> int:
        """What the active generation has and this one lacks. Both are written to, so that it can only become less."""
        async with self._transactions.begin() as session:
            active = await repository.active_generation(session)
        missing = 0
        async for ids in self._persons(active):
            async with self._transactions.begin() as session:
                missing += await repository.count_missing(session, active, generation, ids)
        return missing

    async def _persons(self, generation: int) -> AsyncIterator[list[UUID]]:
        """Everybody with an entry in a generation, some at a time, in order.

        Whoever comes meanwhile, and would keep this from an end, was taken in live.
        """
        after: UUID | None = None
        while True:
            async with self._transactions.begin() as session:
                ids = await repository.persons_after(session, generation, after, PERSONS_AT_ONCE)
            if ids:
                yield ids
            if len(ids) < PERSONS_AT_ONCE:
                return
            after = ids[-1]
