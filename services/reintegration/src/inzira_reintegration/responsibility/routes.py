"""HTTP door of assignments and handovers."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_reintegration.responsibility import service
from inzira_reintegration.responsibility.schemas import (
    AssignmentCreate,
    AssignmentWritten,
    CaseloadList,
    CaseloadRead,
    DecisionCreate,
    HandoverCreate,
    HandoverWritten,
)
from inzira_reintegration.rules import Worker

router = APIRouter(tags=["responsibility"])


@router.post(
    "/v1/reintegration/cases/{case_id}/assignments",
    status_code=201,
    response_model=AssignmentWritten,
    **declared("case:assign"),
)
async def assign_worker(
    case_id: UUID, body: AssignmentCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Name the responsible worker of your organisation, or the facility's contact."""
    row, version = await service.assign_worker(
        session,
        principal,
        clock,
        case_id,
        worker_id=body.worker_id,
        role=body.role,
        started_on=body.started_on or clock.today(),
    )
    return await once.remember(201, AssignmentWritten(id=row.id, version=version, case_id=row.case_id))


@router.post(
    "/v1/reintegration/cases/{case_id}/handovers",
    status_code=201,
    response_model=HandoverWritten,
    **declared("handover:offer"),
)
async def offer_handover(
    case_id: UUID, body: HandoverCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Offer a case to another worker; you stay responsible until they accept."""
    row, _ = await service.offer_handover(
        session,
        principal,
        clock,
        case_id,
        to=Worker(worker_id=body.to_worker, org=body.to_org),
        reason_code=body.reason_code,
        offered_on=body.offered_on or clock.today(),
    )
    answer = HandoverWritten(id=row.id, version=row.version, case_id=row.case_id, state=row.state)
    return await once.remember(201, answer)


@router.post(
    "/v1/reintegration/handovers/{handover_id}/decisions",
    status_code=201,
    response_model=HandoverWritten,
    **declared("handover:decide"),
)
async def decide_handover(
    handover_id: UUID,
    body: DecisionCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Accept a case offered to you, or decline it."""
    row = await service.decide_handover(
        session,
        principal,
        clock,
        handover_id,
        decision=body.decision,
        decided_on=body.decided_on or clock.today(),
        reason_code=body.reason_code,
    )
    answer = HandoverWritten(id=row.id, version=row.version, case_id=row.case_id, state=row.state)
    return await once.remember(201, answer)


@router.get("/v1/reintegration/workers", **declared("worklist:read"))
async def list_workers(session: SessionDep, principal: PrincipalDep, clock: ClockDep) -> CaseloadList:
    """How the open cases in your reach are spread over the workers; counts only."""
    found = await service.list_caseloads(session, principal, clock)
    return CaseloadList(items=[CaseloadRead.model_validate(row) for row in found])
