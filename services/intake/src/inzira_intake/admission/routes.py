"""Admissions over HTTP."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_intake.admission import service
from inzira_intake.admission.schemas import AdmissionCreate, AdmissionWritten
from inzira_intake.wire import DeskDep

router = APIRouter(tags=["admission"])


@router.post("/v1/admissions", status_code=201, response_model=AdmissionWritten, **declared("admission:record"))
async def admit_person(
    body: AdmissionCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    desk: DeskDep,
    once: OnceDep,
) -> JSONResponse:
    """Admit somebody new, or readmit a known person into a new episode.

    409 `possible-duplicate` says that the person may be known already, in whatever facility; send again with
    `confirmed_new` when it is somebody else.
    """
    admitted = await service.admit_person(session, principal, clock, desk, body.as_admission())
    answer = AdmissionWritten(
        id=admitted.episode_id,
        version=admitted.version,
        person_id=admitted.person_id,
        episode_id=admitted.episode_id,
    )
    return await once.remember(201, answer)
