"""Whether the account and session behind an access token still stand: asked of the database, kept 2 seconds."""

import time
from collections import OrderedDict
from uuid import UUID

from inzira_gateway.session import repository
from inzira_gateway.session.repository import Standing
from inzira_gateway.transactions import Transactions

KEEP_SECONDS = 2.0
"""A disabled account or a changed role is refused within this time, inside the 5 seconds of security.md 9."""


class Standings:
    """Answers by session id; bounded, and forgetful on purpose."""

    def __init__(self, transactions: Transactions, capacity: int = 10_000) -> None:
        self._transactions = transactions
        self._capacity = capacity
        self._kept: OrderedDict[str, tuple[float, Standing | None]] = OrderedDict()

    async def holds(self, session_id: str, epoch: int) -> bool:
        """False for an ended session, an account that is not active, or claims from before its last change."""
        standing = await self._find(session_id)
        if standing is None:
            return False
        return standing.state == "ACTIVE" and not standing.revoked and standing.epoch == epoch

    async def _find(self, session_id: str) -> Standing | None:
        now = time.monotonic()
        kept = self._kept.get(session_id)
        if kept is not None and kept[0] > now:
            return kept[1]
        async with self._transactions.begin() as session:
            standing = await repository.find_standing(session, UUID(session_id))
        self._kept[session_id] = (now + KEEP_SECONDS, standing)
        self._kept.move_to_end(session_id)
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)
        return standing
