"""HTTP of webhooks: for partners their own endpoints, for administrators all of them."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from inzira_platform.deps import ClockDep, IfMatchDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.errors import DomainError
from inzira_platform.http import etag
from inzira_platform.page import Page, PageDep
from inzira_platform.scope import as_system

from inzira_gateway.partner import service as partners
from inzira_gateway.partner.refusals import Refusals
from inzira_gateway.webhook import service, signing
from inzira_gateway.webhook.address import Reach, parse_target
from inzira_gateway.webhook.models import WebhookDelivery, WebhookEndpoint, WebhookKey
from inzira_gateway.webhook.schemas import (
    DeliveryRead,
    JwkRead,
    JwksRead,
    MessageWritten,
    ReplayCreate,
    ReplayWritten,
    WebhookCreate,
    WebhookKeyRead,
    WebhookOverseenRead,
    WebhookRead,
    WebhookUpdate,
    WebhookWritten,
)
from inzira_gateway.webhook.service import Moment
from inzira_gateway.webhook.transport import Resolver, resolve_vetted
from inzira_gateway.webhook.vault import KeyVault

OWN, OVERSEE = "partner:webhook", "webhook:oversee"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class RecordedRoute(APIRoute):
    """A route whose refusals stand on the partner's record, in a transaction of their own."""

    def get_route_handler(self) -> Handler:
        answer = super().get_route_handler()

        async def recorded(request: Request) -> Response:
            try:
                return await answer(request)
            except DomainError as error:
                refusals: Refusals = request.app.state.refusals
                await refusals.note(request.scope["principal"], request.method, self.path, error.code)
                raise

        return recorded


router = APIRouter(tags=["webhook"], route_class=RecordedRoute)


async def _moment(clock: ClockDep, principal: PrincipalDep) -> Moment:
    return Moment(clock.now(), clock.today(), principal.sub)


async def _vault(request: Request) -> KeyVault:
    vault: KeyVault = request.app.state.webhook_vault
    return vault


MomentDep = Annotated[Moment, Depends(_moment)]
VaultDep = Annotated[KeyVault, Depends(_vault)]


async def _checked(request: Request, url: str) -> str:
    """An address that may be woken, in its one form. No transaction is open while its name is resolved."""
    reach: Reach = request.app.state.webhook_reach
    resolver: Resolver = request.app.state.webhook_resolver
    target = parse_target(url, reach)
    await resolve_vetted(resolver, target, reach)
    return target.url


async def _new_url(request: Request, body: WebhookCreate) -> str:
    return await _checked(request, body.url)


async def _other_url(request: Request, body: WebhookUpdate) -> str | None:
    return await _checked(request, body.url) if body.url is not None else None


@router.get("/v1/webhooks", **declared(OWN))
async def list_webhooks(
    session: SessionDep, principal: PrincipalDep, page: PageDep, moment: MomentDep
) -> Page[WebhookRead]:
    """Your endpoints, with the keys their messages are signed with."""
    async with as_system(session):
        rows, cursor = await service.list_endpoints(session, principal.sub, page, moment.now)
    return Page(items=[_read(endpoint, keys) for endpoint, keys in rows], next_cursor=cursor)


@router.post("/v1/webhooks", status_code=201, response_model=WebhookWritten, **declared(OWN))
async def register_webhook(
    url: Annotated[str, Depends(_new_url)],  # before the session, so that none is open while the name is resolved
    body: WebhookCreate,
    session: SessionDep,
    principal: PrincipalDep,
    moment: MomentDep,
    vault: VaultDep,
    once: OnceDep,
) -> JSONResponse:
    """Be woken at an address when the feed of a purpose holds something new for you."""
    async with as_system(session):
        endpoint = await service.register(session, vault, principal.sub, url, body.purpose, moment)
    return await once.remember(201, WebhookWritten.model_validate(endpoint))


