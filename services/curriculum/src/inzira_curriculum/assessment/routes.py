"""Knowledge tests over HTTP."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_curriculum.assessment import service
from inzira_curriculum.assessment.domain import Phase
from inzira_curriculum.assessment.schemas import TestCreate, TestWritten

router = APIRouter(tags=["assessment"])


@router.post(
    "/v1/curriculum/enrolments/{enrolment_id}/tests",
    status_code=201,
    response_model=TestWritten,
    **declared("test:record"),
)
async def record_test(
    enrolment_id: UUID,
    body: TestCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Record a pre- or post-test, or correct one."""
    paper = service.Paper(**body.model_dump())
    result, version = await service.record_test(session, principal, clock, enrolment_id, paper)
    return await once.remember(
        201,
        TestWritten(
            id=result.id,
            version=version,
            enrolment_id=result.enrolment_id,
            phase=Phase(result.phase),
            sitting=result.sitting,
            passed=result.passed,
        ),
    )
