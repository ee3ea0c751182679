"""Enrolling, changing and finding who may be enrolled, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import Code, Day
from inzira_platform.outbox import record_access
from inzira_platform.page import Page, PageDep, paged

from inzira_curriculum.enrolment import placing, service
from inzira_curriculum.enrolment.domain import EnrolmentState
from inzira_curriculum.enrolment.schemas import (
    CandidateRead,
    ChangeCreate,
    EnrolmentCreate,
    EnrolmentWritten,
)
from inzira_curriculum.position import date_and_id
from inzira_curriculum.programme import service as programmes

router = APIRouter(tags=["enrolment"])


@router.post(
    "/v1/curriculum/cohorts/{cohort_id}/enrolments",
    status_code=201,
    response_model=EnrolmentWritten,
    **declared("enrolment:manage"),
)
async def enrol_person(
    cohort_id: UUID,
    body: EnrolmentCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Enrol a person: eligibility is judged as of the day they join, earlier credits are carried along."""
    request = placing.Request(**body.model_dump())
    enrolment = await placing.enrol_person(session, principal, clock, cohort_id, request)
    return await once.remember(201, _written(enrolment))


@router.post(
    "/v1/curriculum/enrolments/{enrolment_id}/changes",
    status_code=201,
    response_model=EnrolmentWritten,
    **declared("enrolment:manage"),
)
async def change_enrolment(
    enrolment_id: UUID,
    body: ChangeCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Confirm a referral, give a free place, suspend, resume or withdraw."""
    enrolment = await placing.change_enrolment(
        session,
        principal,
        clock,
        enrolment_id,
        asked=body.action,
        reason_code=body.reason_code,
        on=body.on,
        override_reason=body.override_reason,
    )
    return await once.remember(201, _written(enrolment))


@router.get("/v1/curriculum/eligible", **declared("enrolment:read"))
async def list_eligible(
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    page: PageDep,
    facility: Annotated[Code, Query()],
    programme: Annotated[Code, Query()] = "CORRECTIONAL",
    as_of: Annotated[Day | None, Query(description="the day a cohort starts; today if absent")] = None,
) -> Page[CandidateRead]:
    """Who may enter a programme and is not in it yet, soonest to leave custody first."""
    day = as_of or clock.today()
    template = programmes.find_valid(programme, day)
    rows = await placing.list_eligible(session, principal, template, facility, day, page.limit, date_and_id(page))
    items, cursor = paged(rows, page.limit, lambda one: (one.leaves_on, one.person_id))
    await record_access(session, principal, "curriculum.eligible.list", [one.person_id for one in items])
    return Page(items=[CandidateRead.model_validate(one) for one in items], next_cursor=cursor)


def _written(enrolment: service.Enrolment) -> EnrolmentWritten:
    return EnrolmentWritten(
        id=enrolment.id,
        version=enrolment.version,
        state=EnrolmentState(enrolment.state),
        continues_id=enrolment.continues_id,
    )
