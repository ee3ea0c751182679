"""Waiting for one's own write, and saying how old an answer is."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime

from inzira_platform.context import decode_token
from inzira_platform.errors import DomainError, Kind
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.freshness import repository
from inzira_gateway.freshness.domain import Freshness, Gap, freshness_of
from inzira_gateway.transactions import Transactions

CONSUMER = "gateway.main"
LONGEST_WAIT = 2.0
POLL = 0.02
MOST_TOKENS = 10


class ConsistencyTokenError(DomainError):
    kind = Kind.INVALID
    code = "consistency-token-invalid"
    message = "This is not a Consistency-Token an earlier answer carried. Leave the header out."


class ProjectionBehindError(DomainError):
    kind = Kind.UNAVAILABLE
    code = "projection-behind"
    message = "What you wrote has not reached the read model yet. It is safe; ask again in a moment."


async def wait_for_own_write(transactions: Transactions, header: str | None) -> bool:
    """Wait, for at most 2 seconds, until the read model holds what the tokens speak of; False when it does not yet.

    Raises ConsistencyTokenError for what is no token.
    """
    if not header:
        return True
    wanted = _positions(header)
    until = time.monotonic() + LONGEST_WAIT
    pause = POLL
    while not await _reached(transactions, wanted):
        if time.monotonic() + pause > until:
            return False
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.2)
    return True


def _positions(header: str) -> list[tuple[str, dict[str, int]]]:
    tokens = [token.strip() for token in header.split(",")]
    if len(tokens) > MOST_TOKENS:
        raise ConsistencyTokenError(field="Consistency-Token")
    try:
        return [decode_token(token) for token in tokens if token]
    except ValueError as error:
        raise ConsistencyTokenError(field="Consistency-Token") from error


async def _reached(transactions: Transactions, wanted: list[tuple[str, dict[str, int]]]) -> bool:
    async with transactions.begin() as session:
        for source, positions in wanted:
            if source != "gateway" and not await repository.has_reached(session, CONSUMER, source, positions):
                return False
    return True


async def describe(session: AsyncSession, now: datetime, extra: Sequence[Gap] = ()) -> Freshness:
    """How old the read model is, per service, with further gaps of this answer."""
    return freshness_of(await repository.all_seen(session), now, extra)
