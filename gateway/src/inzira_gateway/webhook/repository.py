"""Every SQL statement about webhooks, but those of claiming and recording attempts (`attempts.py`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from inzira_platform.page import InvalidCursorError, PageRequest
from sqlalchemy import delete, exists, func, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.webhook.domain import EndpointState, MessageKind, MessageState, WebhookNotFoundError
from inzira_gateway.webhook.models import WebhookDelivery, WebhookEndpoint, WebhookKey, WebhookMessage

ENDPOINT: Any = WebhookEndpoint
KEY: Any = WebhookKey
MESSAGE: Any = WebhookMessage
DELIVERY: Any = WebhookDelivery


async def take_turn(session: AsyncSession, client_id: str) -> None:
    """One registration of a partner at a time: the limit is counted without a gap."""
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 11))")
    await session.execute(lock, {"key": f"webhook|{client_id}"})


async def count_endpoints(session: AsyncSession, client_id: str) -> int:
    """Endpoints of a partner that are not deleted."""
    query = select(func.count()).where(ENDPOINT.client_id == client_id, ENDPOINT.state != EndpointState.DELETED)
    return int((await session.execute(query.select_from(WebhookEndpoint))).scalar_one())


async def get_endpoint(
    session: AsyncSession, endpoint_id: UUID, client_id: str | None = None, *, lock: bool = False
) -> WebhookEndpoint:
    """One endpoint; of any partner where none is named.

    Raises WebhookNotFoundError, also for another partner's and for a deleted one.
    """
    query = select(WebhookEndpoint).where(ENDPOINT.id == endpoint_id, ENDPOINT.state != EndpointState.DELETED)
    if client_id is not None:
        query = query.where(ENDPOINT.client_id == client_id)
    if lock:
        query = query.with_for_update(key_share=True)  # rows that point here may be written meanwhile
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise WebhookNotFoundError
    return found


async def list_endpoints(session: AsyncSession, client_id: str | None, page: PageRequest) -> Sequence[WebhookEndpoint]:
    """In the order they were registered; one more than the page holds."""
    query = select(WebhookEndpoint).where(ENDPOINT.state != EndpointState.DELETED)
    if client_id is not None:
        query = query.where(ENDPOINT.client_id == client_id)
    after = page.after(1)
    if after is not None:
        query = query.where(ENDPOINT.id > _uuid(after[0]))
    return (await session.execute(query.order_by(ENDPOINT.id).limit(page.limit + 1))).scalars().all()


async def keys_of(session: AsyncSession, endpoint_ids: Sequence[UUID], now: datetime) -> Sequence[WebhookKey]:
    """Keys that sign now, the newest first."""
    query = select(WebhookKey).where(
        KEY.endpoint_id.in_(endpoint_ids), KEY.sealed.is_not(None), (KEY.ends_at.is_(None)) | (KEY.ends_at > now)
    )
    return (await session.execute(query.order_by(KEY.created_at.desc(), KEY.id.desc()))).scalars().all()


async def drop_private_keys(session: AsyncSession, ended_before: datetime, endpoint_id: UUID | None = None) -> None:
    """Forget the private half of keys that have ended, or of all keys of one endpoint."""
    statement = update(WebhookKey).where(KEY.sealed.is_not(None)).values(sealed=None)
    if endpoint_id is None:
        statement = statement.where(KEY.ends_at <= ended_before)
    else:
        statement = statement.where(KEY.endpoint_id == endpoint_id)
    await session.execute(statement)


async def pending(session: AsyncSession, endpoint_id: UUID, kind: MessageKind) -> WebhookMessage | None:
    """The outstanding message of a kind, locked."""
    query = select(WebhookMessage).where(
        MESSAGE.endpoint_id == endpoint_id, MESSAGE.kind == kind, MESSAGE.state == MessageState.PENDING
    )
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


async def news_between(
    session: AsyncSession, endpoint_id: UUID, since: datetime, until: datetime
) -> tuple[int, WebhookMessage | None]:
    """How many wake-ups were made in a time, and the latest of them, locked."""
    made = (
        MESSAGE.endpoint_id == endpoint_id, MESSAGE.kind == MessageKind.NEWS,
        MESSAGE.created_at >= since, MESSAGE.created_at <= until,
    )  # fmt: skip
    count = int((await session.execute(select(func.count()).select_from(WebhookMessage).where(*made))).scalar_one())
    latest = select(WebhookMessage).where(*made).order_by(MESSAGE.created_at.desc(), MESSAGE.id.desc()).limit(1)
    return count, (await session.execute(latest.with_for_update())).scalar_one_or_none()


async def cancel_pending(session: AsyncSession, endpoint_id: UUID, now: datetime) -> None:
    """Give up what is outstanding; an attempt under way ends in the log alone."""
    statement = update(WebhookMessage).where(MESSAGE.endpoint_id == endpoint_id, MESSAGE.state == MessageState.PENDING)
    await session.execute(
        statement.values(state=MessageState.CANCELLED, ended_at=now, next_attempt_at=None, lease=None, lease_until=None)
    )


async def list_deliveries(session: AsyncSession, endpoint_id: UUID, page: PageRequest) -> Sequence[WebhookDelivery]:
    """Attempts, the latest first; one more than the page holds."""
    query = select(WebhookDelivery).where(DELIVERY.endpoint_id == endpoint_id)
    after = page.after(1)
    if after is not None:
        query = query.where(DELIVERY.id < _uuid(after[0]))
    return (await session.execute(query.order_by(DELIVERY.id.desc()).limit(page.limit + 1))).scalars().all()


async def is_any_behind(session: AsyncSession, position: int) -> bool:
    """Whether any active endpoint has not looked up to `position`."""
    query = select(exists().where(ENDPOINT.state == EndpointState.ACTIVE, ENDPOINT.position < position))
    return bool((await session.execute(query)).scalar_one())


async def hasten(session: AsyncSession, endpoint_id: UUID, now: datetime) -> None:
    """Try what waits at once."""
    statement = update(WebhookMessage).where(
        MESSAGE.endpoint_id == endpoint_id, MESSAGE.state == MessageState.PENDING, MESSAGE.lease.is_(None)
    )
    await session.execute(statement.values(next_attempt_at=now))


async def behind(session: AsyncSession, position: int, feeds: Sequence[tuple[str, str]]) -> Sequence[UUID]:
    """Endpoints that wait for news of one of these (client id, purpose) and have not looked up to `position`."""
    query = select(ENDPOINT.id).where(
        ENDPOINT.state == EndpointState.ACTIVE,
        ENDPOINT.position < position,
        tuple_(ENDPOINT.client_id, ENDPOINT.purpose).in_(feeds),
    )
    return (await session.execute(query.order_by(ENDPOINT.position))).scalars().all()


async def take_if_free(session: AsyncSession, endpoint_id: UUID) -> WebhookEndpoint | None:
    """The endpoint, locked; None when it is not active any more or another worker has it."""
    query = select(WebhookEndpoint).where(ENDPOINT.id == endpoint_id, ENDPOINT.state == EndpointState.ACTIVE)
    locked = query.with_for_update(key_share=True, skip_locked=True)
    return (await session.execute(locked)).scalar_one_or_none()


async def prune(session: AsyncSession, before: datetime) -> None:
    """Forget messages that ended before, with their deliveries."""
    await session.execute(delete(WebhookMessage).where(MESSAGE.ended_at < before))


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error
