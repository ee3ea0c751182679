"""Looking whether there is news for an endpoint, and making a wake-up of it: one at a time, whatever comes after."""

from collections.abc import Sequence
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
from inzira_gateway.webhook.models import WebhookMessage
from inzira_gateway.webhook.service import Moment, add_message


def moment_of(clock: Clock) -> Moment:
    """Now, by the gateway itself."""
    return Moment(clock.now(), clock.today(), f"svc:{SERVICE}")


async def behind(transactions: Transactions, clock: Clock) -> Sequence[UUID]:
    """Endpoints that have not looked to the end of the feed, and whose partner may follow it today."""
    async with transactions.begin() as session:
        last = await feeds.last_position(session)
        followed = await grants.feeds_in_force(session, clock.today())
        return await repository.behind(session, last, followed)


async def wake(transactions: Transactions, catalogue: Catalogue, endpoint_id: UUID, clock: Clock) -> bool:
    """Look for one endpoint, in a transaction of its own; whether a wake-up was made."""
    async with transactions.begin() as session:
        return await _look(session, catalogue, endpoint_id, clock)


async def _look(session: AsyncSession, catalogue: Catalogue, endpoint_id: UUID, clock: Clock) -> bool:
    """Whether there was news for this endpoint that needed a wake-up of its own.

    News that comes while a wake-up waits to be sent goes with it. While one is being sent nothing is looked at:
    the partner may have read its feed already, and must be told of what came after.
    """
    endpoint = await repository.take_if_free(session, endpoint_id)
    if endpoint is None:
        return False
    waiting = await repository.pending(session, endpoint_id, MessageKind.NEWS)
    if waiting is not None and _is_being_sent(waiting, clock.now()):
        return False
    try:
        news = await feeds.look_ahead(
            session, catalogue, endpoint.client_id, endpoint.purpose, endpoint.position, clock
        )
    except DomainError:
        return False
    endpoint.position = news.position
    if not news.is_any or waiting is not None:
        return False
    await add_message(session, endpoint, MessageKind.NEWS, moment_of(clock))
    return True


def _is_being_sent(message: WebhookMessage, now: datetime) -> bool:
    return message.lease_until is not None and message.lease_until > now
