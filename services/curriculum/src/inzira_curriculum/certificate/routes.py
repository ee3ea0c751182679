"""Certificates over HTTP; verifying is public."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_curriculum.certificate import service
from inzira_curriculum.certificate.schemas import (
    CertificatesCreate,
    CertificatesWritten,
    CertificateWritten,
    DuplicateCreate,
    DuplicateWritten,
    IssuedRead,
    VerificationRead,
)

router = APIRouter(tags=["certificate"])

Serial = Annotated[str, Path(min_length=1, max_length=40, description="as printed; spaces and case do not matter")]


@router.post(
    "/v1/curriculum/cohorts/{cohort_id}/certificates",
    status_code=201,
    response_model=CertificatesWritten,
    **declared("certificate:issue"),
)
async def issue_for_cohort(
    cohort_id: UUID,
    body: CertificatesCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Issue certificates to everybody in a cohort who completed, in one batch."""
    cohort, made = await service.issue_for_cohort(session, principal, clock, cohort_id, body.issued_on)
    issued = [IssuedRead(enrolment_id=one.enrolment_id, certificate_id=one.id, serial=one.serial) for one in made]
    return await once.remember(201, CertificatesWritten(id=cohort.id, version=cohort.version, issued=issued))


@router.post(
    "/v1/curriculum/enrolments/{enrolment_id}/certificate",
    status_code=201,
    response_model=CertificateWritten,
    **declared("certificate:issue"),
)
async def issue_for_enrolment(
    enrolment_id: UUID,
    body: CertificatesCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Issue one certificate: for somebody who completed in a cohort of another facility."""
    made = await service.issue_for_enrolment(session, principal, clock, enrolment_id, body.issued_on)
    return await once.remember(
        201, CertificateWritten(id=made.id, version=1, enrolment_id=enrolment_id, serial=made.serial)
    )


@router.post(
    "/v1/curriculum/enrolments/{enrolment_id}/certificate/duplicates",
    status_code=201,
    response_model=DuplicateWritten,
    **declared("certificate:issue"),
)
async def hand_out_duplicate(
    enrolment_id: UUID,
    body: DuplicateCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
) -> JSONResponse:
    """Log a duplicate of a certificate."""
    certificate, duplicate = await service.hand_out_duplicate(session, principal, clock, enrolment_id, body.reason_code)
    return await once.remember(
        201,
        DuplicateWritten(id=duplicate.id, version=1, certificate_id=certificate.id, serial=certificate.serial),
    )


@router.get("/v1/curriculum/certificates/{serial}", **declared("certificate:verify"))
async def verify_certificate(serial: Serial, session: SessionDep) -> VerificationRead:
    """Whether a serial is valid, for which programme and since when; never whose, never where."""
    found = await service.verify(session, serial)
    if found is None:
        return VerificationRead(valid=False)
    return VerificationRead(valid=True, programme=found.title, issued_on=found.issued_on)