@router.get("/v1/webhooks/{endpoint_id}", **declared(OWN))
async def get_webhook(
    endpoint_id: UUID, session: SessionDep, principal: PrincipalDep, moment: MomentDep, response: Response
) -> WebhookRead:
    """One of your endpoints; its ETag goes into If-Match of a change."""
    async with as_system(session):
        endpoint, keys = await service.get_endpoint(session, principal.sub, endpoint_id, moment.now)
    response.headers["ETag"] = etag(endpoint.version)
    return _read(endpoint, keys)


@router.patch("/v1/webhooks/{endpoint_id}", **declared(OWN))
async def change_webhook(
    endpoint_id: UUID,
    version: IfMatchDep,
    url: Annotated[str | None, Depends(_other_url)],
    session: SessionDep,
    principal: PrincipalDep,
    moment: MomentDep,
    response: Response,
) -> WebhookWritten:
    """Another address; an endpoint that was disabled is switched on again."""
    async with as_system(session):
        endpoint = await service.change(session, principal.sub, endpoint_id, version, url, moment)
    response.headers["ETag"] = etag(endpoint.version)
    return WebhookWritten.model_validate(endpoint)


@router.delete("/v1/webhooks/{endpoint_id}", status_code=204, **declared(OWN))
async def delete_webhook(
    endpoint_id: UUID, version: IfMatchDep, session: SessionDep, principal: PrincipalDep, moment: MomentDep
) -> Response:
    """End an endpoint: nothing is sent there any more, its private keys are forgotten."""
    async with as_system(session):
        await service.delete(session, principal.sub, endpoint_id, version, moment)
    return Response(status_code=204)


@router.get("/v1/webhooks/{endpoint_id}/keys", **declared(OWN))
async def list_webhook_keys(
    endpoint_id: UUID, session: SessionDep, principal: PrincipalDep, moment: MomentDep
) -> JwksRead:
    """The public keys an endpoint's messages may be signed with now, as a JWK set."""
    async with as_system(session):
        _, keys = await service.get_endpoint(session, principal.sub, endpoint_id, moment.now)
    return JwksRead(keys=[_jwk(key) for key in keys])


@router.get("/v1/webhooks/{endpoint_id}/deliveries", **declared(OWN))
async def list_webhook_deliveries(
    endpoint_id: UUID, session: SessionDep, principal: PrincipalDep, page: PageDep
) -> Page[DeliveryRead]:
    """Every attempt of the last 30 days, the latest first."""
    async with as_system(session):
        rows, cursor = await service.list_deliveries(session, principal.sub, endpoint_id, page)
    return Page(items=[_delivery(row) for row in rows], next_cursor=cursor)


@router.post("/v1/webhooks/{endpoint_id}/rotate", response_model=WebhookWritten, **declared(OWN))
async def rotate_webhook_key(
    endpoint_id: UUID, session: SessionDep, principal: PrincipalDep, moment: MomentDep, vault: VaultDep, once: OnceDep
) -> JSONResponse:
    """A new signing key. For 24 hours messages carry a signature of the old one beside that of the new one."""
    async with as_system(session):
        endpoint = await service.rotate(session, vault, principal.sub, endpoint_id, moment)
    return await once.remember(200, WebhookWritten.model_validate(endpoint))


@router.post("/v1/webhooks/{endpoint_id}/test", status_code=202, response_model=MessageWritten, **declared(OWN))
async def send_test_message(
    endpoint_id: UUID, session: SessionDep, principal: PrincipalDep, moment: MomentDep, once: OnceDep
) -> JSONResponse:
    """Have a test message sent, signed and tried again like any other."""
    async with as_system(session):
        message = await service.send_test(session, principal.sub, endpoint_id, moment)
    return await once.remember(202, MessageWritten(webhook_id=f"msg_{message.id}"))


