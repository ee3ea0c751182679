"""Statements of attainment over HTTP."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_tvet.attainment import service
from inzira_tvet.attainment.schemas import StatementCreate, StatementWritten

router = APIRouter(tags=["attainment"])


@router.post(
    "/v1/tvet/trainings/{training_id}/statements",
    status_code=201,
    response_model=StatementWritten,
    **declared("award:grant"),
)
async def state_attainment(
    training_id: UUID,
    body: StatementCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Issue a statement of the modules competent so far."""
    row = await service.state_attainment(session, principal, clock, training_id, body.issued_on)
    return await once.remember(201, StatementWritten(id=row.id, version=1, modules=row.modules))
