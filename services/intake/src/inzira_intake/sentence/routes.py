"""Sentences over HTTP."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import Written

from inzira_intake.sentence import service
from inzira_intake.sentence.schemas import SentenceCreate

router = APIRouter(tags=["sentence"])


@router.post(
    "/v1/persons/{person_id}/sentences", status_code=201, response_model=Written, **declared("sentence:record")
)
async def record_sentence(
    person_id: UUID,
    body: SentenceCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """State the terms of the sentence; the dates are computed at once and told to the other services."""
    sentence = await service.record_sentence(session, principal, clock, person_id, body.as_stated())
    return await once.remember(201, Written(id=sentence.id, version=sentence.stream_version))
