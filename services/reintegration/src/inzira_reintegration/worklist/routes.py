"""HTTP door of the worklist."""

from typing import Annotated

from fastapi import APIRouter, Query
from inzira_platform.deps import ClockDep, PrincipalDep, SessionDep, declared

from inzira_reintegration.worklist import service
from inzira_reintegration.worklist.schemas import WorkConsent, WorkFlag, WorkHandover, WorkItem, WorklistRead

router = APIRouter(tags=["worklist"])


@router.get("/v1/reintegration/worklist", **declared("worklist:read"))
async def read_worklist(
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    days: Annotated[int, Query(ge=0, le=92, description="how far ahead")] = 7,
    worker: Annotated[str | None, Query(max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")] = None,
) -> WorklistRead:
    """What is due and overdue, open flags, and handovers to decide, for the persons in your reach."""
    found = await service.read_worklist(session, principal, clock, days, worker)
    return WorklistRead(
        due=[WorkItem.model_validate(row) for row in found.due],
        overdue=[WorkItem.model_validate(row) for row in found.overdue],
        flags=[WorkFlag.model_validate(row) for row in found.flags],
        handovers=[WorkHandover.model_validate(row) for row in found.handovers],
        consents=[
            WorkConsent(
                case_id=case.id,
                person_id=case.person_id,
                org=case.org,
                state=case.state,
                expected_release_on=case.expected_release_on,
                released_on=case.released_on,
            )
            for case in found.consents
        ],
        truncated=found.truncated,
    )
