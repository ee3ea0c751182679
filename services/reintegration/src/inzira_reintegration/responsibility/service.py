"""Naming the responsible worker and handing a person over, so that nobody is ever without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from inzira_contracts.event import Event
from inzira_platform.auth import Principal
from inzira_platform.casework import has_agreed
from inzira_platform.clock import Clock, kigali_midnight
from inzira_platform.errors import ForbiddenError
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit
from inzira_platform.scope import as_system, upsert
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.case.domain import CaseState, check_happened, require_open
from inzira_reintegration.case.models import Case
from inzira_reintegration.case.service import change_case, load_case, touch
from inzira_reintegration.days import kigali_day
from inzira_reintegration.followup import service as followup
from inzira_reintegration.responsibility import events, repository
from inzira_reintegration.responsibility.domain import (
    Decision,
    HandoverNotFoundError,
    HandoverState,
    Offer,
    Reason,
    Responsibility,
    Role,
    accept,
    assign,
    check_may_decide,
    check_may_offer,
    decline,
    offer,
    require_agreed,
)
from inzira_reintegration.responsibility.events import handover_offered, worker_assigned
from inzira_reintegration.responsibility.models import Assignment, Handover
from inzira_reintegration.rules import Worker
from inzira_reintegration.ruleset import rules_on

__all__ = [
    "RCS",
    "Caseload",
    "assign_worker",
    "carry",
    "decide_handover",
    "end_responsibility",
    "escalate_late_offers",
    "handover_offered",
    "handovers_to_decide",
    "is_duty",
    "list_caseloads",
    "new_assignment",
    "offer_handover",
    "put_offer",
    "standing",
    "worker_assigned",
]

RCS = "RCS"


@dataclass(frozen=True)
class Caseload:
    """How much one worker carries: open cases by tier, weighted as the rule set says."""

    worker_id: str
    org: str
    cases: int
    weighted: float
    over_limit: bool


def new_assignment(
    case: Case, worker: Worker, role: Role, reason: Reason, at: datetime, by: str, now: datetime
) -> Assignment:
    """A row for somebody's time with a case, from `at` on."""
    return Assignment(
        id=new_id(),
        case_id=case.id,
        person_id=case.person_id,
        worker_id=worker.worker_id,
        org=worker.org,
        role=role.value,
        reason=reason.value,
        started_at=at,
        recorded_at=now,
        recorded_by=by,
    )


async def assign_worker(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    case_id: UUID,
    *,
    worker_id: str,
    role: Role,
    started_on: date,
) -> tuple[Assignment, int]:
    """Name the responsible worker (PRIMARY, by a supervisor) or the facility's contact (RCS).

    Raises CaseNotFoundError, CaseClosedError, FutureDateError, TooEarlyError, AlreadyResponsibleError,
    ConsentMissingError, and ForbiddenError when the role is not the principal's to give.
    """
    case = await change_case(session, principal, clock, case_id)
    check_happened(started_on, clock.today(), field="started_on", not_before=case.opened_on)
    at = kigali_midnight(started_on)
    if role is Role.RCS:
        row = await _accompany(session, principal, clock, case, worker_id, at)
    else:
        row = await _take_charge(session, principal, clock, case, worker_id, at)
    await session.flush()
    await emit(session, worker_assigned(row))
    return row, case.version


async def _accompany(
    session: AsyncSession, principal: Principal, clock: Clock, case: Case, worker_id: str, at: datetime
) -> Assignment:
    await repository.end_live(session, case.id, at, Role.RCS.value)
    worker = Worker(worker_id=worker_id, org=RCS)
    row = new_assignment(case, worker, Role.RCS, Reason.SUPERVISOR, at, principal.sub, clock.now())
    session.add(row)
    return row


async def _take_charge(
    session: AsyncSession, principal: Principal, clock: Clock, case: Case, worker_id: str, at: datetime
) -> Assignment:
    if principal.scope_kind != "org" or principal.org is None:
        raise ForbiddenError("The responsible worker is named by a supervisor of their organisation.")
    worker = Worker(worker_id=worker_id, org=principal.org)
    waiting = await repository.waiting(session, case.id)
    assign(_responsibility(case, waiting), worker)
    require_agreed(await has_agreed(session, case.person_id, worker.org))
    if waiting is not None:
        _settle(waiting, HandoverState.WITHDRAWN, clock.now(), principal.sub)
    row = await _change_holder(session, case, worker, Reason.SUPERVISOR, at, principal.sub, clock)
    for code in ("R1", "R8") if case.state == CaseState.FOLLOW_UP else ("R1",):
        await followup.complete_milestone(session, case, code, kigali_day(at), principal.sub, clock)
    return row


