"""Opening, releasing, returning and ending: what custody events and the calendar do to a case."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from inzira_contracts.event import Event
from inzira_platform.auth import Principal
from inzira_platform.clock import Clock, kigali_midnight
from inzira_platform.context import Trace, current_trace
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit, emit_caused, emit_many
from inzira_platform.scope import as_system, upsert
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.case import service as cases
from inzira_reintegration.case.domain import (
    CaseAction,
    CaseAlreadyOpenError,
    CaseState,
    ClosureCode,
    Tier,
    Trigger,
    check_at_liberty,
    check_happened,
    check_reopenable,
    next_state,
)
from inzira_reintegration.case.models import Case
from inzira_reintegration.closure.service import end_case
from inzira_reintegration.followup import service as followup
from inzira_reintegration.followup.domain import Cause
from inzira_reintegration.prospect import service as prospects
from inzira_reintegration.prospect.domain import is_due, needs_case_at_release, opened_on
from inzira_reintegration.prospect.models import Prospect, ProspectStatus
from inzira_reintegration.responsibility import service as responsibility
from inzira_reintegration.responsibility.domain import Reason, Role
from inzira_reintegration.responsibility.models import Assignment
from inzira_reintegration.rules import Worker
from inzira_reintegration.ruleset import assignment_rules, rules_on

BY = followup.BY


@dataclass(frozen=True)
class Opening:
    """A case that is due: for whom and why, and what caused it. `on` is the day it counts from, where it is known."""

    row: Prospect
    trigger: Trigger
    on: date | None = None
    trace: Trace = field(default_factory=current_trace)


async def open_due_cases(session: AsyncSession, clock: Clock, limit: int) -> int:
    """Open the cases whose window has opened; returns how many. Repeating it opens nothing twice."""
    rows = await prospects.due_prospects(session, clock, limit)
    await open_cases(session, clock, [Opening(row, Trigger.RELEASE_WINDOW) for row in rows])
    return len(rows)


async def open_cases(session: AsyncSession, clock: Clock, due: Sequence[Opening]) -> list[Case]:
    """Open these cases, each in the hands of the duty worker of the district of return: few statements for many."""
    previous = await cases.previous_cases(session, [opening.row.person_id for opening in due])
    opened: list[Case] = []
    told: list[tuple[Trace, Event]] = []
    for opening in due:
        row, trigger = opening.row, opening.trigger
        case = _new_case(row, trigger, opening.on, clock)
        case.previous_case_id = previous.get(case.person_id)
        at = kigali_midnight(case.opened_on)
        duty = assignment_rules().duty(row.return_district)
        assignment = responsibility.new_assignment(case, duty, Role.PRIMARY, Reason.DUTY, at, BY, clock.now())
        expected = case.expected_release_on if trigger is Trigger.RELEASE_WINDOW else None
        planned = followup.planned_before_release(rules_on(case.opened_on), expected)
        items = [followup.due_item(case, item, Cause.CASE_OPENED, clock) for item in planned]
        case.next_due_on = min((item.due_on for item in items if not item.optional), default=None)
        row.status = ProspectStatus.OPENED.value
        opened.append(case)
        session.add(case)
        session.add_all([assignment, *items])
        told += [(opening.trace, event) for event in _opening_events(case, assignment, len(items), at)]
    await session.flush()
    await responsibility.carry(session, opened)
    await emit_caused(session, told)
    return opened


def _opening_events(case: Case, assignment: Assignment, items: int, at: datetime) -> list[Event]:
    """What is told of a new case; its schedule only when there is one before release."""
    told: list[Event] = [cases.case_opened(case, at, BY), responsibility.worker_assigned(assignment)]
    if items:
        told.append(followup.schedule_computed(case, at, BY, items, Cause.CASE_OPENED.value))
    return told


def _new_case(row: Prospect, trigger: Trigger, on: date | None, clock: Clock) -> Case:
    today = clock.today()
    rules = rules_on(today)
    if on is None:
        assert row.expected_release_on is not None  # noqa: S101 - a window opens only towards a release date
        on = opened_on(row.expected_release_on, row.admitted_on, today, rules.opening)
    duty = assignment_rules().duty(row.return_district)
    return Case(
        id=new_id(),
        person_id=row.person_id,
        episode_id=row.episode_id,
        state=CaseState.PRE_RELEASE.value,
        trigger=trigger.value,
        opened_on=on,
        expected_release_on=row.expected_release_on,
        facility=row.facility,
        district=row.return_district,
        org=duty.org,
        worker_id=duty.worker_id,
        tier=Tier.STANDARD.value,
        rule_set=rules_on(on).code,
        recorded_at=clock.now(),
        updated_at=clock.now(),
    )


async def reopen_case(
    session: AsyncSession, principal: Principal, clock: Clock, case_id: UUID, *, reopened_on: date
) -> Case:
    """Follow a released person again: a new case in the hands of whoever carried the closed one.

    What custody told of them is locked first, as its events do: a readmission or a death in the same instant either
    came before, and is seen here, or finds the case that was opened, and ends it.
    Raises CaseNotFoundError, CaseOpenError, NotReleasedError, CaseAlreadyOpenError, NotReopenableError,
    FutureDateError, TooEarlyError.
    """
    old = await cases.load_case(session, principal, case_id)
    check_reopenable(CaseState(old.state), old.closure_code, old.released_on)
    check_happened(reopened_on, clock.today(), field="reopened_on", not_before=old.closed_on)
    async with as_system(session):
        for told in (await prospects.hold_prospects(session, [old.person_id])).values():
            check_at_liberty(told.custody_state)
        if await cases.find_open_case(session, old.person_id) is not None:
            raise CaseAlreadyOpenError
    at = kigali_midnight(reopened_on)
    case = _next_episode(old, reopened_on, clock)
    worker = Worker(worker_id=old.worker_id, org=old.org)
    assignment = responsibility.new_assignment(
        case, worker, Role.PRIMARY, Reason.SUPERVISOR, at, principal.sub, clock.now()
    )
    session.add(case)
    await session.flush()
    session.add(assignment)
    items = await followup.start_remaining(session, case, reopened_on, clock)
    await session.flush()
    await upsert(session, case.person_id, worker_id=worker.worker_id, org=worker.org)
    opened = cases.case_opened(case, at, principal.sub)
    computed = followup.schedule_computed(case, at, principal.sub, items, Cause.CASE_OPENED.value)
    for event in (opened, responsibility.worker_assigned(assignment), computed):
        await emit(session, event)
    return case


def _next_episode(old: Case, on: date, clock: Clock) -> Case:
    carried = old.model_dump(
        include={"person_id", "episode_id", "expected_release_on", "released_on", "supervision", "facility"}
        | {"district", "org", "worker_id", "tier"}
    )
    return Case(
        **carried,
        id=new_id(),
        previous_case_id=old.id,
        state=CaseState.FOLLOW_UP.value,
        trigger=Trigger.REOPENED.value,
        opened_on=on,
        rule_set=rules_on(on).code,
        recorded_at=clock.now(),
        updated_at=clock.now(),
    )


async def readmit(session: AsyncSession, clock: Clock, row: Prospect, case: Case | None, returned_on: date) -> None:
    """A person came back into custody: the open case ends; the next release opens a new one."""
    if case is not None and case.episode_id != row.episode_id:
        day = min(max(returned_on, case.opened_on), clock.today())
        await end_case(session, case, ClosureCode.RETURNED_TO_CUSTODY, day, BY, clock)


async def die(session: AsyncSession, clock: Clock, row: Prospect, case: Case | None, died_on: date) -> None:
    """A person died: the case ends and nothing is asked of anybody any more."""
    row.status, row.custody_state = ProspectStatus.ENDED.value, "DECEASED"
    if case is not None:
        await end_case(session, case, ClosureCode.DECEASED, died_on, BY, clock)


async def move_release(
    session: AsyncSession, clock: Clock, row: Prospect, case: Case | None, expected: date | None, at: datetime
) -> Opening | None:
    """The expected release was computed or moved: the case that is due now, to be opened; or its milestones move."""
    row.expected_release_on = expected
    if case is None:
        waiting = row.status == ProspectStatus.WAITING and row.custody_state != "ESCAPED"
        due = waiting and is_due(expected, clock.today(), rules_on(clock.today()).opening)
        return Opening(row, Trigger.RELEASE_WINDOW) if due else None
    if case.state != CaseState.PRE_RELEASE or case.expected_release_on == expected:
        return None
    case.expected_release_on = expected
    cause = Cause.RELEASE_DATE_MOVED if expected else Cause.RELEASE_DATE_WITHDRAWN
    planned = followup.planned_before_release(rules_on(case.opened_on), expected)
    cases.touch(case, clock)
    await followup.reschedule(session, case, planned, cause, clock)
    await session.flush()
    await emit(session, followup.schedule_computed(case, at, BY, len(planned), cause.value))
    return None


async def release(
    session: AsyncSession,
    clock: Clock,
    row: Prospect,
    case: Case | None,
    released_on: date,
    *,
    reason: str,
    supervision: str,
) -> None:
    """A person was released: the follow-up starts by itself (R8) and a community worker is asked to take over."""
    row.status, row.custody_state = ProspectStatus.ENDED.value, "RELEASED"
    if case is None:
        if not needs_case_at_release(reason, rules_on(released_on).opening):
            return
        (case,) = await open_cases(session, clock, [Opening(row, Trigger.RELEASED, released_on)])
    cause = Cause.RELEASED if case.state == CaseState.PRE_RELEASE else Cause.RELEASE_CORRECTED
    case.state = next_state(CaseState(case.state), CaseAction.START_FOLLOW_UP).value
    case.supervision, case.district = supervision, row.return_district
    await _follow_up_from(session, clock, case, released_on, cause)


async def correct_release(session: AsyncSession, clock: Clock, case: Case, released_on: date) -> None:
    """The day of release was corrected: what is not done yet moves with it."""
    await _follow_up_from(session, clock, case, released_on, Cause.RELEASE_CORRECTED)


async def _follow_up_from(session: AsyncSession, clock: Clock, case: Case, released_on: date, cause: Cause) -> None:
    case.released_on = released_on
    case.opened_on = min(case.opened_on, released_on)
    cases.touch(case, clock)
    at = kigali_midnight(released_on)
    await session.flush()
    items = await followup.reschedule_after_release(session, case, released_on, cause, clock)
    offered = await _ask_handover(session, clock, case, at) if cause is Cause.RELEASED else None
    await session.flush()
    told: list[Event] = [followup.schedule_computed(case, at, BY, items, cause.value)]
    if offered is not None:
        told.append(offered)
    await emit_many(session, told)


async def _ask_handover(session: AsyncSession, clock: Clock, case: Case, at: datetime) -> Event | None:
    """From the duty queue or the facility to a community worker; a worker somebody chose keeps the case."""
    to = assignment_rules().follow_up(case.district)
    chosen = not await responsibility.is_duty(session, case) and case.org != responsibility.RCS
    waiting, _ = await responsibility.standing(session, case.id)
    if chosen or to.worker_id == case.worker_id:
        if waiting is None:
            await followup.complete_milestone(session, case, "R8", case.released_on or clock.today(), BY, clock)
        return None
    if waiting is not None:
        return None
    row = await responsibility.put_offer(session, case, to, "RELEASE", at, BY, clock)
    return responsibility.handover_offered(row)


async def change_district(session: AsyncSession, clock: Clock, row: Prospect, case: Case | None, district: str) -> None:
    """The district of return changed; the worker stays until a supervisor or a handover changes it."""
    row.return_district = district
    if case is not None and case.district != district:
        case.district = district
        cases.touch(case, clock)
    await upsert(session, row.person_id, district=district)


def change_facility(clock: Clock, row: Prospect, case: Case | None, facility: str) -> None:
    """The person is held elsewhere."""
    row.facility = facility
    if case is not None and case.state == CaseState.PRE_RELEASE and case.facility != facility:
        case.facility = facility
        cases.touch(case, clock)
