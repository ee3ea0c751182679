"""Every statement on the items of a schedule."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.scope import visible_persons
from sqlalchemy import CursorResult, func, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from inzira_reintegration.case.models import Case
from inzira_reintegration.followup.models import DueItem

PENDING = ("DUE", "OVERDUE")

NEXT_DUE = text(
    "UPDATE reintegration_case c SET next_due_on = n.due_on FROM (SELECT k.id, (SELECT min(d.due_on) FROM due_item d "
    "WHERE d.case_id = k.id AND d.state IN ('DUE', 'OVERDUE') AND NOT d.optional) AS due_on "
    "FROM unnest(CAST(:ids AS uuid[])) AS k(id)) n "
    "WHERE c.id = n.id AND c.next_due_on IS DISTINCT FROM n.due_on RETURNING c.id, c.person_id, c.next_due_on"
)


MARK_OVERDUE = text(
    "UPDATE due_item SET state = CASE WHEN optional THEN 'CANCELLED' ELSE 'OVERDUE' END, "
    "cancelled_cause = CASE WHEN optional THEN 'OPTIONAL_PASSED' END, "
    "escalation = CASE WHEN optional THEN escalation ELSE 'WORKER' END, updated_at = :now "
    "WHERE id IN (SELECT id FROM due_item WHERE state IN ('DUE', 'OVERDUE') AND latest_on < :today "
    "AND (state = 'DUE' OR optional) ORDER BY latest_on LIMIT :limit FOR UPDATE SKIP LOCKED)"
)
TO_SUPERVISOR = text(
    "UPDATE due_item SET escalation = 'SUPERVISOR', updated_at = :now WHERE id IN (SELECT id FROM due_item "
    "WHERE state = 'OVERDUE' AND escalation IN ('NONE', 'WORKER') "
    "AND greatest(latest_on, known_on) + CAST(:days AS int) <= :today "
    "ORDER BY latest_on LIMIT :limit FOR UPDATE SKIP LOCKED)"
)
LOST = text(
    "SELECT c.id FROM reintegration_case c WHERE c.state = 'FOLLOW_UP' AND c.lost_contact_on IS NULL "
    "AND EXISTS (SELECT 1 FROM due_item d WHERE d.case_id = c.id AND d.kind = 'VISIT' AND d.state = 'OVERDUE' "
    "AND greatest(d.latest_on, d.known_on) + CAST(:days AS int) <= :today "
    "AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.case_id = c.id AND v.held_on > d.latest_on)) "
    "ORDER BY c.id LIMIT :limit FOR UPDATE OF c SKIP LOCKED"
)
MARK_LOST = text(
    "UPDATE due_item SET escalation = 'LOST_CONTACT', updated_at = :now WHERE case_id = ANY(:ids) "
    "AND kind = 'VISIT' AND state = 'OVERDUE' AND greatest(latest_on, known_on) + CAST(:days AS int) <= :today"
)


async def mark_overdue(session: AsyncSession, today: date, now: datetime, limit: int) -> int:
    """Items whose window has closed, all in one statement; an optional one is simply over. How many."""
    found = await session.execute(MARK_OVERDUE, {"today": today, "now": now, "limit": limit})
    return cast("CursorResult[Any]", found).rowcount


async def escalate(session: AsyncSession, today: date, now: datetime, days: int, limit: int) -> int:
    """Overdue items that go up to the supervisor, all in one statement. How many."""
    values = {"today": today, "now": now, "days": days, "limit": limit}
    return cast("CursorResult[Any]", await session.execute(TO_SUPERVISOR, values)).rowcount


async def lose_contact(session: AsyncSession, today: date, now: datetime, days: int, limit: int) -> Sequence[Case]:
    """Cases whose missed contact is `days` old with nobody having seen the person since, marked and locked."""
    found = await session.execute(LOST, {"today": today, "days": days, "limit": limit})
    ids = list(found.scalars())
    if not ids:
        return []
    await session.execute(MARK_LOST, {"ids": ids, "today": today, "now": now, "days": days})
    return (await session.scalars(select(Case).where(col(Case.id).in_(ids)))).all()


async def of_case(session: AsyncSession, case_id: UUID) -> Sequence[DueItem]:
    """Every item a case ever had, by due day."""
    statement = select(DueItem).where(DueItem.case_id == case_id).order_by(col(DueItem.due_on), col(DueItem.id))
    return (await session.scalars(statement)).all()


async def get(session: AsyncSession, principal: Principal, item_id: UUID) -> DueItem | None:
    """An item of a person the principal may see."""
    statement = select(DueItem).where(DueItem.id == item_id, col(DueItem.person_id).in_(visible_persons(principal)))
    return (await session.scalars(statement)).first()


async def live_item(session: AsyncSession, case_id: UUID, kind: str, code: str) -> DueItem | None:
    """The item of that code that is not cancelled."""
    statement = select(DueItem).where(
        DueItem.case_id == case_id,
        DueItem.kind == kind,
        DueItem.code == code,
        DueItem.state != "CANCELLED",
    )
    return (await session.scalars(statement)).first()


async def cancel(session: AsyncSession, item_ids: Iterable[UUID], cause: str, now: datetime) -> None:
    """Take items off the schedule, all at once."""
    await session.execute(
        update(DueItem)
        .where(col(DueItem.id).in_(list(item_ids)))
        .values(state="CANCELLED", cancelled_cause=cause, updated_at=now)
        .execution_options(synchronize_session="fetch")
    )


async def cancel_pending(
    session: AsyncSession, case_id: UUID, cause: str, now: datetime, kind: str | None = None
) -> None:
    """Take everything still pending off the schedule of a case, or everything of one kind."""
    statement = update(DueItem).where(col(DueItem.case_id) == case_id, col(DueItem.state).in_(PENDING))
    if kind is not None:
        statement = statement.where(col(DueItem.kind) == kind)
    await session.execute(
        statement.values(state="CANCELLED", cancelled_cause=cause, updated_at=now).execution_options(
            synchronize_session="fetch"
        )
    )


async def refresh_next_due(session: AsyncSession, case_ids: Sequence[UUID]) -> list[tuple[UUID, UUID, date | None]]:
    """Set each case's `next_due_on` to the first day something obligatory is due.

    Returns (case, person, that day) of the cases where it moved.
    """
    await session.flush()
    moved = (await session.execute(NEXT_DUE, {"ids": list(case_ids)})).all()
    return [(row.id, row.person_id, row.next_due_on) for row in moved]


async def count_pending(session: AsyncSession, case_id: UUID, kind: str) -> int:
    """How many items of a kind are still open."""
    statement = select(func.count()).where(
        DueItem.case_id == case_id, DueItem.kind == kind, col(DueItem.state).in_(PENDING)
    )
    return (await session.execute(statement)).scalar_one()


async def pending_until(
    session: AsyncSession, principal: Principal, worker_id: str | None, until: date, limit: int
) -> Sequence[DueItem]:
    """Open items due by `until` of persons in reach, of one worker when given, the oldest first."""
    statement = select(DueItem).where(
        col(DueItem.person_id).in_(visible_persons(principal)),
        col(DueItem.state).in_(PENDING),
        col(DueItem.due_on) <= until,
    )
    if principal.scope_kind == "facility":
        statement = statement.where(DueItem.kind == "MILESTONE")
    if worker_id is not None:
        mine = text("person_id IN (SELECT person_id FROM person_scope WHERE worker_id = :worker)")
        statement = statement.where(mine.bindparams(worker=worker_id))
    statement = statement.order_by(col(DueItem.due_on), col(DueItem.id)).limit(limit)
    return (await session.scalars(statement)).all()
