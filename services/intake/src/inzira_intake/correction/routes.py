"""Corrections over HTTP."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import Written

from inzira_intake.correction import service
from inzira_intake.correction.schemas import CorrectionCreate

router = APIRouter(tags=["custody"])


@router.post("/v1/persons/{person_id}/corrections", status_code=201, response_model=Written, **declared("fact:correct"))
async def correct_fact(
    person_id: UUID,
    body: CorrectionCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Correct when something happened; the original stays visible, and the dates follow."""
    row, episode = await service.correct_fact(session, principal, clock, person_id, body.as_correction())
    return await once.remember(201, Written(id=row.id, version=episode.version))
