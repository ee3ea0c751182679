"""A row that may be admitted, to an admission: the same use case as an officer's, section by section of Rule 7."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock, kigali_midnight
from inzira_platform.errors import DomainError
from inzira_platform.logging import log
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.admission.domain import Admission, CommitmentOrder, sections_unknown
from inzira_intake.admission.service import admit_person
from inzira_intake.custody.domain import LegalStatus
from inzira_intake.person.domain import MatchReason, NewPerson, PossibleDuplicateError, RcsNumberKnownError, Sex
from inzira_intake.register.domain import Decision, Outcome, Reason, RowDraft
from inzira_intake.sentence.domain import single_term
from inzira_intake.sentence.duration import parse_duration
from inzira_intake.vault import IdentityDesk

OTHER_OFFENCE = "OTHER"


Admit = Callable[
    [AsyncSession, Principal, Clock, IdentityDesk, RowDraft, Decision], Awaitable[tuple[Decision, UUID | None]]
]


class RowFailedError(Exception):
    """Admitting one row failed after it may have written something: the rows must be taken one by one."""


async def admit_draft(
    session: AsyncSession, principal: Principal, clock: Clock, desk: IdentityDesk, draft: RowDraft, decision: Decision
) -> tuple[Decision, UUID | None]:
    """Admit the person of a row decided `admitted`; the decision changes where somebody was faster.

    Raises RowFailedError for any other refusal, which may come after something was written.
    """
    try:
        made = await admit_person(session, principal, clock, desk, _admission(draft))
    except RcsNumberKnownError:  # raised before anything is written, as is the next
        return Decision(Outcome.DUPLICATE, (Reason.NUMBER_KNOWN,), draft.notices), None
    except PossibleDuplicateError as error:
        by_number = error.facts.get("reason") == MatchReason.NATIONAL_ID
        reason = Reason.LIKELY_BY_NATIONAL_ID if by_number else Reason.LIKELY_BY_NAME_AND_BIRTH
        return Decision(Outcome.REVIEW, (reason,), draft.notices), None
    except (DomainError, IntegrityError, DataError, ValueError) as error:
        raise RowFailedError from error
    return decision, made.person_id


async def admit_draft_alone(
    session: AsyncSession, principal: Principal, clock: Clock, desk: IdentityDesk, draft: RowDraft, decision: Decision
) -> tuple[Decision, UUID | None]:
    """As `admit_draft`, behind a savepoint: a row that fails is undone alone and rejected, the others stand."""
    try:
        async with session.begin_nested():
            return await admit_draft(session, principal, clock, desk, draft, decision)
    except RowFailedError as error:
        cause = error.__cause__
        log().warning("register.row_refused", code=getattr(cause, "code", "-"), error_class=type(cause).__name__)
        return Decision(Outcome.REJECTED, (Reason.REFUSED_BY_RULE,), draft.notices), None


def _admission(draft: RowDraft) -> Admission:
    """Raises DomainError for what a register cannot have meant; ValueError never for a draft without faults."""
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
