"""Attendance over HTTP."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_tvet.attendance.schemas import AttendanceCreate, AttendanceWritten
from inzira_tvet.progress import service as progress

router = APIRouter(tags=["attendance"])


@router.post("/v1/tvet/attendance", status_code=201, response_model=AttendanceWritten, **declared("training:attend"))
async def take_attendance(
    body: AttendanceCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Mark a class on a day: all marks are taken or none. A differing mark corrects the earlier one."""
    marks = [(mark.training_id, mark.present) for mark in body.marks]
    day = progress.Day(body.facility, body.programme_code, body.held_on, marks)
    taken = await progress.record_attendance(session, principal, clock, day)
    answer = AttendanceWritten(
        held_on=body.held_on,
        recorded=taken.recorded,
        corrected=taken.corrected,
        unchanged=taken.unchanged,
    )
    return await once.remember(201, answer)
