"""Keeping a case's schedule: computing, moving, completing and taking off."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit_many, record_access
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.case.domain import check_happened
from inzira_reintegration.case.models import Case
from inzira_reintegration.case.service import change_case, load_case
from inzira_reintegration.followup import repository
from inzira_reintegration.followup.completion import check_completion
from inzira_reintegration.followup.domain import (
    Cause,
    Changes,
    DueItemNotFoundError,
    DueItemSettledError,
    DueKind,
    DueState,
    Level,
    Planned,
    Scheduled,
    can_satisfy,
    follow_up,
    lost_contact_tasks,
    milestones,
    reconcile,
    state_on,
)
from inzira_reintegration.followup.events import BY, due_changed, schedule_computed
from inzira_reintegration.followup.models import DueItem
from inzira_reintegration.rules import Rules
from inzira_reintegration.ruleset import rules_on

__all__ = [
    "BY",
    "as_scheduled",
    "cancel_everything",
    "complete_item",
    "complete_milestone",
    "due_item",
    "end_search",
    "items_of_case",
    "mark_overtaken",
    "open_search_tasks",
    "pending_until",
    "planned_after_release",
    "planned_before_release",
    "read_schedule",
    "refresh_next_due",
    "reschedule",
    "reschedule_after_release",
    "schedule_computed",
    "settle",
    "start_remaining",
    "start_search",
]


def due_item(case: Case, planned: Planned, cause: Cause, clock: Clock) -> DueItem:
    """A row for a planned item, already OVERDUE when its window has closed."""
    today = clock.today()
    state = state_on(planned.latest_on, today)
    level = Level.WORKER if state is DueState.OVERDUE else Level.NONE
    return DueItem(
        id=new_id(),
        case_id=case.id,
        person_id=case.person_id,
        kind=planned.kind.value,
        code=planned.code,
        earliest_on=planned.earliest_on,
        due_on=planned.due_on,
        latest_on=planned.latest_on,
        accepts=list(planned.accepts),
        review=planned.review,
        optional=planned.optional,
        state=state.value,
        cause=cause.value,
        escalation=level.value,
        known_on=today,
        updated_at=clock.now(),
    )


def as_scheduled(row: DueItem) -> Scheduled:
    """The domain's view of a row."""
    planned = Planned(
        DueKind(row.kind),
        row.code,
        row.earliest_on,
        row.due_on,
        row.latest_on,
        tuple(row.accepts),
        row.review,
        row.optional,
    )
    cause = Cause(row.cancelled_cause) if row.cancelled_cause else None
    return Scheduled(row.id, planned, DueState(row.state), cause)


def planned_before_release(rules: Rules, expected_release_on: date | None) -> tuple[Planned, ...]:
    """Milestones, or nothing while no release is in sight."""
    return milestones(rules, expected_release_on) if expected_release_on else ()


def planned_after_release(rules: Rules, case: Case, released_on: date) -> tuple[Planned, ...]:
    """The follow-up, with the handover milestone R8 at the actual release."""
    handover = tuple(item for item in milestones(rules, released_on) if item.code == "R8")
    return (*handover, *follow_up(rules, case.tier, released_on, case.supervision))


async def reschedule(
    session: AsyncSession, case: Case, planned: Sequence[Planned], cause: Cause, clock: Clock
) -> Changes:
    """Bring the schedule in line with `planned`, keeping what was done and every old date with its cause."""
    rows = await repository.of_case(session, case.id)
    changes = reconcile((as_scheduled(row) for row in rows if row.kind != DueKind.PROTOCOL), planned)
    if changes.cancelled:
        await repository.cancel(session, changes.cancelled, cause.value, clock.now())
    session.add_all([due_item(case, item, cause, clock) for item in changes.added])
    if changes.any:
        await refresh_next_due(session, [case], clock)
    return changes


async def reschedule_after_release(
    session: AsyncSession, case: Case, released_on: date, cause: Cause, clock: Clock
) -> int:
    """Compute the follow-up from `released_on`; returns how many items are planned."""
    planned = planned_after_release(rules_on(released_on), case, released_on)
    await reschedule(session, case, planned, cause, clock)
    return len(planned)


async def start_remaining(session: AsyncSession, case: Case, from_day: date, clock: Clock) -> int:
    """Put on the schedule of a reopened case what is not over yet on `from_day`; returns how many items."""
    released_on = case.released_on or from_day
    planned = [
        item
        for item in follow_up(rules_on(released_on), case.tier, released_on, case.supervision)
        if item.latest_on >= from_day
    ]
    await reschedule(session, case, planned, Cause.CASE_OPENED, clock)
    return len(planned)