@router.post("/v1/webhooks/{endpoint_id}/replay", status_code=202, response_model=ReplayWritten, **declared(OWN))
async def replay_webhook(
    endpoint_id: UUID,
    body: ReplayCreate,
    session: SessionDep,
    principal: PrincipalDep,
    moment: MomentDep,
    once: OnceDep,
) -> JSONResponse:
    """Have the wake-ups of a time sent again, as one message: they all say the same."""
    async with as_system(session):
        replayed = await service.replay(
            session, principal.sub, endpoint_id, body.since, body.until or moment.now, moment
        )
    told = ReplayWritten(webhook_id=f"msg_{replayed.message.id}", stands_for=replayed.stands_for)
    return await once.remember(202, told)


@router.get("/v1/admin/webhooks", **declared(OVERSEE))
async def oversee_webhooks(
    session: SessionDep,
    page: PageDep,
    moment: MomentDep,
    partner_id: Annotated[UUID | None, Query(description="of one")] = None,
) -> Page[WebhookOverseenRead]:
    """Endpoints in the order they were registered."""
    async with as_system(session):
        client_id = None
        if partner_id is not None:
            client_id = (await partners.get_partner(session, partner_id))[0].client_id
        rows, cursor = await service.list_endpoints(session, client_id, page, moment.now)
    return Page(items=[_overseen(endpoint) for endpoint, _ in rows], next_cursor=cursor)


@router.get("/v1/admin/webhooks/{endpoint_id}/deliveries", **declared(OVERSEE))
async def oversee_webhook_deliveries(endpoint_id: UUID, session: SessionDep, page: PageDep) -> Page[DeliveryRead]:
    """Every attempt of the last 30 days, the latest first."""
    async with as_system(session):
        rows, cursor = await service.list_deliveries(session, None, endpoint_id, page)
    return Page(items=[_delivery(row) for row in rows], next_cursor=cursor)


@router.post("/v1/admin/webhooks/{endpoint_id}/suspension", response_model=WebhookWritten, **declared(OVERSEE))
async def suspend_webhook(endpoint_id: UUID, session: SessionDep, moment: MomentDep, once: OnceDep) -> JSONResponse:
    """Stop waking an endpoint; its partner cannot switch it on again."""
    async with as_system(session):
        endpoint = await service.suspend(session, endpoint_id, moment)
    return await once.remember(200, WebhookWritten.model_validate(endpoint))


@router.post("/v1/admin/webhooks/{endpoint_id}/resumption", response_model=WebhookWritten, **declared(OVERSEE))
async def resume_webhook(endpoint_id: UUID, session: SessionDep, moment: MomentDep, once: OnceDep) -> JSONResponse:
    """Let a suspended endpoint be woken again; what waited is sent."""
    async with as_system(session):
        endpoint = await service.resume(session, endpoint_id, moment)
    return await once.remember(200, WebhookWritten.model_validate(endpoint))


def _read(endpoint: WebhookEndpoint, keys: Sequence[WebhookKey]) -> WebhookRead:
    fields = {name: getattr(endpoint, name) for name in WebhookRead.model_fields if name != "keys"}
    return WebhookRead(**fields, keys=[_key(key) for key in keys])


def _overseen(endpoint: WebhookEndpoint) -> WebhookOverseenRead:
    fields = {name: getattr(endpoint, name) for name in WebhookOverseenRead.model_fields if name != "host"}
    return WebhookOverseenRead(**fields, host=endpoint.url.split("/")[2])


def _key(key: WebhookKey) -> WebhookKeyRead:
    return WebhookKeyRead(
        kid=signing.key_id(key.public), public_key=signing.public_text(key.public), signs_until=key.ends_at
    )


def _jwk(key: WebhookKey) -> JwkRead:
    x = signing.coordinate(key.public)
    return JwkRead(kty="OKP", crv="Ed25519", use="sig", kid=signing.key_id(key.public), x=x)


def _delivery(row: WebhookDelivery) -> DeliveryRead:
    fields = {name: getattr(row, name) for name in DeliveryRead.model_fields if name != "webhook_id"}
    return DeliveryRead(**fields, webhook_id=f"msg_{row.message_id}")
