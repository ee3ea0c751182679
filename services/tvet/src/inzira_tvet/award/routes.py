"""Awards over HTTP."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_tvet.award import service
from inzira_tvet.award.schemas import AwardCreate, AwardWritten

router = APIRouter(tags=["award"])


@router.post(
    "/v1/tvet/trainings/{training_id}/award",
    status_code=201,
    response_model=AwardWritten,
    **declared("award:grant"),
)
async def grant_award(
    training_id: UUID,
    body: AwardCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Record the award of a completed training; a refusal lists every reason."""
    paper = service.Certificate(body.rtb_number, body.awarded_on, body.verifier)
    row, training = await service.grant_award(session, principal, clock, training_id, paper)
    return await once.remember(201, AwardWritten(id=row.id, version=training.version, state=training.state))
