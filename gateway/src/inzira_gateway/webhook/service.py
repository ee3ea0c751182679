"""The use cases of webhook endpoints: a partner looks after its own, an administrator may stop any."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from inzira_platform.bell import call
from inzira_platform.ids import new_id
from inzira_platform.page import PageRequest, paged
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.bells import WEBHOOKS
from inzira_gateway.feed import service as feeds
from inzira_gateway.grant import service as grants
from inzira_gateway.grant.domain import GrantRoute
from inzira_gateway.partner import service as partners
from inzira_gateway.webhook import repository
from inzira_gateway.webhook.domain import (
    EndpointState,
    FeedNotGrantedError,
    MessageKind,
    MessageOutstandingError,
    MessageState,
    NothingToReplayError,
    ReplayRangeError,
    RotationUnderWayError,
    Rules,
    TooManyEndpointsError,
    WebhookChangedError,
    WebhookStateError,
    rules_on,
)
from inzira_gateway.webhook.models import WebhookDelivery, WebhookEndpoint, WebhookKey, WebhookMessage
from inzira_gateway.webhook.rules import load_rules
from inzira_gateway.webhook.signing import new_key
from inzira_gateway.webhook.vault import KeyVault


@dataclass(frozen=True, slots=True)
class Moment:
    """When a use case runs, and by whom."""

    now: datetime
    today: date
    by: str

    @property
    def rules(self) -> Rules:
        return rules_on(load_rules(), self.today)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay does: the message that is sent, and how many wake-ups it stands for."""

    message: WebhookMessage
    stands_for: int


async def register(
    session: AsyncSession, vault: KeyVault, client_id: str, url: str, purpose: str, moment: Moment
) -> WebhookEndpoint:
    """Wake a partner at `url` from now on; the url was checked before.

    Raises FeedNotGrantedError and TooManyEndpointsError.
    """
    await repository.take_turn(session, client_id)
    if not await grants.in_force(session, client_id, GrantRoute.FEED, purpose, moment.today):
        raise FeedNotGrantedError(field="purpose")
    if await repository.count_endpoints(session, client_id) >= moment.rules.most_endpoints:
        raise TooManyEndpointsError
    endpoint = WebhookEndpoint(
        id=new_id(), client_id=client_id, url=url, purpose=purpose, state=EndpointState.ACTIVE,
        position=await feeds.last_position(session), created_at=moment.now, updated_at=moment.now,
    )  # fmt: skip
    session.add(endpoint)
    await session.flush()
    await _add_key(session, vault, endpoint, moment.now)
    _record(session, endpoint, "webhook.registered", moment)
    return endpoint


async def _add_key(session: AsyncSession, vault: KeyVault, endpoint: WebhookEndpoint, now: datetime) -> WebhookKey:
    key_id, (private, public) = new_id(), new_key()
    sealed, version = vault.seal(private, key_id)
    key = WebhookKey(
        id=key_id, endpoint_id=endpoint.id, public=public, sealed=sealed, key_version=version, created_at=now
    )
    session.add(key)
    await session.flush()
    return key


async def change(
    session: AsyncSession, client_id: str, endpoint_id: UUID, version: int, url: str | None, moment: Moment
) -> WebhookEndpoint:
    """Give an endpoint another address, and wake it there from now on: also one that was disabled.

    Raises WebhookNotFoundError, WebhookChangedError, and WebhookStateError for one an administrator suspended.
    """
    endpoint = await _own(session, client_id, endpoint_id, version)
    if endpoint.state == EndpointState.SUSPENDED:
        raise WebhookStateError
    endpoint.url = url or endpoint.url
    endpoint.state = EndpointState.ACTIVE
    await repository.hasten(session, endpoint.id, moment.now)
    return await _changed(session, endpoint, "webhook.changed", moment)


async def delete(session: AsyncSession, client_id: str, endpoint_id: UUID, version: int, moment: Moment) -> None:
    """End an endpoint: what is outstanding is given up, its private keys are forgotten.

    Raises WebhookNotFoundError and WebhookChangedError.
    """
    endpoint = await _own(session, client_id, endpoint_id, version)
    endpoint.state = EndpointState.DELETED
    await repository.cancel_pending(session, endpoint.id, moment.now)
    await repository.drop_private_keys(session, moment.now, endpoint.id)
    await _changed(session, endpoint, "webhook.deleted", moment)


async def _own(session: AsyncSession, client_id: str, endpoint_id: UUID, version: int) -> WebhookEndpoint:
    endpoint = await repository.get_endpoint(session, endpoint_id, client_id, lock=True)
    if endpoint.version != version:
        raise WebhookChangedError
    return endpoint


async def rotate(
    session: AsyncSession, vault: KeyVault, client_id: str, endpoint_id: UUID, moment: Moment
) -> WebhookEndpoint:
    """A new key; the old one signs beside it for the time the rules say, so that nothing is refused meanwhile.

    Raises WebhookNotFoundError, and RotationUnderWayError while two keys sign.
    """
    endpoint = await repository.get_endpoint(session, endpoint_id, client_id, lock=True)
    old = await repository.keys_of(session, [endpoint.id], moment.now)
    if len(old) > 1:
        raise RotationUnderWayError
    for key in old:
        key.ends_at = moment.now + timedelta(seconds=moment.rules.both_keys_s)
    await _add_key(session, vault, endpoint, moment.now)
    return await _changed(session, endpoint, "webhook.rotated", moment)


