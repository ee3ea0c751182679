"""HTTP door of schedules."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_reintegration.followup import service
from inzira_reintegration.followup.schemas import CompletionCreate, CompletionWritten, DueItemRead, Schedule

router = APIRouter(tags=["follow-up"])


@router.get("/v1/reintegration/cases/{case_id}/schedule", **declared("case:read"))
async def read_schedule(case_id: UUID, session: SessionDep, principal: PrincipalDep) -> Schedule:
    """What is due, done, missed and taken off; a facility sees its milestones."""
    rows = await service.read_schedule(session, principal, case_id)
    return Schedule(case_id=case_id, items=[DueItemRead.model_validate(row) for row in rows])


@router.post(
    "/v1/reintegration/due-items/{due_item_id}/completions",
    status_code=201,
    response_model=CompletionWritten,
    **declared("case:plan"),
)
async def complete_item(
    due_item_id: UUID,
    body: CompletionCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Complete preparation (R3, R4, R5, R7), a duty of parole, or a step of the search for a lost person."""
    row, version = await service.complete_item(
        session, principal, clock, due_item_id, body.done_on, body.outcome_code, body.checklist
    )
    answer = CompletionWritten(id=row.id, version=version, case_id=row.case_id, state=row.state)
    return await once.remember(201, answer)