async def complete_milestone(
    session: AsyncSession, case: Case, code: str, done_on: date, by: str, clock: Clock
) -> None:
    """Mark a milestone done by its own act; nothing happens when it is not pending."""
    row = await repository.live_item(session, case.id, DueKind.MILESTONE.value, code)
    if row is not None and row.state != DueState.DONE.value:
        settle(row, done_on, by, clock)
        await refresh_next_due(session, [case], clock)


def settle(row: DueItem, done_on: date, by: str, clock: Clock, outcome: str | None = None) -> None:
    """Mark a row done."""
    row.state, row.done_on, row.cancelled_cause = DueState.DONE.value, done_on, None
    row.outcome_code, row.recorded_by, row.updated_at = outcome, by, clock.now()


async def complete_item(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    item_id: UUID,
    done_on: date,
    outcome: str,
    checklist: Mapping[str, str],
) -> tuple[DueItem, int]:
    """Complete preparation, a legal duty or a search task; returns the item and the case's new version.

    Raises DueItemNotFoundError, DueItemSettledError, CaseClosedError, FutureDateError, and what
    `check_completion` raises.
    """
    row = await repository.get(session, principal, item_id)
    if row is None:
        raise DueItemNotFoundError
    case = await change_case(session, principal, clock, row.case_id)
    await session.refresh(row)
    if not can_satisfy(as_scheduled(row)):
        raise DueItemSettledError
    check_happened(done_on, clock.today(), field="done_on", not_before=case.opened_on)
    check_completion(rules_on(case.opened_on), as_scheduled(row).planned, outcome, checklist)
    settle(row, done_on, principal.sub, clock, outcome)
    row.checklist = dict(checklist) or None
    await refresh_next_due(session, [case], clock)
    return row, case.version


async def items_of_case(session: AsyncSession, case_id: UUID) -> Sequence[DueItem]:
    """Every item of a case; for other features, which have checked the case."""
    return await repository.of_case(session, case_id)


async def read_schedule(session: AsyncSession, principal: Principal, case_id: UUID) -> Sequence[DueItem]:
    """The schedule as the principal may see it: a facility sees the milestones, not the follow-up.

    Raises CaseNotFoundError.
    """
    case = await load_case(session, principal, case_id)
    rows = await repository.of_case(session, case.id)
    await record_access(session, principal, "reintegration.schedule.read", [case.person_id])
    if principal.scope_kind == "facility":
        return [row for row in rows if row.kind == DueKind.MILESTONE.value]
    return rows


async def mark_overtaken(session: AsyncSession, item_ids: Iterable[UUID], clock: Clock) -> None:
    """Contacts missed before a visit that was made: kept as missed, no longer to be made."""
    ids = list(item_ids)
    if ids:
        await repository.cancel(session, ids, Cause.OVERTAKEN.value, clock.now())


async def cancel_everything(session: AsyncSession, case: Case, cause: Cause, clock: Clock) -> None:
    """Nothing is due any more: the case ended."""
    await repository.cancel_pending(session, case.id, cause.value, clock.now())
    await refresh_next_due(session, [case], clock)


async def start_search(session: AsyncSession, cases: Sequence[Case], clock: Clock) -> None:
    """Put the lost-contact tasks on the schedules of these cases."""
    today = clock.today()
    rows = [
        due_item(case, task, Cause.CONTACT_LOST, clock)
        for case in cases
        for task in lost_contact_tasks(rules_on(case.released_on or today), today)
    ]
    session.add_all(rows)
    await refresh_next_due(session, cases, clock)


async def end_search(session: AsyncSession, case: Case, clock: Clock) -> None:
    """The person was reached: the search tasks still open are taken off."""
    await repository.cancel_pending(session, case.id, Cause.CONTACT_MADE.value, clock.now(), DueKind.PROTOCOL.value)


async def open_search_tasks(session: AsyncSession, case_id: UUID) -> int:
    """How many tasks of the search are still open."""
    return await repository.count_pending(session, case_id, DueKind.PROTOCOL.value)


async def refresh_next_due(session: AsyncSession, cases: Sequence[Case], clock: Clock) -> None:
    """Recompute when something is due next on each case, and tell where it moved."""
    moved = await repository.refresh_next_due(session, [case.id for case in cases])
    at = clock.now()
    await emit_many(session, [due_changed(case_id, person_id, at, day) for case_id, person_id, day in moved])


async def pending_until(
    session: AsyncSession, principal: Principal, worker_id: str | None, until: date, limit: int
) -> Sequence[DueItem]:
    """Open items due by `until`, for the worklist."""
    return await repository.pending_until(session, principal, worker_id, until, limit)
