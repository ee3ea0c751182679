"""Following the feed: grant, rows and consent are looked at again for every item, when it is delivered."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from inzira_platform.auth import Principal, UnauthenticatedError
from inzira_platform.clock import Clock
from inzira_platform.errors import DomainError
from inzira_platform.page import InvalidCursorError
from inzira_platform.scope import as_system
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.feed import repository
from inzira_gateway.feed.domain import GONE, KEPT, FeedExpiredError, Told, decide
from inzira_gateway.grant import service as grants
from inzira_gateway.grant.catalogue import Catalogue
from inzira_gateway.grant.domain import GrantRoute
from inzira_gateway.ledger import service as ledger
from inzira_gateway.sharing import service as sharing
from inzira_gateway.sharing.domain import Sight, pairwise_id, seal, unseal
from inzira_gateway.sharing.service import Access, Shown
from inzira_gateway.transactions import Transactions

FEED = "feed"
SCANNED = 500
LOOK_SECONDS = 0.25
FAR_AHEAD = 1_000_000_000
"""More positions than can have been given out between a backup and its restoration."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Items of a batch, and the cursor behind the last row that was looked at."""

    items: list[dict[str, Any]]
    cursor: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """One look at the feed: items, and the last position looked at."""

    items: list[dict[str, Any]]
    position: int
    access: Access
    has_more: bool


@dataclass(frozen=True, slots=True)
class End:
    """The last position there is, and a number that grows whenever what a partner may see is changed."""

    position: int
    terms: int


@dataclass(slots=True)
class Tail:
    """The end of the feed: asked of the database by all that wait together, at most four times a second."""

    _end: End = End(-1, -1)
    _until: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def end(self, transactions: Transactions) -> End:
        async with self._lock:
            if time.monotonic() >= self._until:
                async with transactions.begin() as session:
                    self._end = End((await repository.counter(session)).last, await grants.changes(session))
                self._until = time.monotonic() + LOOK_SECONDS
            return self._end


@dataclass(frozen=True, slots=True)
class Wait:
    """What a poll waits under: until when (by the monotonic clock), and what must not change meanwhile."""

    until: float
    terms: int
    day: date


@dataclass(frozen=True, slots=True)
class Follow:
    """The use case with what it needs; made per request."""

    transactions: Transactions
    catalogue: Catalogue
    principal: Principal
    clock: Clock
    tail: Tail
    token_ends: datetime | None = None
    """When the token the poll came with ends; a poll does not outlive it."""

    async def latest(self) -> Batch:
        """No items, and the cursor at the end of the feed: for a partner that lists everybody first."""
        async with self.transactions.begin_as(self.principal) as session, as_system(session):
            access = await self._open(session)
            last = (await repository.counter(session)).last
        return Batch([], seal(access.secret, FEED, str(last)))

    async def poll(self, cursor: str | None, limit: int, wait: float) -> Batch:
        """Items behind the cursor; waits up to `wait` seconds for the first. No transaction is held meanwhile.

        Whatever ends the partner's access ends the wait within a second. Raises what `open_access` raises,
        UnauthenticatedError when the token or the partner's registration does not hold any more,
        InvalidCursorError for a cursor of anybody else, FeedExpiredError.
        """
        until = time.monotonic() + wait
        position: int | None = None
        epoch: int | None = None
        while True:
            self._check_token()
            # looked at before the access is opened: what changes in between is seen as a change
            terms = (await self.tail.end(self.transactions)).terms if wait else 0
            under = Wait(until, terms, self.clock.today())
            async with self.transactions.begin_as(self.principal) as session, as_system(session):
                access = await self._open(session)
                if epoch is not None and access.epoch != epoch:
                    raise UnauthenticatedError
                epoch = access.epoch
                if position is None:
                    position = _position(access, cursor)
                done = await self._deliver(session, access, position, limit)
            position = done.position
            if done.items or not (done.has_more or await self._waited(position, under)):
                return Batch(done.items, seal(access.secret, FEED, str(position)))

    async def _open(self, session: AsyncSession) -> Access:
        now, today = self.clock.now(), self.clock.today()
        return await sharing.open_access(session, self.catalogue, self.principal, GrantRoute.FEED, now, today)

    def _check_token(self) -> None:
        """Raises UnauthenticatedError when the token ended since the poll began."""
        if self._token_is_over():
            raise UnauthenticatedError

    def _token_is_over(self) -> bool:
        return self.token_ends is not None and self.clock.now() >= self.token_ends

    async def _waited(self, position: int, under: Wait) -> bool:
        """Whether there is something to look at before the time was over: news, or a change of what may be seen."""
        while time.monotonic() < under.until:
            end = await self.tail.end(self.transactions)
            is_changed = end.terms != under.terms or self.clock.today() != under.day
            if end.position > position or is_changed or self._token_is_over():
                return True
            await asyncio.sleep(min(LOOK_SECONDS, max(0.0, under.until - time.monotonic())))
        return False

    async def _deliver(self, session: AsyncSession, access: Access, start: int, limit: int) -> Delivered:
        """Up to `limit` items behind `start`, on record. Needs the gateway's own scope. Raises FeedExpiredError."""
        now = self.clock.now()
        counter = await repository.counter(session)
        position = counter.pruned if start < 0 else start
        if position < counter.pruned:
            raise FeedExpiredError
        rows = await repository.after(session, access.client_id, position, SCANNED)
        persons = list({row.person_id for row in rows})
        sights = await sharing.sights(session, access, persons)
        shown = {item.person_id: item for item in await sharing.visible(session, access, persons, now)}
        items: list[dict[str, Any]] = []
        told: dict[UUID, Shown] = {}
        after: dict[UUID, Sight] = {}
        for row in rows:
            if len(items) == limit:
                break
            position, person = row.position, shown.get(row.person_id)
            kept = after.get(row.person_id) or sights.get(row.person_id)
            what, sight = decide(kept, position, row.changed, person.names if person else None)
            if sight is not None and sight != kept:
                after[row.person_id] = sight
            if what is not None:
                items.append(_item(access, what, row.person_id, person, position, row.at))
            if what is Told.CHANGED and person is not None:
                told[row.person_id] = person
        has_more = len(rows) == SCANNED or bool(rows and position < rows[-1].position)
        if not has_more:
            position = max(position, counter.last)
        await self._keep(session, access, after, list(told.values()), now)
        return Delivered(items, position, access, has_more)

    async def _keep(
        self, session: AsyncSession, access: Access, sights: dict[UUID, Sight], told: list[Shown], now: datetime
    ) -> None:
        """Ids, sights and the ledger, in the transaction that shows."""
        await sharing.name_shown(session, access, told)
        await repository.keep_sights(session, access.client_id, access.purpose, sights)
        for label in sorted({item.view.label for item in told}):
            ids = [item.person_id for item in told if item.view.label == label]
            await ledger.append_disclosure(session, self.principal, "partner.feed", ids, now, label)


