"""SQL of claiming and recording attempts: short transactions around an HTTP call that is made in none of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, exists, false, func, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.partner.domain import PartnerState
from inzira_gateway.partner.models import Partner
from inzira_gateway.webhook.domain import EndpointState, MessageKind, MessageState, Outcome
from inzira_gateway.webhook.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from inzira_gateway.webhook.places import LINGERS_AFTER, Free

ENDPOINT: Any = WebhookEndpoint
MESSAGE: Any = WebhookMessage
DELIVERY: Any = WebhookDelivery
PARTNER: Any = Partner


async def due(
    session: AsyncSession, now: datetime, feeds: Collection[tuple[str, str]], free: Free, of_one: int
) -> Sequence[tuple[WebhookMessage, WebhookEndpoint, bool]]:
    """Messages that may be sent now and that no worker has, locked, and whether each goes by the slow lane.

    Partner and endpoint are active, and the feed it tells of is one of `feeds` (client id, purpose): those that may
    be followed today. Others wait: they are sent when that is so again. In turn, whose partner has fewer under way
    before others; of one partner come so many that with its busy ones there are `of_one` at most.
    """
    waiting = _waiting(now, feeds, free, of_one)
    lane = select(
        waiting,
        func.row_number()
        .over(partition_by=waiting.c.is_slow, order_by=(waiting.c.place - waiting.c.left, waiting.c.at, waiting.c.id))
        .label("turn"),
    ).where(waiting.c.place <= waiting.c.left)
    turns = lane.subquery()
    query = (
        select(WebhookMessage, WebhookEndpoint, turns.c.is_slow)
        .join(WebhookEndpoint, ENDPOINT.id == MESSAGE.endpoint_id)
        .join(turns, turns.c.id == MESSAGE.id)
        .where(
            turns.c.turn <= case((turns.c.is_slow, free.slow), else_=free.at_once),
            # once more, on the row as it is when it is locked: another worker may have taken it meanwhile
            MESSAGE.state == MessageState.PENDING,
            or_(MESSAGE.lease_until.is_(None), MESSAGE.lease_until <= now),
        )
        .order_by(turns.c.turn, turns.c.id)
        .with_for_update(of=WebhookMessage, skip_locked=True)
    )
    return [(row[0], row[1], row[2]) for row in (await session.execute(query)).all()]


def _waiting(now: datetime, feeds: Collection[tuple[str, str]], free: Free, of_one: int) -> Any:  # noqa: ANN401 - a subquery
    """Messages that are due: their place among those of their partner, and how many of it there may be."""
    is_slow = _is_slow()
    place = func.row_number().over(
        partition_by=ENDPOINT.client_id, order_by=(is_slow, MESSAGE.next_attempt_at, MESSAGE.id)
    )
    left = [(ENDPOINT.client_id == client, of_one - count) for client, count in free.busy.items()]
    return (
        select(
            MESSAGE.id,
            MESSAGE.next_attempt_at.label("at"),
            is_slow.label("is_slow"),
            place.label("place"),
            (case(*left, else_=of_one) if left else literal(of_one)).label("left"),
        )
        .join(WebhookEndpoint, ENDPOINT.id == MESSAGE.endpoint_id)
        .join(Partner, PARTNER.client_id == ENDPOINT.client_id)
        .where(
            MESSAGE.state == MessageState.PENDING,
            MESSAGE.next_attempt_at <= now,
            or_(MESSAGE.lease_until.is_(None), MESSAGE.lease_until <= now),
            ENDPOINT.state == EndpointState.ACTIVE,
            PARTNER.state == PartnerState.ACTIVE,
            or_(
                MESSAGE.kind == MessageKind.TEST,
                tuple_(ENDPOINT.client_id, ENDPOINT.purpose).in_(list(feeds)),
            ),
        )
        .subquery()
    )


def _is_slow() -> Any:  # noqa: ANN401 - a column expression
    """Whether the endpoint's last attempt was over only after it lingered; where it has none, it was not."""
    last = (
        select(DELIVERY.duration_ms >= int(LINGERS_AFTER * 1000))
        .where(DELIVERY.endpoint_id == ENDPOINT.id, DELIVERY.duration_ms.is_not(None))
        .order_by(DELIVERY.id.desc())
        .limit(1)
        .correlate(WebhookEndpoint)
        .scalar_subquery()
    )
    return func.coalesce(last, false())


async def is_any_due(session: AsyncSession, now: datetime) -> bool:
    """Whether any message waits for its time no more; the cheap question before the whole one."""
    query = select(exists().where(MESSAGE.state == MessageState.PENDING, MESSAGE.next_attempt_at <= now))
    return bool((await session.execute(query)).scalar_one())


async def next_due(session: AsyncSession, now: datetime) -> datetime | None:
    """When the time of the next message comes, or the lease of one that is under way ends: None where none waits."""
    at = func.greatest(MESSAGE.next_attempt_at, MESSAGE.lease_until)  # which passes over what is NULL
    query = select(func.min(at)).where(MESSAGE.state == MessageState.PENDING, at > now)
    found: datetime | None = (await session.execute(query)).scalar_one()
    return found


async def interrupted(session: AsyncSession, message_id: UUID, now: datetime) -> None:
    """Attempts of this message whose worker stopped before it knew what came of them."""
    statement = update(WebhookDelivery).where(DELIVERY.message_id == message_id, DELIVERY.outcome == Outcome.STARTED)
    await session.execute(statement.values(outcome=Outcome.INTERRUPTED, next_attempt_at=now))


async def lock(session: AsyncSession, endpoint_id: UUID, message_id: UUID) -> tuple[WebhookEndpoint, WebhookMessage]:
    """Both rows, locked in the order everybody locks them."""
    endpoint = (
        await session.execute(select(WebhookEndpoint).where(ENDPOINT.id == endpoint_id).with_for_update(key_share=True))
    ).scalar_one()
    message = (
        await session.execute(select(WebhookMessage).where(MESSAGE.id == message_id).with_for_update())
    ).scalar_one()
    return endpoint, message


async def end_delivery(
    session: AsyncSession, delivery_id: UUID, outcome: str, status: int | None, took_ms: int, after: datetime | None
) -> None:
    """Write what came of an attempt."""
    statement = update(WebhookDelivery).where(DELIVERY.id == delivery_id)
    await session.execute(statement.values(outcome=outcome, status=status, duration_ms=took_ms, next_attempt_at=after))
