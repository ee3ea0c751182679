"""Asking for a closure, approving it, and ending a case whatever the reason."""

from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock, kigali_midnight
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit, record_access
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.case.domain import (
    CaseAction,
    CaseState,
    ClosureCode,
    check_happened,
    next_state,
)
from inzira_reintegration.case.models import Case
from inzira_reintegration.case.service import case_closed, change_case, load_case, touch
from inzira_reintegration.closure import repository
from inzira_reintegration.closure.domain import (
    ClosureNotFoundError,
    ClosurePendingError,
    ClosureSettledError,
    ClosureState,
    Criterion,
    Facts,
    check_closable,
    check_may_approve,
    criteria,
)
from inzira_reintegration.closure.models import Closure
from inzira_reintegration.flag import service as flags
from inzira_reintegration.followup import service as followup
from inzira_reintegration.followup.domain import Cause
from inzira_reintegration.plan import service as plans
from inzira_reintegration.responsibility import service as responsibility
from inzira_reintegration.ruleset import rules_on
from inzira_reintegration.visit import service as visits


async def request_closure(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    case_id: UUID,
    *,
    closure_code: ClosureCode,
    closes_on: date,
) -> tuple[Closure, int]:
    """Ask to close a case; refused with the reasons while criteria of the code are unmet.

    Raises CaseNotFoundError, CaseClosedError, FutureDateError, TooEarlyError, ClosurePendingError,
    ClosureByEventError, ClosureUnmetError.
    """
    case = await change_case(session, principal, clock, case_id)
    first = case.released_on or case.opened_on
    check_happened(closes_on, clock.today(), field="closes_on", not_before=first)
    if await repository.waiting(session, case.id) is not None:
        raise ClosurePendingError
    rules = rules_on(case.opened_on)
    check_closable(closure_code.value, await _facts(session, case, closes_on), rules.closure)
    row = Closure(
        id=new_id(),
        case_id=case.id,
        person_id=case.person_id,
        closure_code=closure_code.value,
        closes_on=closes_on,
        state=ClosureState.REQUESTED.value,
        requested_at=clock.now(),
        requested_by=principal.sub,
        recorded_at=clock.now(),
    )
    session.add(row)
    await session.flush()
    return row, case.version


async def decide_closure(
    session: AsyncSession, principal: Principal, clock: Clock, closure_id: UUID, *, approve: bool
) -> Closure:
    """Approve or refuse a request, by another person than the one who asked; criteria are looked at again.

    Raises ClosureNotFoundError, ClosureSettledError, OwnRequestError, ClosureUnmetError, CaseClosedError.
    """
    row = await repository.get(session, principal, closure_id)
    if row is None:
        raise ClosureNotFoundError
    case = await load_case(session, principal, row.case_id, lock=True)
    await session.refresh(row)
    if row.state != ClosureState.REQUESTED.value:
        raise ClosureSettledError
    check_may_approve(row.requested_by, principal.sub)
    row.state = (ClosureState.APPROVED if approve else ClosureState.REFUSED).value
    row.decided_at, row.decided_by = clock.now(), principal.sub
    row.version += 1
    if not approve:
        touch(case, clock)
        return row
    rules = rules_on(case.opened_on)
    check_closable(row.closure_code, await _facts(session, case, row.closes_on), rules.closure)
    await followup.complete_milestone(session, case, "R10", row.closes_on, principal.sub, clock)
    await end_case(session, case, ClosureCode(row.closure_code), row.closes_on, principal.sub, clock)
    return row


async def end_case(
    session: AsyncSession, case: Case, code: ClosureCode, closed_on: date, by: str, clock: Clock
) -> None:
    """Close a case: nothing is due, nobody is responsible, no clock runs; what was recorded stays.

    Raises CaseClosedError.
    """
    case.state = next_state(CaseState(case.state), CaseAction.CLOSE).value
    case.closure_code, case.closed_on = code.value, closed_on
    touch(case, clock)
    at = kigali_midnight(closed_on)
    await session.flush()
    await followup.cancel_everything(session, case, Cause.CASE_CLOSED, clock)
    await flags.stop_clocks(session, case)
    await repository.withdraw_waiting(session, case.id)
    event = case_closed(case, at, by)
    await responsibility.end_responsibility(session, case, at, by, clock)
    await session.flush()
    await emit(session, event)


async def read_readiness(
    session: AsyncSession, principal: Principal, clock: Clock, case_id: UUID
) -> tuple[list[Criterion], dict[str, list[str]]]:
    """Every criterion with its reasons, as of today, and which of them each code asks for; access recorded.

    Raises CaseNotFoundError.
    """
    case = await load_case(session, principal, case_id)
    facts = await _facts(session, case, clock.today())
    await record_access(session, principal, "reintegration.closure.readiness", [case.person_id])
    rules = rules_on(case.opened_on).closure
    asked = {code: list(names) for code, names in rules.codes.items()}
    return list(criteria(facts, rules).values()), asked


async def _facts(session: AsyncSession, case: Case, closes_on: date) -> Facts:
    rules = rules_on(case.opened_on).closure
    plan = await plans.standing_of(session, case.id)
    return Facts(
        released_on=case.released_on,
        closes_on=closes_on,
        reviews=await _reviews(session, case.id, rules.reviews),
        open_flag_levels=await flags.open_levels(session, case.id),
        open_goals=plan.open_goals,
        has_signed_plan=plan.is_signed,
        lost_contact_on=case.lost_contact_on,
        open_protocol_tasks=await followup.open_search_tasks(session, case.id),
    )


async def _reviews(session: AsyncSession, case_id: UUID, count: int) -> list[dict[str, int]]:
    """Scores of the last reviews, one per day, the latest first: assessments and review visits alike."""
    found = await plans.reviews_of(session, case_id, count) + await visits.reviews_of(session, case_id, count)
    by_day = dict(sorted(found, key=lambda review: review[0]))
    return [by_day[day] for day in sorted(by_day, reverse=True)]
