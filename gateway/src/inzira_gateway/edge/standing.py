"""Whether the account and session, or the partner, behind an access token still stand.

Asked of the database, kept 2 seconds.
"""

import time
from collections import OrderedDict
from uuid import UUID

from inzira_gateway.partner import repository as partners
from inzira_gateway.partner.repository import Standing as PartnerStanding
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
        self._partners: OrderedDict[str, tuple[float, PartnerStanding | None]] = OrderedDict()

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

    async def partner_quota(self, partner_id: str, epoch: int) -> int | None:
        """Units of cost a minute of a partner that stands; None for one suspended, or changed since its token."""
        standing = await self._find_partner(partner_id)
        if standing is None or standing.state != "ACTIVE" or standing.epoch != epoch:
            return None
        return standing.quota_per_minute

    async def _find_partner(self, partner_id: str) -> PartnerStanding | None:
        now = time.monotonic()
        kept = self._partners.get(partner_id)
        if kept is not None and kept[0] > now:
            return kept[1]
        async with self._transactions.begin() as session:
            standing = await partners.find_standing(session, UUID(partner_id))
        self._partners[partner_id] = (now + KEEP_SECONDS, standing)
        self._partners.move_to_end(partner_id)
        while len(self._partners) > self._capacity:
            self._partners.popitem(last=False)
        return standing
