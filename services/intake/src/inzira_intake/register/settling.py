"""Settling a row that was put to review: an officer who knows says who the person is, and what follows is done at once.

What the import answered stays as it was; the settlement stands beside it (domain.md 2.4: a likely match is decided
by a person, never by a score).
"""

from dataclasses import replace
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.scope import as_system
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.admission.domain import Admission, Readmission, ReadmissionType
from inzira_intake.admission.service import admit_person
from inzira_intake.person import service as people
from inzira_intake.register import repository
from inzira_intake.register.admitting import admission_of
from inzira_intake.register.domain import RowNotFoundError, Settlement, check_settlement
from inzira_intake.register.drafts import draft_of
from inzira_intake.register.models import RegisterRow
from inzira_intake.register.service import get_import
from inzira_intake.vault import IdentityDesk


async def settle_row(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    desk: IdentityDesk,
    import_id: UUID,
    row_number: int,
    settlement: Settlement,
    *,
    person_id: UUID | None = None,
    readmission_type: ReadmissionType | None = None,
) -> RegisterRow:
    """Settle a row once; the admission it may need is the same use case as an officer's by hand.

    Raises ImportNotFoundError, RowNotFoundError, RowNotInReviewError, RowSettledError, SettlementIncompleteError,
    PersonNotFoundError, and what `admit_person` raises.
    """
    await get_import(session, principal, import_id)
    async with as_system(session):
        row = await repository.lock_row(session, import_id, row_number)
    if row is None:
        raise RowNotFoundError
    check_settlement(row.outcome, row.settled_as, settlement, person_id, readmission_type)
    settled = await _follow(session, principal, clock, desk, row, settlement, person_id, readmission_type)
    async with as_system(session):
        row.settled_as, row.settled_by, row.settled_at = settlement.value, principal.sub, clock.now()
        row.person_id = settled
        if await repository.sealed_file(session, import_id) is None:
            row.ciphertext = None  # the file and the other drafts are gone already
    return row


async def _follow(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    desk: IdentityDesk,
    row: RegisterRow,
    settlement: Settlement,
    person_id: UUID | None,
    readmission_type: ReadmissionType | None,
) -> UUID | None:
    """Do what the settlement asks for; returns whom the row is about."""
    if settlement is Settlement.NOT_ADMITTED:
        return None
    if settlement is Settlement.SAME_PERSON and person_id is not None:
        return (await people.get_person(session, principal, person_id)).person_id
    admission = _admission(desk, row)
    if settlement is Settlement.CAME_BACK and readmission_type is not None:
        admission = replace(admission, readmission=Readmission(readmission_type, person_id))
    else:
        admission = replace(admission, confirmed_new=True)
    return (await admit_person(session, principal, clock, desk, admission)).person_id


def _admission(desk: IdentityDesk, row: RegisterRow) -> Admission:
    draft = draft_of(row, desk.vault)
    assert draft is not None  # noqa: S101 - drafts of rows under review are never deleted
    return admission_of(draft)
