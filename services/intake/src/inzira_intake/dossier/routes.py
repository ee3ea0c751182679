"""One person's custody over HTTP."""

from uuid import UUID

from fastapi import APIRouter
from inzira_platform.deps import PrincipalDep, SessionDep, declared

from inzira_intake.dossier import service
from inzira_intake.dossier.schemas import CustodyRead, EpisodeRead
from inzira_intake.wire import DeskDep

router = APIRouter(tags=["custody"])


@router.get("/v1/persons/{person_id}/custody", **declared("custody:read"))
async def read_custody(person_id: UUID, session: SessionDep, principal: PrincipalDep, desk: DeskDep) -> CustodyRead:
    """Episodes, facts with both times and their corrections, sentences, and the dates with every step."""
    files = await service.view_custody(session, principal, desk, person_id)
    return CustodyRead(person_id=person_id, episodes=[EpisodeRead.of(file) for file in files])
