"""Looking whether there is news for an endpoint, and making a wake-up of it: one at a time, whatever comes after."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from inzira_platform.clock import Clock
from inzira_platform.errors import DomainError
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.feed import service as feeds
from inzira_gateway.grant import service as grants
from inzira_gateway.grant.catalogue import Catalogue
from inzira_gateway.transactions import SERVICE, Transactions
from inzira_gateway.webhook import repository
from inzira_gateway.webhook.domain import MessageKind
from inzira_gateway.webhook.models import WebhookEndpoint, WebhookMessage
from inzira_gateway.webhook.service import Moment, add_message

PAUSE_SECONDS = 10.0
"""Where the feed can say nothing now (intake's word is old, a view is not whole) it is asked again after this."""


def moment_of(clock: Clock) -> Moment:
    """Now, by the gateway itself."""
    return Moment(clock.now(), clock.today(), f"svc:{SERVICE}")


@dataclass(slots=True)
class Watch:
    """Looks at the feed for the endpoints; `monotonic` tells its pauses."""

    transactions: Transactions
    catalogue: Catalogue
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic
    _paused: dict[UUID, float] = field(default_factory=dict)

    async def behind(self) -> Sequence[UUID]:
        """Endpoints that have not looked to the end of the feed, and whose partner may follow it today."""
        now = self.monotonic()
        self._paused = {endpoint: until for endpoint, until in self._paused.items() if until > now}
        async with self.transactions.begin() as session:
            last = await feeds.last_position(session)
            if not await repository.is_any_behind(session, last):
                return []
            followed = await grants.feeds_in_force(session, self.clock.today())
            found = await repository.behind(session, last, followed)
        return [endpoint for endpoint in found if endpoint not in self._paused]

    def asks_again_in(self) -> float:
        """Seconds until the feed is asked again where it could say nothing; endless where it always could."""
        return min(self._paused.values(), default=math.inf) - self.monotonic()

    async def look(self, endpoint_id: UUID) -> bool:
        """Look for one endpoint, in a transaction of its own; whether a wake-up was made.

        News that comes while a wake-up waits to be sent goes with it. While one is being sent nothing is looked at:
        the partner may have read its feed already, and must be told of what came after.
        """
        async with self.transactions.begin() as session:
            endpoint = await repository.take_if_free(session, endpoint_id)
            if endpoint is None:
                return False
            waiting = await repository.pending(session, endpoint_id, MessageKind.NEWS)
            if waiting is not None and _is_being_sent(waiting, self.clock.now()):
                return False
            is_news = await self._is_news(session, endpoint)
            if is_news and waiting is None:
                await add_message(session, endpoint, MessageKind.NEWS, moment_of(self.clock))
            return is_news and waiting is None

    async def _is_news(self, session: AsyncSession, endpoint: WebhookEndpoint) -> bool:
        try:
            news = await feeds.look_ahead(
                session, self.catalogue, endpoint.client_id, endpoint.purpose, endpoint.position, self.clock
            )
        except DomainError:
            self._paused[endpoint.id] = self.monotonic() + PAUSE_SECONDS
            return False
        endpoint.position = news.position
        return news.is_any


def _is_being_sent(message: WebhookMessage, now: datetime) -> bool:
    return message.lease_until is not None and message.lease_until > now
