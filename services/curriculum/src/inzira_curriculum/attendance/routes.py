"""Marking attendance over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.outbox import record_access

from inzira_curriculum.attendance import service
from inzira_curriculum.attendance.domain import MarkKind
from inzira_curriculum.attendance.schemas import MarkList, MarkRead, RegisterCreate, RegisterWritten
from inzira_curriculum.cohort.domain import CohortState

router = APIRouter(tags=["attendance"])

SessionCode = Annotated[str, Path(pattern=r"^[A-Z0-9_-]{1,32}$")]


@router.post(
    "/v1/curriculum/cohorts/{cohort_id}/sessions/{session_code}/attendance",
    status_code=201,
    response_model=RegisterWritten,
    **declared("attendance:record"),
)
async def record_register(
    cohort_id: UUID,
    session_code: SessionCode,
    body: RegisterCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Mark a session for the whole group."""
    codes = [(mark.enrolment_id, mark.code) for mark in body.marks]
    register = service.Register(session_code, body.held_on, codes, body.reason_code)
    outcome = await service.record_register(session, principal, clock, cohort_id, register)
    counts = outcome.counts
    return await once.remember(
        201,
        RegisterWritten(
            id=outcome.session_id,
            version=outcome.cohort.version,
            cohort_state=CohortState(outcome.cohort.state),
            sessions_held=outcome.cohort.sessions_held,
            recorded=counts[MarkKind.FIRST],
            changed=counts[MarkKind.EDIT] + counts[MarkKind.MAKE_UP] + counts[MarkKind.CORRECTION],
            unchanged=counts[MarkKind.SAME],
        ),
    )


@router.get("/v1/curriculum/enrolments/{enrolment_id}/attendance", **declared("enrolment:read"))
async def list_marks(enrolment_id: UUID, session: SessionDep, principal: PrincipalDep) -> MarkList:
    """Every mark of one enrolment, what was corrected among them."""
    enrolment, marks = await service.history_of(session, principal, enrolment_id)
    await record_access(session, principal, "curriculum.attendance.read", [enrolment.person_id])
    return MarkList(items=[MarkRead.model_validate(mark) for mark in marks])
