"""Trainings over HTTP: open, change, list. One training with its progress is in `transcript`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import Code
from inzira_platform.page import Page, PageDep

from inzira_tvet.training import service
from inzira_tvet.training.domain import Action, State
from inzira_tvet.training.schemas import (
    TrainingChangeCreate,
    TrainingCreate,
    TrainingList,
    TrainingSort,
    TrainingSummary,
    TrainingWritten,
)

router = APIRouter(tags=["training"])


@router.post("/v1/tvet/trainings", status_code=201, response_model=TrainingWritten, **declared("training:manage"))
async def open_training(
    body: TrainingCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Open a training; what the person has shown in an earlier one is credited."""
    opening = service.Opening(
        person_id=body.person_id,
        programme_code=body.programme_code,
        opened_on=body.opened_on,
        enrolled=body.enrolled,
        instructor=body.instructor or principal.sub,
        resumes_training_id=body.resumes_training_id,
    )
    return await once.remember(201, _written(await service.open_training(session, principal, clock, opening)))


@router.get("/v1/tvet/trainings", **declared("training:read"))
async def list_trainings(
    session: SessionDep,
    principal: PrincipalDep,
    page: PageDep,
    facility: Annotated[Code | None, Query()] = None,
    programme: Annotated[Code | None, Query()] = None,
    state: Annotated[State | None, Query()] = None,
    sort: Annotated[TrainingSort, Query()] = TrainingSort.OPENED_ON,
) -> Page[TrainingSummary]:
    """Trainings of the persons in your sight."""
    narrowed = service.Filter(facility, programme, state)
    items, cursor = await service.list_trainings(session, principal, narrowed, sort.value, page)
    return Page(items=[TrainingSummary.model_validate(one) for one in items], next_cursor=cursor)


@router.post(
    "/v1/tvet/trainings/{training_id}/changes",
    status_code=201,
    response_model=TrainingWritten,
    **declared("training:manage"),
)
async def change_training(
    training_id: UUID,
    body: TrainingChangeCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Enrol an applicant, suspend, resume or withdraw."""
    training = await service.change_training(
        session,
        principal,
        clock,
        training_id,
        action=Action(body.action.value),
        changed_on=body.changed_on,
        reason_code=body.reason_code,
    )
    return await once.remember(201, _written(training))


@router.get("/v1/tvet/persons/{person_id}/trainings", **declared("training:read"))
async def list_person_trainings(person_id: UUID, session: SessionDep, principal: PrincipalDep) -> TrainingList:
    """Every training of a person in your sight, oldest first."""
    rows = await service.list_of_person(session, principal, person_id)
    return TrainingList(items=[TrainingSummary.model_validate(one) for one in rows])


def _written(training: service.Training) -> TrainingWritten:
    return TrainingWritten(id=training.id, version=training.version, state=State(training.state))
