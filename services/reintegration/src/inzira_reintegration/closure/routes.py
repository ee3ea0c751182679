"""HTTP door of closures."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_reintegration.closure import service
from inzira_reintegration.closure.models import Closure
from inzira_reintegration.closure.schemas import (
    ApprovalCreate,
    ClosureCreate,
    ClosureWritten,
    CriterionRead,
    Readiness,
)

router = APIRouter(tags=["closure"])


@router.get("/v1/reintegration/cases/{case_id}/closure-readiness", **declared("case:close"))
async def read_readiness(case_id: UUID, session: SessionDep, principal: PrincipalDep, clock: ClockDep) -> Readiness:
    """What still stands against closing the case, in plain words."""
    found, codes = await service.read_readiness(session, principal, clock, case_id)
    return Readiness(
        case_id=case_id,
        criteria=[CriterionRead(code=one.code, met=one.met, reasons=list(one.reasons)) for one in found],
        codes=codes,
    )


@router.post(
    "/v1/reintegration/cases/{case_id}/closures",
    status_code=201,
    response_model=ClosureWritten,
    **declared("case:close"),
)
async def request_closure(
    case_id: UUID, body: ClosureCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Ask to close a case; refused with every reason while criteria are unmet."""
    row, _ = await service.request_closure(
        session,
        principal,
        clock,
        case_id,
        closure_code=body.closure_code,
        closes_on=body.closes_on or clock.today(),
    )
    return await once.remember(201, _written(row))


@router.post(
    "/v1/reintegration/closures/{closure_id}/approval",
    status_code=201,
    response_model=ClosureWritten,
    **declared("closure:approve"),
)
async def decide_closure(
    closure_id: UUID,
    body: ApprovalCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Approve or refuse a closure somebody else asked for."""
    approve = body.decision == "APPROVE"
    row = await service.decide_closure(session, principal, clock, closure_id, approve=approve)
    return await once.remember(201, _written(row))


def _written(row: Closure) -> ClosureWritten:
    return ClosureWritten(
        id=row.id, version=row.version, case_id=row.case_id, state=row.state, closure_code=row.closure_code
    )
