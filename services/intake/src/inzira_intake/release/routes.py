"""Releases over HTTP: one officer prepares, another approves."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_intake.release import service
from inzira_intake.release.domain import OrderState
from inzira_intake.release.models import ReleaseOrder
from inzira_intake.release.schemas import ReleaseCreate, ReleaseWritten

router = APIRouter(tags=["release"])


@router.post(
    "/v1/persons/{person_id}/releases",
    status_code=201,
    response_model=ReleaseWritten,
    **declared("release:record"),
)
async def prepare_release(
    person_id: UUID,
    body: ReleaseCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Prepare a release order; it releases nobody until a second officer approves it."""
    order = await service.prepare_release(session, principal, clock, person_id, body.as_plan())
    return await once.remember(201, _written(order))


@router.post(
    "/v1/releases/{release_id}/approval",
    status_code=201,
    response_model=ReleaseWritten,
    **declared("release:record"),
)
async def approve_release(
    release_id: UUID, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Approve an order somebody else prepared: the person is released at the time it states."""
    order, _fact = await service.approve_release(session, principal, clock, release_id)
    return await once.remember(201, _written(order))


def _written(order: ReleaseOrder) -> ReleaseWritten:
    return ReleaseWritten(id=order.id, version=order.version, state=OrderState(order.state))
