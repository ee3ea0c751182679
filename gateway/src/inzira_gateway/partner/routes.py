"""HTTP of partners: the register for administrators, the token endpoint for their systems."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.page import Page, PageDep
from inzira_platform.scope import as_system

from inzira_gateway.partner import service
from inzira_gateway.partner.models import Partner, PartnerKey
from inzira_gateway.partner.schemas import (
    KeyCreate,
    KeyRead,
    KeyWritten,
    PartnerCreate,
    PartnerRead,
    PartnerWritten,
    RecordRead,
    TokenRead,
)
from inzira_gateway.partner.service import NewKey, NewPartner
from inzira_gateway.partner.tokens import Exchange, read_request
from inzira_gateway.token.domain import PARTNER_LIFE
from inzira_gateway.transactions import TransactionsDep

router = APIRouter(tags=["partner"])
MANAGE = "partner:manage"
TOKEN_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_assertion_type", "client_assertion"],
                    "properties": {
                        "grant_type": {"const": "client_credentials"},
                        "client_assertion_type": {"const": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
                        "client_assertion": {"type": "string", "maxLength": 4096},
                        "client_id": {"type": "string", "maxLength": 40},
                    },
                }
            }
        },
    },
    "x-max-body": 8192,
}


@router.post("/oauth/token", **declared("partner:token", openapi_extra=TOKEN_FORM))
async def issue_token(
    request: Request,
    transactions: TransactionsDep,
    clock: ClockDep,
    x_gateway_certificate: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> TokenRead:
    """Exchange a signed assertion (RFC 7523, ES256) for an access token of five minutes.

    `iss` and `sub` are the client id, `aud` is the issuer alone, `jti` is used once, `exp` at most five minutes
    after `iat`. A refusal does not say what was wrong; the operator's record of the partner does.
    """
    state = request.app.state
    use_case = Exchange(transactions, state.issuer, state.settings.issuer, clock)
    token = await use_case.exchange(read_request(await request.body()), x_gateway_certificate)
    return TokenRead(access_token=token, expires_in=int(PARTNER_LIFE.total_seconds()))


@router.get("/v1/admin/partners", **declared(MANAGE))
async def list_partners(session: SessionDep, page: PageDep) -> Page[PartnerRead]:
    """Partners by client id, with their keys."""
    async with as_system(session):
        rows, cursor = await service.list_partners(session, page)
    return Page(items=[_read(partner, keys) for partner, keys in rows], next_cursor=cursor)


@router.get("/v1/admin/partners/{partner_id}", **declared(MANAGE))
async def get_partner(partner_id: UUID, session: SessionDep) -> PartnerRead:
    """One partner with its keys."""
    async with as_system(session):
        return _read(*await service.get_partner(session, partner_id))


@router.get("/v1/admin/partners/{partner_id}/records", **declared(MANAGE))
async def list_records(
    partner_id: UUID,
    session: SessionDep,
    page: PageDep,
    outcome: Annotated[Literal["DONE", "REFUSED"] | None, Query(description="only these")] = None,
) -> Page[RecordRead]:
    """What was done about a partner and what it was refused, the latest first."""
    async with as_system(session):
        rows, cursor = await service.list_records(session, partner_id, page, outcome)
    return Page(items=[RecordRead.model_validate(row) for row in rows], next_cursor=cursor)


@router.post("/v1/admin/partners", status_code=201, response_model=PartnerWritten, **declared(MANAGE))
async def propose_partner(
    body: PartnerCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Propose a partner with its first keys; nothing can be done with them until a second person approves."""
    wanted = NewPartner(
        body.client_id,
        body.name,
        body.agency,
        body.requires_certificate,
        body.quota_per_minute,
        [_new_key(key) for key in body.keys],
    )
    async with as_system(session):
        partner = await service.propose_partner(session, wanted, by=principal.sub, now=clock.now())
    return await once.remember(201, PartnerWritten.model_validate(partner))


@router.post("/v1/admin/partners/{partner_id}/approval", response_model=PartnerWritten, **declared(MANAGE))
async def approve_partner(
    partner_id: UUID, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Approve a partner somebody else proposed, with the keys proposed for it."""
    async with as_system(session):
        partner = await service.approve_partner(session, partner_id, by=principal.sub, now=clock.now())
    return await once.remember(200, PartnerWritten.model_validate(partner))


@router.post("/v1/admin/partners/{partner_id}/suspension", response_model=PartnerWritten, **declared(MANAGE))
async def suspend_partner(
    partner_id: UUID, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Shut a partner out: its tokens are refused within 5 seconds."""
    async with as_system(session):
        partner = await service.suspend_partner(session, partner_id, by=principal.sub, now=clock.now())
    return await once.remember(200, PartnerWritten.model_validate(partner))


@router.post("/v1/admin/partners/{partner_id}/resumption", response_model=PartnerWritten, **declared(MANAGE))
async def resume_partner(
    partner_id: UUID, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Propose a suspended partner anew; a second person approves."""
    async with as_system(session):
        partner = await service.resume_partner(session, partner_id, by=principal.sub, now=clock.now())
    return await once.remember(200, PartnerWritten.model_validate(partner))


@router.post("/v1/admin/partners/{partner_id}/keys", status_code=201, response_model=KeyWritten, **declared(MANAGE))
async def add_key(
    partner_id: UUID, body: KeyCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Propose a further key; the ones in use stay good, so that a partner changes over without a pause."""
    async with as_system(session):
        key = await service.add_key(session, partner_id, _new_key(body), by=principal.sub, now=clock.now())
    return await once.remember(201, KeyWritten.model_validate(key))


@router.post("/v1/admin/partners/{partner_id}/keys/{key_id}/approval", response_model=KeyWritten, **declared(MANAGE))
async def approve_key(
    partner_id: UUID, key_id: UUID, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Approve a key somebody else proposed."""
    async with as_system(session):
        key = await service.approve_key(session, partner_id, key_id, by=principal.sub, now=clock.now())
    return await once.remember(200, KeyWritten.model_validate(key))


@router.post("/v1/admin/partners/{partner_id}/keys/{key_id}/revocation", response_model=KeyWritten, **declared(MANAGE))
async def revoke_key(
    partner_id: UUID, key_id: UUID, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """End a key; every token of the partner is refused within 5 seconds and asked for anew with another key."""
    async with as_system(session):
        key = await service.revoke_key(session, partner_id, key_id, by=principal.sub, now=clock.now())
    return await once.remember(200, KeyWritten.model_validate(key))


def _new_key(body: KeyCreate) -> NewKey:
    return NewKey(body.not_after, body.jwk.model_dump() if body.jwk is not None else None, body.x5t_s256)


def _read(partner: Partner, keys: list[PartnerKey]) -> PartnerRead:
    fields = {name: getattr(partner, name) for name in PartnerRead.model_fields if name != "keys"}
    return PartnerRead(**fields, keys=[KeyRead.model_validate(key) for key in keys])
