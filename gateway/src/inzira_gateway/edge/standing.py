"""Whether the account and session, or the partner, behind an access token still stand.

Asked of the database, kept 2 seconds.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from inzira_platform.ids import as_id

from inzira_gateway.partner import repository as partners
from inzira_gateway.partner.repository import Standing as PartnerStanding
from inzira_gateway.session import repository
from inzira_gateway.session.repository import Standing
from inzira_gateway.transactions import Transactions

KEEP_SECONDS = 2.0
"""A disabled account or a changed role is refused within this time, inside the 5 seconds of security.md 9."""
T = TypeVar("T")


class Kept(Generic[T]):
    """Answers by id, kept from when they were asked for; bounded, and forgetful on purpose.

    Whoever asks while an answer is on its way waits for that one: many requests of one session never ask at once.
    """

    def __init__(self, find: Callable[[str], Awaitable[T]], capacity: int = 10_000) -> None:
        self._find = find
        self._capacity = capacity
        self._answers: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[T]] = {}

    async def get(self, key: str) -> T:
        """The answer of the last 2 seconds, or a new one. Raises whatever asking raises, to each who waits."""
        kept = self._answers.get(key)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._ask(key))
            asking.add_done_callback(lambda done: self._asked(key, done))
        # a client that leaves must not take the answer from the others
        return await asyncio.shield(asking)

    async def _ask(self, key: str) -> T:
        until = time.monotonic() + KEEP_SECONDS
        answer = await self._find(key)
        self._answers[key] = (until, answer)
        self._answers.move_to_end(key)
        while len(self._answers) > self._capacity:
            self._answers.popitem(last=False)
        return answer

    def _asked(self, key: str, done: asyncio.Task[T]) -> None:
        del self._asking[key]
        if not done.cancelled():
            done.exception()  # seen, where nobody waits any more


class Standings:
    """Answers by session id or partner id."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._sessions: Kept[Standing | None] = Kept(self._find_session)
        self._partners: Kept[PartnerStanding | None] = Kept(self._find_partner)

    async def holds(self, session_id: str, epoch: int) -> bool:
        """False for an ended session, an account that is not active, or claims from before its last change."""
        standing = await self._sessions.get(session_id)
        if standing is None:
            return False
        return standing.state == "ACTIVE" and not standing.revoked and standing.epoch == epoch

    async def partner_quota(self, partner_id: str, epoch: int) -> int | None:
        """Units of cost a minute of a partner that stands; None for one suspended, or changed since its token."""
        standing = await self._partners.get(partner_id)
        if standing is None or standing.state != "ACTIVE" or standing.epoch != epoch:
            return None
        return standing.quota_per_minute

    async def _find_session(self, session_id: str) -> Standing | None:
        identifier = as_id(session_id)
        if identifier is None:
            return None
        async with self._transactions.begin() as session:
            return await repository.find_standing(session, identifier)

    async def _find_partner(self, partner_id: str) -> PartnerStanding | None:
        identifier = as_id(partner_id)
        if identifier is None:
            return None
        async with self._transactions.begin() as session:
            return await partners.find_standing(session, identifier)
