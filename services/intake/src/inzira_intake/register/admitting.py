"""A row that may be admitted, to an admission: the same use case as an officer's, section by section of Rule 7."""

from collections.abc import Sequence
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock, kigali_midnight
from inzira_platform.errors import DomainError
from inzira_platform.logging import log
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.admission.bulk import Known, admit_new_people
from inzira_intake.admission.domain import Admission, CommitmentOrder, sections_unknown
from inzira_intake.admission.service import Admitted
from inzira_intake.custody.domain import LegalStatus
from inzira_intake.person.domain import MatchReason, NewPerson, RcsNumberKnownError, Sex
from inzira_intake.register.domain import Decision, Outcome, Reason, RowDraft
from inzira_intake.sentence.domain import single_term
from inzira_intake.sentence.duration import parse_duration
from inzira_intake.vault import IdentityDesk

OTHER_OFFENCE = "OTHER"
REFUSALS = (DomainError, IntegrityError, DataError, ValueError)


Ended = tuple[RowDraft, Decision, UUID | None]
"""A row decided `admitted`, what it became in the end, and the person."""


class RowFailedError(Exception):
    """A rule or the database refused one of several rows: they must be taken one by one."""


async def admit_together(
    session: AsyncSession, principal: Principal, clock: Clock, desk: IdentityDesk, drafts: Sequence[RowDraft]
) -> list[Ended]:
    """Admit the people of rows decided `admitted`; where somebody was faster, a row becomes duplicate or review.

    Raises RowFailedError for any other refusal: undo what was written.
    """
    try:
        made = await admit_new_people(session, principal, clock, desk, [admission_of(draft) for draft in drafts])
    except REFUSALS as error:
        raise RowFailedError from error
    return [(draft, *_ended(draft, one)) for draft, one in zip(drafts, made, strict=True)]


async def admit_alone(
    session: AsyncSession, principal: Principal, clock: Clock, desk: IdentityDesk, draft: RowDraft
) -> Ended:
    """As `admit_together` for one row, behind a savepoint: a row that fails is undone alone and rejected."""
    try:
        async with session.begin_nested():
            (made,) = await admit_new_people(session, principal, clock, desk, [admission_of(draft)])
    except REFUSALS as error:
        log().warning("register.row_refused", code=getattr(error, "code", "-"), error_class=type(error).__name__)
        return draft, Decision(Outcome.REJECTED, (Reason.REFUSED_BY_RULE,), draft.notices), None
    return (draft, *_ended(draft, made))


def _ended(draft: RowDraft, made: Admitted | Known) -> tuple[Decision, UUID | None]:
    if isinstance(made, Admitted):
        return Decision(Outcome.ADMITTED, (), draft.notices), made.person_id
    if isinstance(made, RcsNumberKnownError):
        return Decision(Outcome.DUPLICATE, (Reason.NUMBER_KNOWN,), draft.notices), None
    by_number = made.facts.get("reason") == MatchReason.NATIONAL_ID
    reason = Reason.LIKELY_BY_NATIONAL_ID if by_number else Reason.LIKELY_BY_NAME_AND_BIRTH
    return Decision(Outcome.REVIEW, (reason,), draft.notices), None


def admission_of(draft: RowDraft) -> Admission:
    """What a row asks for.

    Raises DomainError for what a register cannot have meant; ValueError never for a draft without faults."""
    if not (draft.name and draft.facility and draft.admitted_on and draft.sentence and draft.starts_on):
        raise ValueError("a draft with faults is not admitted")
    status = LegalStatus.CONVICTED_FINAL
    return Admission(
        person=NewPerson(
            full_name=draft.name,
            sex=Sex(draft.sex or Sex.NOT_RECORDED),
            born_on=draft.born_on,
            return_district=draft.return_district,
            rcs_number=draft.rcs_number,
            national_id=draft.national_id,
        ),
        facility=draft.facility,
        admitted_at=kigali_midnight(draft.admitted_on),
        order=CommitmentOrder(draft.order or "", draft.authority or ""),
        legal_status=status,
        # the telephone belongs to the next of kin, so it is kept with them and is no identifier of the person
        sections=sections_unknown(
            identity=f"As in the register: {draft.name}",
            reasons=draft.offence or "",
            contacts=", ".join(filter(None, (draft.next_of_kin, draft.phone))),
        ),
        offences=(draft.offence_code or OTHER_OFFENCE,) if draft.offence else (),
        sentence=single_term(parse_duration(draft.sentence), draft.starts_on, status),
        from_register=True,
    )
