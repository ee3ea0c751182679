"""HTTP door of cases."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from inzira_platform.deps import ClockDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import Code, etag
from inzira_platform.page import Page, PageDep

from inzira_reintegration.case import service
from inzira_reintegration.case.domain import CaseState
from inzira_reintegration.case.schemas import CaseDetail, CaseRead, PendingHandover, Sort
from inzira_reintegration.responsibility import service as responsibility

router = APIRouter(tags=["case"])


@router.get("/v1/reintegration/cases", **declared("case:read"))
async def list_cases(
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    page: PageDep,
    state: Annotated[CaseState | None, Query()] = None,
    district: Annotated[Code | None, Query(description="NISR code of the district of return")] = None,
    worker: Annotated[str | None, Query(max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")] = None,
    due_within: Annotated[int | None, Query(ge=0, le=366, description="days")] = None,
    consent: Annotated[
        Literal["standing", "missing"] | None,
        Query(description="whether the person agrees to the organisation that carries the case"),
    ] = None,
    sort: Annotated[Sort, Query()] = "next_due_on",
) -> Page[CaseRead]:
    """Cases of the persons in your reach."""
    due_by = None if due_within is None else clock.today() + timedelta(days=due_within)
    agreed = None if consent is None else consent == "standing"
    wanted = service.CaseFilter(state.value if state else None, district, worker, due_by, agreed, sort)
    cases, following = await service.list_cases(session, principal, wanted, page)
    consents = await service.consents_for(session, principal, cases)
    return Page(items=[CaseRead.of(case, consents) for case in cases], next_cursor=following)


@router.get("/v1/reintegration/cases/{case_id}", **declared("case:read"))
async def read_case(case_id: UUID, session: SessionDep, principal: PrincipalDep, response: Response) -> CaseDetail:
    """One case; its ETag is what If-Match asks for when the plan is written."""
    case = await service.read_case(session, principal, case_id)
    waiting, contact = await responsibility.standing(session, case.id)
    response.headers["ETag"] = etag(case.version)
    consents = await service.consents_for(session, principal, [case])
    shown = CaseRead.of(case, consents)
    return CaseDetail(
        **dict(shown),
        rcs_worker_id=contact.worker_id if contact else None,
        handover=PendingHandover.model_validate(waiting) if waiting else None,
    )


@router.get("/v1/reintegration/persons/{person_id}/cases", **declared("case:read"))
async def list_person_cases(person_id: UUID, session: SessionDep, principal: PrincipalDep) -> Page[CaseRead]:
    """Every episode of one person, the newest first."""
    cases = await service.cases_of_person(session, principal, person_id)
    consents = await service.consents_for(session, principal, cases)
    return Page(items=[CaseRead.of(case, consents) for case in cases])
