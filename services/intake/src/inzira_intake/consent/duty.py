"""Use cases of what a law demands: recorded by name, within what the law names, ended by those who record it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.consent import repository
from inzira_intake.consent.domain import (
    Basis,
    ClassOutsideDutyError,
    DataClass,
    DutyNotFoundError,
    Period,
    RecipientOutsideDutyError,
    require_covered,
    require_period,
)
from inzira_intake.consent.models import Consent
from inzira_intake.consent.service import end, refuse_overlap, store
from inzira_intake.consent.texts import get_duty
from inzira_intake.custody.timeline import local_day
from inzira_intake.person.domain import PersonNotFoundError


@dataclass(frozen=True)
class NewDuty:
    """Sharing that a law demands; `reference` names the order or request, where there is one."""

    duty_code: str
    recipient: str
    data_classes: tuple[DataClass, ...]
    begins: datetime | None = None
    ends: datetime | None = None
    reference: str | None = None


async def record_duty(
    session: AsyncSession, principal: Principal, clock: Clock, person_id: UUID, duty: NewDuty
) -> Consent:
    """Record that a law demands that these data be given to this agency.

    Raises PersonNotFoundError, DutyUnknownError, RecipientOutsideDutyError, ClassOutsideDutyError, PeriodError,
    ConsentOverlapsError.
    """
    if not await repository.is_visible(session, principal, person_id):
        raise PersonNotFoundError
    period = Period(duty.begins or clock.now(), duty.ends)
    require_period(period)
    law = get_duty(duty.duty_code, local_day(period.begins))
    if duty.recipient not in law.recipients:
        raise RecipientOutsideDutyError(field="recipient")
    require_covered(duty.data_classes, law.data_classes, ClassOutsideDutyError)
    await refuse_overlap(session, person_id, Basis.LEGAL_DUTY, law.purpose, duty.recipient, period)
    row = Consent(
        id=new_id(),
        person_id=person_id,
        basis=Basis.LEGAL_DUTY.value,
        purpose=law.purpose.value,
        recipient=duty.recipient,
        data_classes=sorted({item.value for item in duty.data_classes}),
        agreement_code=law.code,
        agreement_version=law.version,
        proof_reference=duty.reference,
        given_at=clock.now(),
        valid_from=period.begins,
        valid_to=period.ends,
        recorded_at=clock.now(),
        recorded_by=principal.sub,
    )
    return await store(session, row)


async def end_duty(
    session: AsyncSession, principal: Principal, clock: Clock, consent_id: UUID, reference: str | None
) -> Consent:
    """The law no longer demands it: sharing stops at once; ending it again changes nothing.

    Raises DutyNotFoundError, also for a consent: that is the person's to withdraw.
    """
    row = await repository.find_consent(session, principal, consent_id)
    if row is None or row.basis != Basis.LEGAL_DUTY.value:
        raise DutyNotFoundError
    return await end(session, row, clock.now(), principal.sub, reference)