async def send_test(session: AsyncSession, client_id: str, endpoint_id: UUID, moment: Moment) -> WebhookMessage:
    """Send a message that says that it is a test.

    Raises WebhookNotFoundError, WebhookStateError for an endpoint that is not active, and MessageOutstandingError.
    """
    endpoint = await repository.get_endpoint(session, endpoint_id, client_id, lock=True)
    if endpoint.state != EndpointState.ACTIVE:
        raise WebhookStateError
    if await repository.pending(session, endpoint.id, MessageKind.TEST) is not None:
        raise MessageOutstandingError
    message = await add_message(session, endpoint, MessageKind.TEST, moment)
    _record(session, endpoint, "webhook.tested", moment)
    return message


async def add_message(
    session: AsyncSession, endpoint: WebhookEndpoint, kind: MessageKind, moment: Moment
) -> WebhookMessage:
    """A message that is due at once. Needs the gateway's own scope."""
    message = WebhookMessage(
        id=new_id(), endpoint_id=endpoint.id, kind=kind, state=MessageState.PENDING,
        rules_version=moment.rules.version, next_attempt_at=moment.now, created_at=moment.now,
    )  # fmt: skip
    session.add(message)
    await session.flush()
    return message


async def replay(
    session: AsyncSession, client_id: str, endpoint_id: UUID, since: datetime, until: datetime, moment: Moment
) -> Replayed:
    """Send the wake-ups of a time again, as one: they say the same. It is the latest of them, under its own id.

    One that is outstanding already is tried at once instead. Raises WebhookNotFoundError, WebhookStateError,
    ReplayRangeError and NothingToReplayError.
    """
    endpoint = await repository.get_endpoint(session, endpoint_id, client_id, lock=True)
    if endpoint.state != EndpointState.ACTIVE:
        raise WebhookStateError
    if not moment.now - timedelta(days=moment.rules.kept_days) <= since <= until:
        raise ReplayRangeError(field="since")
    outstanding = await repository.pending(session, endpoint.id, MessageKind.NEWS)
    count, latest = await repository.news_between(session, endpoint.id, since, until)
    if latest is None:
        raise NothingToReplayError
    message = outstanding or latest
    message.state, message.ended_at, message.next_attempt_at = MessageState.PENDING, None, moment.now
    message.attempts = 0
    _record(session, endpoint, "webhook.replayed", moment)
    await session.flush()
    return Replayed(message, count)


async def suspend(session: AsyncSession, endpoint_id: UUID, moment: Moment) -> WebhookEndpoint:
    """Stop waking an endpoint, whatever its partner wants. Raises WebhookNotFoundError and WebhookStateError."""
    endpoint = await repository.get_endpoint(session, endpoint_id, lock=True)
    if endpoint.state == EndpointState.SUSPENDED:
        raise WebhookStateError
    endpoint.state = EndpointState.SUSPENDED
    return await _changed(session, endpoint, "webhook.suspended", moment)


async def resume(session: AsyncSession, endpoint_id: UUID, moment: Moment) -> WebhookEndpoint:
    """Let a suspended endpoint be woken again. Raises WebhookNotFoundError and WebhookStateError."""
    endpoint = await repository.get_endpoint(session, endpoint_id, lock=True)
    if endpoint.state != EndpointState.SUSPENDED:
        raise WebhookStateError
    endpoint.state = EndpointState.ACTIVE
    return await _changed(session, endpoint, "webhook.resumed", moment)


async def _changed(session: AsyncSession, endpoint: WebhookEndpoint, action: str, moment: Moment) -> WebhookEndpoint:
    endpoint.version += 1
    endpoint.updated_at = moment.now
    _record(session, endpoint, action, moment)
    await session.flush()
    return endpoint


def _record(session: AsyncSession, endpoint: WebhookEndpoint, action: str, moment: Moment) -> None:
    partners.record(session, endpoint.client_id, action, moment.now, actor=moment.by, subject=endpoint.id)
    call(session, WEBHOOKS)


async def get_endpoint(
    session: AsyncSession, client_id: str, endpoint_id: UUID, now: datetime
) -> tuple[WebhookEndpoint, Sequence[WebhookKey]]:
    """One endpoint with the keys that sign. Raises WebhookNotFoundError."""
    endpoint = await repository.get_endpoint(session, endpoint_id, client_id)
    return endpoint, await repository.keys_of(session, [endpoint.id], now)


async def list_endpoints(
    session: AsyncSession, client_id: str | None, page: PageRequest, now: datetime
) -> tuple[list[tuple[WebhookEndpoint, list[WebhookKey]]], str | None]:
    """One page of endpoints with their keys, of one partner or of all."""
    rows, cursor = paged(await repository.list_endpoints(session, client_id, page), page.limit, lambda row: [row.id])
    keys = await repository.keys_of(session, [row.id for row in rows], now)
    return [(row, [key for key in keys if key.endpoint_id == row.id]) for row in rows], cursor


async def list_deliveries(
    session: AsyncSession, client_id: str | None, endpoint_id: UUID, page: PageRequest
) -> tuple[list[WebhookDelivery], str | None]:
    """One page of the delivery log, the latest first. Raises WebhookNotFoundError."""
    await repository.get_endpoint(session, endpoint_id, client_id)
    return paged(await repository.list_deliveries(session, endpoint_id, page), page.limit, lambda row: [row.id])
