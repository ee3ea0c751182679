"""Cohorts over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import Code, etag
from inzira_platform.page import Page, PageDep, paged

from inzira_curriculum.cohort import service
from inzira_curriculum.cohort.domain import CohortState, planned_end, planned_week
from inzira_curriculum.cohort.schemas import (
    CohortCreate,
    CohortRead,
    CohortSort,
    CohortSummary,
    CohortWritten,
    PlannedSession,
)
from inzira_curriculum.position import date_and_id
from inzira_curriculum.programme import service as programmes

router = APIRouter(tags=["cohort"])


@router.post("/v1/curriculum/cohorts", status_code=201, response_model=CohortWritten, **declared("cohort:manage"))
async def open_cohort(
    body: CohortCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Open a cohort in your facility."""
    cohort = await service.open_cohort(session, principal, clock, **body.model_dump())
    return await once.remember(
        201,
        CohortWritten(
            id=cohort.id,
            version=cohort.version,
            state=CohortState(cohort.state),
            programme_version=cohort.programme_version,
        ),
    )


@router.get("/v1/curriculum/cohorts", **declared("cohort:read"))
async def list_cohorts(
    session: SessionDep,
    principal: PrincipalDep,
    page: PageDep,
    facility: Annotated[Code | None, Query()] = None,
    programme: Annotated[Code | None, Query()] = None,
    state: Annotated[CohortState | None, Query()] = None,
    sort: Annotated[CohortSort, Query()] = CohortSort.STARTS_ON,
) -> Page[CohortSummary]:
    """Cohorts in your sight, by first day."""
    rows = await service.page_cohorts(
        session,
        principal,
        service.Filters(facility, programme, state),
        descending=sort is CohortSort.NEWEST,
        limit=page.limit,
        after=date_and_id(page),
    )
    items, cursor = paged(rows, page.limit, lambda cohort: (cohort.starts_on, cohort.id))
    return Page(items=[CohortSummary.model_validate(_summary(cohort)) for cohort in items], next_cursor=cursor)


@router.get("/v1/curriculum/cohorts/{cohort_id}", **declared("cohort:read"))
async def read_cohort(cohort_id: UUID, session: SessionDep, principal: PrincipalDep, response: Response) -> CohortRead:
    """A cohort with its sessions: what is planned when, what was held and how many came."""
    cohort = await service.get_cohort(session, principal, cohort_id)
    programme = programmes.get_version(cohort.programme_code, cohort.programme_version)
    held = {record.session_code: record for record in await service.sessions_of(session, cohort_id)}
    response.headers["ETag"] = etag(cohort.version)
    return CohortRead(
        **_summary(cohort),
        planned_end=planned_end(programme, cohort.starts_on),
        sessions_total=len(programme.sessions),
        sessions=[
            PlannedSession(
                code=planned.code,
                title=planned.title,
                module_code=programme.module_of[planned.code],
                is_mandatory=planned.mandatory,
                planned_week=planned_week(programme, position),
                held_on=held[planned.code].held_on if planned.code in held else None,
                present=held[planned.code].present if planned.code in held else None,
                absent=held[planned.code].absent if planned.code in held else None,
            )
            for position, planned in enumerate(programme.sessions)
        ],
    )


def _summary(cohort: service.Cohort) -> dict[str, Any]:
    return dict(cohort.model_dump(include=set(CohortSummary.model_fields)))