def _position(access: Access, cursor: str | None) -> int:
    """The position in a cursor; -1 for the oldest that is kept."""
    if cursor is None:
        return -1
    found = unseal(access.secret, FEED, cursor)
    if found is None:
        raise InvalidCursorError(field="cursor")
    return int(found)


def _item(
    access: Access, what: Told, person_id: UUID, shown: Shown | None, position: int, at: datetime
) -> dict[str, Any]:
    """A CloudEvent; its id is the cursor behind it, so whoever stops half way through a batch goes on from there."""
    pid = pairwise_id(access.secret, person_id)
    changed = what is Told.CHANGED and shown is not None
    data = {"id": pid, "view": shown.view.label, **shown.fields} if changed and shown else {"id": pid}
    return {
        "specversion": "1.0", "id": seal(access.secret, FEED, str(position)), "source": "/inzira/feed",
        "type": str(what), "subject": pid, "time": at.isoformat(), "datacontenttype": "application/json",
        "data": data,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class News:
    """Whether a partner would be told anything, and the last position that was looked at."""

    is_any: bool
    position: int


async def last_position(session: AsyncSession) -> int:
    """The end of the feed. Needs the gateway's own scope."""
    return (await repository.counter(session)).last


async def look_ahead(
    session: AsyncSession, catalogue: Catalogue, client_id: str, purpose: str, position: int, clock: Clock
) -> News:
    """Whether the feed would tell this partner anything behind `position`, decided as for a delivery of this moment.

    Changes nothing and shows nobody. Raises what `open_access` raises. Needs the gateway's own scope.
    """
    principal = Principal(client_id, frozenset({"partner"}), "partner", purpose=purpose)
    access = await sharing.open_access(session, catalogue, principal, GrantRoute.FEED, clock.now(), clock.today())
    counter = await repository.counter(session)
    rows = await repository.after(session, client_id, max(position, counter.pruned), SCANNED)
    persons = list({row.person_id for row in rows})
    sights: dict[UUID, Sight | None] = dict(await sharing.sights(session, access, persons))
    shown = {item.person_id: item for item in await sharing.visible(session, access, persons, clock.now())}
    is_any = False
    for row in rows:
        person = shown.get(row.person_id)
        kept = sights.get(row.person_id)
        what, sights[row.person_id] = decide(kept, row.position, row.changed, person.names if person else None)
        is_any = is_any or what is not None
    reached = rows[-1].position if rows else position
    return News(is_any, reached if len(rows) == SCANNED else max(reached, counter.last))


async def note_departures(session: AsyncSession, catalogue: Catalogue, clock: Clock) -> int:
    """Tell partners of persons who went out of their sight by time alone: a consent that ended, a date that passed."""
    found = 0
    for client_id, purpose in await grants.feeds_in_force(session, clock.today()):
        principal = Principal(client_id, frozenset({"partner"}), "partner", purpose=purpose)
        try:
            access = await sharing.open_access(
                session, catalogue, principal, GrantRoute.FEED, clock.now(), clock.today()
            )
        except DomainError:
            continue
        found += await _departures_of(session, access, clock.now())
    return found


async def _departures_of(session: AsyncSession, access: Access, now: datetime) -> int:
    found, last = 0, UUID(int=0)
    while present := await sharing.present(session, access, last, SCANNED):
        last = max(present)
        seen = {item.person_id for item in await sharing.visible(session, access, list(present), now)}
        for person_id in present.keys() - seen:
            position = await repository.append(session, person_id, [GONE], now, access.client_id)
            sight = Sight(present[person_id], position)
            await repository.keep_sights(session, access.client_id, access.purpose, {person_id: sight})
            found += 1
    return found


async def begin_anew(session: AsyncSession) -> None:
    """After a restored backup every cursor has expired, and no position is ever given out twice.

    Partners may have followed the feed further than the backup knows: they list the persons anew (410).
    """
    await repository.expire(session, FAR_AHEAD)


async def prune(session: AsyncSession, clock: Clock) -> int:
    """Forget what is older than 30 days."""
    await repository.prune(session, clock.now() - KEPT)
    return 0
