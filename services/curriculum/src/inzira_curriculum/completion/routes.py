"""Progress and completion over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import etag
from inzira_platform.outbox import record_access
from inzira_platform.page import InvalidCursorError, Page, PageDep, PageRequest, paged

from inzira_curriculum.certificate import service as certificates
from inzira_curriculum.completion import service
from inzira_curriculum.completion.domain import Progress, Unmet, per_module
from inzira_curriculum.completion.schemas import (
    ChangeRead,
    CompletionCreate,
    CompletionWritten,
    EnrolmentList,
    EnrolmentProgress,
    EnrolmentRead,
    EnrolmentSummary,
    ModuleProgress,
    ProgressRead,
    TestRead,
    UnmetRead,
)
from inzira_curriculum.enrolment import service as enrolments
from inzira_curriculum.template import Programme

router = APIRouter(tags=["completion"])


@router.get("/v1/curriculum/cohorts/{cohort_id}/enrolments", **declared("enrolment:read"))
async def list_of_cohort(
    cohort_id: UUID, session: SessionDep, principal: PrincipalDep, clock: ClockDep, page: PageDep
) -> Page[EnrolmentProgress]:
    """The group, with absences left and who is at risk of not completing."""
    rows = await service.page_of_cohort(session, principal, clock, cohort_id, page.limit, _after_id(page))
    items, cursor = paged(rows, page.limit, lambda one: (one.enrolment.id,))
    await record_access(session, principal, "curriculum.cohort.enrolments", [one.enrolment.person_id for one in items])
    return Page(items=[_member(one) for one in items], next_cursor=cursor)


@router.get("/v1/curriculum/enrolments/{enrolment_id}", **declared("enrolment:read"))
async def read_enrolment(
    enrolment_id: UUID, session: SessionDep, principal: PrincipalDep, clock: ClockDep, response: Response
) -> EnrolmentRead:
    """One enrolment: progress, absences left, unmet rules, tests, every change, the certificate."""
    dossier = await service.get_dossier(session, principal, clock, enrolment_id)
    enrolment = dossier.enrolment
    changes = await enrolments.changes_of(session, enrolment_id)
    certificate = await certificates.find_of(session, enrolment_id)
    await record_access(session, principal, "curriculum.enrolment.read", [enrolment.person_id])
    response.headers["ETag"] = etag(enrolment.version)
    return EnrolmentRead(
        **EnrolmentSummary.model_validate(enrolment).model_dump(),
        progress=_progress(dossier.programme, dossier.progress),
        tests=[TestRead.model_validate(test) for test in dossier.tests],
        changes=[ChangeRead.model_validate(change) for change in changes],
        certificate_serial=certificate.serial if certificate else None,
        continuation_offered=enrolment.state == enrolments.EnrolmentState.RELEASED_EARLY,
    )


@router.get("/v1/curriculum/persons/{person_id}/enrolments", **declared("enrolment:read"))
async def list_of_person(person_id: UUID, session: SessionDep, principal: PrincipalDep) -> EnrolmentList:
    """Every enrolment of one person, oldest first."""
    found = await enrolments.list_of_person(session, principal, person_id)
    await record_access(session, principal, "curriculum.enrolments.list", [person_id])
    return EnrolmentList(items=[EnrolmentSummary.model_validate(enrolment) for enrolment in found])


@router.post(
    "/v1/curriculum/enrolments/{enrolment_id}/completion",
    status_code=201,
    response_model=CompletionWritten,
    **declared("enrolment:manage"),
)
async def decide_completion(
    enrolment_id: UUID,
    body: CompletionCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Decide a completion by the programme's rules; the problem lists those not met."""
    dossier = await service.decide_completion(session, principal, clock, enrolment_id, **body.model_dump())
    progress = dossier.progress
    return await once.remember(
        201,
        CompletionWritten(
            id=enrolment_id,
            version=dossier.enrolment.version,
            enrolment_id=enrolment_id,
            state=enrolments.EnrolmentState(dossier.enrolment.state),
            is_complete=progress.is_complete,
            sessions_attended=len(progress.dosage.attended),
            unmet=_unmet(progress.unmet),
        ),
    )


def _after_id(page: PageRequest) -> UUID | None:
    values = page.after(1)
    if values is None:
        return None
    try:
        return UUID(values[0])
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error


def _member(dossier: service.Dossier) -> EnrolmentProgress:
    progress = dossier.progress
    return EnrolmentProgress(
        **EnrolmentSummary.model_validate(dossier.enrolment).model_dump(),
        attended=len(progress.dosage.attended),
        missed=len(progress.dosage.missed),
        absences_left=progress.absences_left,
        at_risk=list(progress.at_risk),
        is_possible=progress.is_possible,
        is_complete=progress.is_complete,
    )


def _progress(programme: Programme, progress: Progress) -> ProgressRead:
    counts = per_module(programme, progress.dosage.attended)
    return ProgressRead(
        attended=len(progress.dosage.attended),
        made_up=len(progress.dosage.made_up),
        missed=len(progress.dosage.missed),
        needed=programme.completion.minimum_sessions,
        sessions_total=len(programme.sessions),
        absences_left=progress.absences_left,
        make_ups_left=progress.make_ups_left,
        at_risk=list(progress.at_risk),
        is_possible=progress.is_possible,
        is_complete=progress.is_complete,
        unmet=_unmet(progress.unmet),
        modules=[
            ModuleProgress(
                code=module.code,
                attended=counts[module.code],
                needed=programme.completion.per_module.needed(len(module.sessions)),
                sessions=len(module.sessions),
            )
            for module in programme.modules
        ],
    )


def _unmet(unmet: tuple[Unmet, ...]) -> list[UnmetRead]:
    return [UnmetRead.model_validate(one) for one in unmet]
