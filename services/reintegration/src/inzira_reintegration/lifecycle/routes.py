"""HTTP door of what makes a new episode."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_reintegration.lifecycle import service
from inzira_reintegration.lifecycle.schemas import CaseWritten, ReopeningCreate

router = APIRouter(tags=["case"])


@router.post(
    "/v1/reintegration/cases/{case_id}/reopenings",
    status_code=201,
    response_model=CaseWritten,
    **declared("closure:approve"),
)
async def reopen_case(
    case_id: UUID, body: ReopeningCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Follow a person again after closure: a new case, the closed one stays as it is."""
    case = await service.reopen_case(session, principal, clock, case_id, reopened_on=body.reopened_on or clock.today())
    answer = CaseWritten(id=case.id, version=case.version, previous_case_id=case_id, state=case.state)
    return await once.remember(201, answer)
