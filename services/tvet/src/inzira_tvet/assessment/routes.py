"""Assessments over HTTP."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_tvet.assessment import service
from inzira_tvet.assessment.domain import Result
from inzira_tvet.assessment.schemas import (
    AssessmentWritten,
    IntegratedAssessmentCreate,
    ModuleAssessmentCreate,
)
from inzira_tvet.progress import service as progress

router = APIRouter(tags=["assessment"])


@router.post(
    "/v1/tvet/trainings/{training_id}/assessments",
    status_code=201,
    response_model=AssessmentWritten,
    **declared("training:assess"),
)
async def assess_module(
    training_id: UUID,
    body: ModuleAssessmentCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Record one sitting of a module, outcome by outcome."""
    given = service.ModuleSitting(**dict(body))
    done = await progress.record_module_assessment(session, principal, clock, training_id, given)
    return await once.remember(201, _written(done))


@router.post(
    "/v1/tvet/trainings/{training_id}/integrated-assessments",
    status_code=201,
    response_model=AssessmentWritten,
    **declared("training:assess"),
)
async def assess_whole(
    training_id: UUID,
    body: IntegratedAssessmentCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Record one sitting of the integrated assessment."""
    given = service.Whole(**dict(body))
    done = await progress.record_integrated_assessment(session, principal, clock, training_id, given)
    return await once.remember(201, _written(done))


def _written(done: progress.Recorded) -> AssessmentWritten:
    return AssessmentWritten(
        id=done.id,
        version=done.version,
        state=done.state,
        attempt=done.attempt,
        result=Result(done.result),
    )
