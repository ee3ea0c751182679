"""Recording a visit: what it satisfies on the schedule, and what it puts an end to."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit, record_access
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.case.domain import NotReleasedError, check_happened
from inzira_reintegration.case.models import Case
from inzira_reintegration.case.service import change_case, load_case
from inzira_reintegration.followup import service as followup
from inzira_reintegration.followup.domain import (
    DueItemNotFoundError,
    DueKind,
    DueState,
    Scheduled,
    check_matches,
    matching_item,
    overtaken,
)
from inzira_reintegration.followup.models import DueItem
from inzira_reintegration.rules import Rules
from inzira_reintegration.ruleset import rules_on
from inzira_reintegration.scores import check_scores, is_complete
from inzira_reintegration.visit import events, repository
from inzira_reintegration.visit.domain import check_kind, check_review, ends_search, is_review
from inzira_reintegration.visit.models import Visit


async def record_visit(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    case_id: UUID,
    *,
    kind: str,
    held_on: date,
    scores: Mapping[str, int],
    due_code: str | None,
) -> tuple[Visit, int]:
    """Record a contact after release, however late, and settle the due item it satisfies.

    Raises CaseNotFoundError, CaseClosedError, NotReleasedError, FutureDateError, TooEarlyError, ScoresError,
    ScoresIncompleteError, VisitKindUnknownError, VisitKindError, DueItemNotFoundError, DueItemSettledError.
    """
    case = await change_case(session, principal, clock, case_id)
    if case.released_on is None:
        raise NotReleasedError
    check_happened(held_on, clock.today(), field="held_on", not_before=case.released_on)
    rules = rules_on(case.released_on)
    check_kind(kind, rules)
    check_scores(scores, rules, complete=False)
    rows = {row.id: row for row in await followup.items_of_case(session, case.id)}
    items = [followup.as_scheduled(row) for row in rows.values()]
    found = _satisfied(items, kind, held_on, scores, due_code, rules)
    visit = _visit(case, principal.sub, kind, held_on, scores, found, rules, clock)
    session.add(visit)
    if found is not None:
        await _settle(session, rows, found, items, held_on, principal.sub, clock)
    await _end_search(session, case, held_on, rules, clock)
    await followup.refresh_next_due(session, [case], clock)
    await session.flush()
    await emit(session, events.visit_recorded(visit))
    return visit, case.version


def _satisfied(
    items: Sequence[Scheduled],
    kind: str,
    held_on: date,
    scores: Mapping[str, int],
    due_code: str | None,
    rules: Rules,
) -> Scheduled | None:
    """The due item: the one that was named, or the one the rules find; reviews only by complete scores."""
    if due_code is None:
        complete = is_complete(scores, rules)
        return matching_item(kind, held_on, [item for item in items if complete or not item.planned.review])
    named = [item for item in items if item.planned.kind is DueKind.VISIT and item.planned.code == due_code]
    if not named:
        raise DueItemNotFoundError(field="due_code")
    item = max(named, key=lambda one: (one.state is not DueState.CANCELLED, one.item_id))
    check_matches(item, kind, held_on)
    check_review(scores, rules, asked=item.planned.review)
    return item


def _visit(
    case: Case,
    by: str,
    kind: str,
    held_on: date,
    scores: Mapping[str, int],
    found: Scheduled | None,
    rules: Rules,
    clock: Clock,
) -> Visit:
    return Visit(
        id=new_id(),
        case_id=case.id,
        person_id=case.person_id,
        kind=kind,
        held_on=held_on,
        scores=dict(scores),
        is_review=is_review(kind, scores, rules),
        due_item_id=found.item_id if found else None,
        due_code=found.planned.code if found else None,
        in_time=held_on <= found.planned.latest_on if found else None,
        recorded_at=clock.now(),
        recorded_by=by,
    )


async def _settle(
    session: AsyncSession,
    rows: Mapping[UUID, DueItem],
    found: Scheduled,
    items: Sequence[Scheduled],
    held_on: date,
    by: str,
    clock: Clock,
) -> None:
    """The item is done, and earlier contacts that were missed are not asked for any more."""
    followup.settle(rows[found.item_id], held_on, by, clock)
    await session.flush()
    others = [item for item in items if item.item_id != found.item_id]
    await followup.mark_overtaken(session, overtaken(found.planned, held_on, others), clock)


async def _end_search(session: AsyncSession, case: Case, held_on: date, rules: Rules, clock: Clock) -> None:
    lost = case.lost_contact_on
    if lost is not None and ends_search(held_on, lost, rules.overdue):
        case.lost_contact_on = None
        await followup.end_search(session, case, clock)


async def read_visits(session: AsyncSession, principal: Principal, case_id: UUID) -> Sequence[Visit]:
    """Visits of a case with their scores, the latest first, with the access recorded.

    Raises CaseNotFoundError.
    """
    case = await load_case(session, principal, case_id)
    rows = await repository.of_case(session, case.id)
    await record_access(session, principal, "reintegration.visits.read", [case.person_id])
    return rows


async def reviews_of(session: AsyncSession, case_id: UUID, limit: int) -> list[tuple[date, dict[str, int]]]:
    """Day and scores of the latest review visits."""
    return [(row.held_on, row.scores) for row in await repository.reviews_of(session, case_id, limit)]
