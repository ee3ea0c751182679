"""HTTP door of visits."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_reintegration.visit import service
from inzira_reintegration.visit.schemas import VisitCreate, VisitList, VisitRead, VisitWritten

router = APIRouter(tags=["visit"])


@router.post(
    "/v1/reintegration/cases/{case_id}/visits",
    status_code=201,
    response_model=VisitWritten,
    **declared("visit:record"),
)
async def record_visit(
    case_id: UUID, body: VisitCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Record a visit or another contact after release."""
    visit, version = await service.record_visit(
        session,
        principal,
        clock,
        case_id,
        kind=body.kind,
        held_on=body.held_on,
        scores={str(code): score for code, score in body.scores.items()},
        due_code=body.due_code,
    )
    answer = VisitWritten(id=visit.id, version=version, case_id=case_id, due_code=visit.due_code, in_time=visit.in_time)
    return await once.remember(201, answer)


@router.get("/v1/reintegration/cases/{case_id}/visits", **declared("visit:record"))
async def list_visits(case_id: UUID, session: SessionDep, principal: PrincipalDep) -> VisitList:
    """Visits of a case, the latest first: last time's scores beside this time's."""
    rows = await service.read_visits(session, principal, case_id)
    return VisitList(items=[VisitRead.model_validate(row) for row in rows])
