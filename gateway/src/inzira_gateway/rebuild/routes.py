"""HTTP of rebuilds, for administrators."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.scope import as_system

from inzira_gateway.rebuild import repository, service
from inzira_gateway.rebuild.schemas import GenerationRead, GenerationsRead, RebuildCreate, RebuildWritten

router = APIRouter(tags=["operations"])
PATH = "/v1/operations/gateway/events/rebuild"


@router.post(PATH, status_code=202, response_model=RebuildWritten, **declared("events:operate"))
async def request_rebuild(
    body: RebuildCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Build the read model anew from the services' journals, beside the one that goes on answering."""
    async with as_system(session):
        generation = await service.request_rebuild(session, principal.sub, body.reason, clock.now())
    return await once.remember(202, RebuildWritten(generation=generation, state="BUILDING"))


@router.get(PATH, **declared("events:operate"))
async def read_rebuilds(session: SessionDep) -> GenerationsRead:
    """The latest generations of the read model and how far a rebuild is."""
    async with as_system(session):
        rows = await repository.latest(session, 10)
    return GenerationsRead(items=[GenerationRead.model_validate(row) for row in rows])
