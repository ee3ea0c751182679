"""HTTP of grants, for administrators and the data-protection officer."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.page import Page, PageDep
from inzira_platform.scope import as_system

from inzira_gateway.grant import service
from inzira_gateway.grant.deps import CatalogueDep
from inzira_gateway.grant.domain import Terms
from inzira_gateway.grant.schemas import GrantCreate, GrantRead, GrantWritten, ViewRead
from inzira_gateway.grant.service import NewGrant
from inzira_gateway.statistics.deps import CubesDep

router = APIRouter(tags=["grant"])


@router.get("/v1/admin/views", **declared("grant:approve"))
async def list_views(catalogue: CatalogueDep) -> list[ViewRead]:
    """The views grants may name, with their fields."""
    return [ViewRead.model_validate(view) for view in catalogue]


@router.get("/v1/admin/grants", **declared("grant:approve"))
async def list_grants(
    session: SessionDep, page: PageDep, partner_id: Annotated[UUID | None, Query(description="of one")] = None
) -> Page[GrantRead]:
    """Grants in the order they were proposed."""
    async with as_system(session):
        rows, cursor = await service.list_grants(session, partner_id, page)
    return Page(items=[GrantRead.model_validate(row) for row in rows], next_cursor=cursor)


@router.post("/v1/admin/grants", status_code=201, response_model=GrantWritten, **declared("grant:propose"))
async def propose_grant(
    body: GrantCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
    catalogue: CatalogueDep,
    cubes: CubesDep,
) -> JSONResponse:
    """Propose what a partner is to see; nothing is shown by it until a second person approves."""
    terms = Terms(
        body.route, body.row_filter, tuple(body.purposes), body.basis, body.basis_code, body.valid_from, body.valid_to
    )
    wanted = NewGrant(body.partner_id, terms, body.view, body.view_version, body.agreement)
    async with as_system(session):
        grant = await service.propose_grant(
            session, catalogue, cubes, wanted, by=principal.sub, now=clock.now(), today=clock.today()
        )
    return await once.remember(201, GrantWritten.model_validate(grant))


@router.post("/v1/admin/grants/{grant_id}/approval", response_model=GrantWritten, **declared("grant:approve"))
async def approve_grant(
    grant_id: UUID, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Approve a grant somebody else proposed."""
    async with as_system(session):
        grant = await service.approve_grant(session, grant_id, by=principal.sub, now=clock.now())
    return await once.remember(200, GrantWritten.model_validate(grant))


@router.post("/v1/admin/grants/{grant_id}/suspension", response_model=GrantWritten, **declared("grant:propose"))
async def suspend_grant(
    grant_id: UUID, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """End a grant at once. It stays ended: what is to hold again is proposed anew."""
    async with as_system(session):
        grant = await service.suspend_grant(session, grant_id, by=principal.sub, now=clock.now())
    return await once.remember(200, GrantWritten.model_validate(grant))
