"""Issuing certificates, logging duplicates, and verifying a serial."""

import secrets
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_curriculum.certificate import events, repository
from inzira_curriculum.certificate.domain import (
    RANDOM_BYTES,
    CertificateNotFoundError,
    DuplicateReason,
    NothingToCertifyError,
    normalise,
    serial_from,
)
from inzira_curriculum.certificate.models import Certificate, CertificateDuplicate
from inzira_curriculum.cohort import service as cohorts
from inzira_curriculum.enrolment import service as enrolments
from inzira_curriculum.programme import service as programmes

__all__ = ["Certificate"]


async def issue_for_cohort(
    session: AsyncSession, principal: Principal, clock: Clock, cohort_id: UUID, issued_on: date | None
) -> tuple[cohorts.Cohort, list[Certificate]]:
    """Certify in one batch everybody in reach who completed in this cohort.

    Raises CohortNotFoundError, NothingToCertifyError or ChangeDateError.
    """
    cohort = await cohorts.get_cohort(session, principal, cohort_id)
    completed = await enrolments.lock_completed(session, principal, cohort_id)
    if not completed:
        raise NothingToCertifyError
    return cohort, await _issue(session, principal, clock, completed, issued_on)


async def issue_for_enrolment(
    session: AsyncSession, principal: Principal, clock: Clock, enrolment_id: UUID, issued_on: date | None
) -> Certificate:
    """Certify one completed enrolment, wherever its cohort was.

    Raises EnrolmentNotFoundError, IllegalTransitionError or ChangeDateError.
    """
    enrolment = await enrolments.get_enrolment(session, principal, enrolment_id, lock=True)
    return (await _issue(session, principal, clock, [enrolment], issued_on))[0]


async def hand_out_duplicate(
    session: AsyncSession, principal: Principal, clock: Clock, enrolment_id: UUID, reason: DuplicateReason
) -> tuple[Certificate, CertificateDuplicate]:
    """Log that a certificate was printed again, and why.

    Raises EnrolmentNotFoundError or CertificateNotFoundError.
    """
    enrolment = await enrolments.get_enrolment(session, principal, enrolment_id)
    certificate = await repository.find_of(session, enrolment.id)
    if certificate is None:
        raise CertificateNotFoundError
    duplicate = CertificateDuplicate(
        id=new_id(),
        certificate_id=certificate.id,
        person_id=certificate.person_id,
        reason_code=reason,
        issued_on=clock.today(),
        issued_by=principal.sub,
        issued_at=clock.now(),
    )
    session.add(duplicate)
    await session.flush()
    return certificate, duplicate


async def find_of(session: AsyncSession, enrolment_id: UUID) -> Certificate | None:
    """The certificate of an enrolment the caller may see."""
    return await repository.find_of(session, enrolment_id)


async def verify(session: AsyncSession, written: str) -> Certificate | None:
    """The certificate a serial belongs to, however it was typed; None when there is none."""
    serial = normalise(written)
    return await repository.find_by_serial(session, serial) if serial else None


async def _issue(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    completed: Sequence[enrolments.Enrolment],
    issued_on: date | None,
) -> list[Certificate]:
    made = []
    day = issued_on or clock.today()
    for enrolment in sorted(completed, key=lambda one: str(one.person_id)):
        enrolments.check_change_date(day, enrolment.since_on, clock.today())
        enrolments.step(session, principal, clock, enrolment, enrolments.Action.CERTIFY, "CERTIFICATE_ISSUED", day)
        certificate = _certificate(principal, clock, enrolment, day)
        session.add(certificate)
        made.append(certificate)
    await session.flush()
    for certificate in made:
        await emit(session, events.issued(certificate))
    return made


def _certificate(principal: Principal, clock: Clock, enrolment: enrolments.Enrolment, day: date) -> Certificate:
    programme = programmes.get_version(enrolment.programme_code, enrolment.programme_version)
    return Certificate(
        id=new_id(),
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        programme_code=programme.code,
        programme_version=programme.version,
        title=programme.certificate.title["en"],
        serial=serial_from(secrets.token_bytes(RANDOM_BYTES)),
        issued_on=day,
        issued_by=principal.sub,
        issued_at=clock.now(),
    )