async def _change_holder(
    session: AsyncSession, case: Case, worker: Worker, reason: Reason, at: datetime, by: str, clock: Clock
) -> Assignment:
    """The one place where the responsible worker of an open case changes."""
    await repository.end_live(session, case.id, at, Role.PRIMARY.value)
    case.worker_id, case.org = worker.worker_id, worker.org
    row = new_assignment(case, worker, Role.PRIMARY, reason, at, by, clock.now())
    session.add(row)
    await session.flush()
    await upsert(session, case.person_id, worker_id=worker.worker_id, org=worker.org)
    return row


async def offer_handover(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    case_id: UUID,
    *,
    to: Worker,
    reason_code: str | None,
    offered_on: date,
) -> tuple[Handover, int]:
    """Offer a case to another worker; the holder stays responsible until they accept.

    Raises CaseNotFoundError, CaseClosedError, FutureDateError, TooEarlyError, NotYoursToHandOverError,
    AlreadyResponsibleError, HandoverPendingError.
    """
    case = await change_case(session, principal, clock, case_id)
    check_happened(offered_on, clock.today(), field="offered_on", not_before=case.opened_on)
    holder = Worker(worker_id=case.worker_id, org=case.org)
    if principal.scope_kind != "facility":  # before release the facility prepares the handover of its people
        check_may_offer(holder, principal.sub, principal.org, supervises=principal.scope_kind == "org")
    row = await put_offer(session, case, to, reason_code, kigali_midnight(offered_on), principal.sub, clock)
    await emit(session, handover_offered(row))
    return row, case.version


async def put_offer(
    session: AsyncSession,
    case: Case,
    to: Worker,
    reason_code: str | None,
    at: datetime,
    by: str,
    clock: Clock,
) -> Handover:
    """Store an offer; its time to be answered runs from now, when it can first be seen.

    Raises AlreadyResponsibleError, HandoverPendingError.
    """
    waiting = await repository.waiting(session, case.id)
    hours = rules_on(clock.today()).handover.accept_within_hours
    state = offer(_responsibility(case, waiting), to, clock.now(), hours)
    made = state.pending
    assert made is not None  # noqa: S101 - an offer just made waits
    row = Handover(
        id=new_id(),
        case_id=case.id,
        person_id=case.person_id,
        from_worker=case.worker_id,
        from_org=case.org,
        to_worker=to.worker_id,
        to_org=to.org,
        state=made.state.value,
        reason_code=reason_code,
        offered_at=at,
        accept_by=made.accept_by,
        recorded_at=clock.now(),
        recorded_by=by,
    )
    session.add(row)
    await session.flush()
    return row


async def decide_handover(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    handover_id: UUID,
    *,
    decision: Decision,
    decided_on: date,
    reason_code: str | None,
) -> Handover:
    """Accept or decline; the one it was offered to may see the case only once they accepted.

    Raises HandoverNotFoundError, HandoverSettledError, CaseClosedError, FutureDateError, TooEarlyError, and
    ConsentMissingError when the person has not agreed to the organisation that would carry them.
    """
    async with as_system(session):
        row = await _offered_to(session, principal, handover_id)
        case = await load_case(session, _SYSTEM, row.case_id, lock=True)
        await session.refresh(row)
        require_open(CaseState(case.state))
        first = max(case.opened_on, kigali_day(row.offered_at))
        check_happened(decided_on, clock.today(), field="decided_on", not_before=first)
        at = kigali_midnight(decided_on)
        touch(case, clock)
        if decision is Decision.ACCEPT:
            await _accept(session, principal, clock, case, row, at)
            event: Event = events.handover_accepted(row, at, principal.sub)
        else:
            decline(_responsibility(case, row))
            _settle(row, HandoverState.DECLINED, at, principal.sub)
            event = events.handover_escalated(row, at, principal.sub, reason_code or "DECLINED")
        await session.flush()
    await emit(session, event)
    return row


