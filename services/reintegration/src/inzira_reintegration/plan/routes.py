"""HTTP door of assessments and plans."""

from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, IfMatchDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import etag

from inzira_reintegration.plan import service
from inzira_reintegration.plan.domain import Goal
from inzira_reintegration.plan.schemas import (
    AssessmentCreate,
    AssessmentRead,
    AssessmentWritten,
    GoalRead,
    PlanRead,
    PlanWrite,
    PlanWritten,
)

router = APIRouter(tags=["plan"])


@router.post(
    "/v1/reintegration/cases/{case_id}/assessments",
    status_code=201,
    response_model=AssessmentWritten,
    **declared("case:plan"),
)
async def record_assessment(
    case_id: UUID, body: AssessmentCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Record the assessment before release, or a review after it."""
    row, version = await service.record_assessment(
        session,
        principal,
        clock,
        case_id,
        kind=body.kind,
        held_on=body.held_on,
        scores={str(code): score for code, score in body.scores.items()},
    )
    return await once.remember(201, AssessmentWritten(id=row.id, version=version, case_id=case_id))


@router.put("/v1/reintegration/cases/{case_id}/plan", **declared("case:plan"))
async def write_plan(
    case_id: UUID,
    body: PlanWrite,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    if_match: IfMatchDep,
    response: Response,
) -> PlanWritten:
    """Write the next version of the plan; If-Match carries the case's ETag."""
    goals = [Goal(goal.domain_code, goal.goal_code, goal.owner, goal.due_on, goal.state) for goal in body.goals]
    plan, version = await service.write_plan(
        session, principal, clock, case_id, if_match, goals=goals, tier=body.tier, signed_on=body.signed_on
    )
    response.headers["ETag"] = etag(version)
    signed = plan.signed_on is not None
    return PlanWritten(id=plan.id, version=version, case_id=case_id, plan_version=plan.plan_version, is_signed=signed)


@router.get("/v1/reintegration/cases/{case_id}/plan", **declared("visit:record"))
async def read_plan(case_id: UUID, session: SessionDep, principal: PrincipalDep) -> PlanRead:
    """The newest plan and the assessments, for those who follow the person."""
    plan, goals, assessments = await service.read_plan(session, principal, case_id)
    return PlanRead(
        case_id=case_id,
        plan_version=plan.plan_version if plan else None,
        tier=plan.tier if plan else None,
        signed_on=plan.signed_on if plan else None,
        goals=[GoalRead.model_validate(goal) for goal in goals],
        assessments=[AssessmentRead.model_validate(row) for row in assessments],
    )
