"""Movements and deaths over HTTP."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import Written

from inzira_intake.custody.domain import CustodyState
from inzira_intake.movement import service
from inzira_intake.movement.schemas import DeathCreate, MovementCreate, MovementWritten

router = APIRouter(tags=["custody"])


@router.post(
    "/v1/persons/{person_id}/movements",
    status_code=201,
    response_model=MovementWritten,
    **declared("movement:record"),
)
async def record_movement(
    person_id: UUID,
    body: MovementCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Record a movement; a late one takes its place if every fact still follows."""
    fact, episode = await service.record_movement(session, principal, clock, person_id, body.as_movement())
    state = CustodyState(episode.custody_state)
    return await once.remember(201, MovementWritten(id=fact.id, version=episode.version, custody_state=state))


@router.post("/v1/persons/{person_id}/death", status_code=201, response_model=Written, **declared("death:record"))
async def record_death(
    person_id: UUID,
    body: DeathCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Record a death in custody or after release; nothing follows it."""
    fact_id, version = await service.record_death(session, principal, clock, person_id, body.as_death())
    return await once.remember(201, Written(id=fact_id, version=version))