async def _offered_to(session: AsyncSession, principal: Principal, handover_id: UUID) -> Handover:
    """The handover, when it is the principal's to answer; for anybody else it is not there."""
    row = await repository.get_handover(session, handover_id)
    to_org = row is not None and principal.scope_kind == "org" and row.to_org == principal.org
    if row is None or not (row.to_worker == principal.sub or to_org):
        raise HandoverNotFoundError
    to = Worker(worker_id=row.to_worker, org=row.to_org)
    check_may_decide(to, principal.sub, principal.org, supervises=principal.scope_kind == "org")
    return row


async def _accept(
    session: AsyncSession, principal: Principal, clock: Clock, case: Case, row: Handover, at: datetime
) -> None:
    accept(_responsibility(case, row))
    require_agreed(await has_agreed(session, case.person_id, row.to_org))
    _settle(row, HandoverState.ACCEPTED, at, principal.sub)
    to = Worker(worker_id=row.to_worker, org=row.to_org)
    await _change_holder(session, case, to, Reason.HANDOVER, at, principal.sub, clock)
    if case.state == CaseState.FOLLOW_UP:
        await repository.end_live(session, case.id, at, Role.RCS.value)
        await followup.complete_milestone(session, case, "R8", kigali_day(at), principal.sub, clock)


async def end_responsibility(session: AsyncSession, case: Case, at: datetime, by: str, clock: Clock) -> None:
    """The case closes: assignments end, an offer that waits is withdrawn, nobody carries the person."""
    waiting = await repository.waiting(session, case.id)
    if waiting is not None:
        _settle(waiting, HandoverState.WITHDRAWN, clock.now(), by)
    await repository.end_live(session, case.id, at)
    async with as_system(session):  # a person nobody carries is in no worker's reach, not even while it is written
        await upsert(session, case.person_id, worker_id=None)


async def is_duty(session: AsyncSession, case: Case) -> bool:
    """Whether the case is still in the duty queue: nobody has chosen its worker."""
    row = await repository.live(session, case.id, Role.PRIMARY.value)
    return row is not None and row.reason == Reason.DUTY.value


async def standing(session: AsyncSession, case_id: UUID) -> tuple[Handover | None, Assignment | None]:
    """The handover that waits, and the facility's contact, for showing a case."""
    return await repository.waiting(session, case_id), await repository.live(session, case_id, Role.RCS.value)


async def handovers_to_decide(session: AsyncSession, principal: Principal, limit: int) -> Sequence[Handover]:
    """Offers waiting for this worker or their organisation, whose persons they may not see yet."""
    async with as_system(session):
        return await repository.to_decide(session, principal, limit)


async def list_caseloads(session: AsyncSession, principal: Principal, clock: Clock) -> list[Caseload]:
    """Open cases per worker of the principal's reach, weighted by tier."""
    rules = rules_on(clock.today())
    found: dict[str, Caseload] = {}
    for worker_id, org, tier, count in await repository.caseloads(session, principal):
        have = found.get(worker_id, Caseload(worker_id, org, 0, 0.0, over_limit=False))
        weighted = have.weighted + count * rules.tier_weights[tier]
        over = weighted > rules.caseload_limit
        found[worker_id] = Caseload(worker_id, org, have.cases + count, weighted, over_limit=over)
    return list(found.values())


async def carry(session: AsyncSession, cases: Sequence[Case]) -> None:
    """Let the workers of these newly opened cases see their persons."""
    await repository.carry(session, cases)


async def escalate_late_offers(session: AsyncSession, clock: Clock, by: str, limit: int) -> int:
    """Send offers past their time up to the supervisors; returns how many. The holders stay responsible."""
    rows = await repository.due_for_escalation(session, clock.now(), limit)
    for row in rows:
        row.state = HandoverState.ESCALATED.value
        row.version += 1
    await session.flush()
    for row in sorted(rows, key=lambda late: str(late.person_id)):
        await emit(session, events.handover_escalated(row, row.accept_by, by, "NOT_ANSWERED"))
    return len(rows)


def _responsibility(case: Case, waiting: Handover | None) -> Responsibility:
    holder = Worker(worker_id=case.worker_id, org=case.org) if case.state != CaseState.CLOSED else None
    if waiting is None:
        return Responsibility(holder)
    to = Worker(worker_id=waiting.to_worker, org=waiting.to_org)
    return Responsibility(holder, Offer(to, HandoverState(waiting.state), waiting.accept_by))


def _settle(row: Handover, state: HandoverState, at: datetime, by: str) -> None:
    row.state, row.decided_at, row.decided_by = state.value, at, by
    row.version += 1


_SYSTEM = Principal(sub="svc:reintegration", scope_kind="system")
