"""Every statement on assignments and handovers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.scope import PERSON_SCOPE, visible_persons
from inzira_platform.storing import locked
from sqlalchemy import Row, func, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from inzira_reintegration.case.models import Case
from inzira_reintegration.responsibility.models import Assignment, Handover

WAITING = ("OFFERED", "ESCALATED")


async def live(session: AsyncSession, case_id: UUID, role: str) -> Assignment | None:
    """The live assignment of a role."""
    statement = select(Assignment).where(
        Assignment.case_id == case_id, Assignment.role == role, col(Assignment.ended_at).is_(None)
    )
    return (await session.scalars(statement)).first()


async def end_live(session: AsyncSession, case_id: UUID, at: datetime, role: str | None = None) -> None:
    """End the live assignments of a case, or the one of `role`; never before they started."""
    statement = update(Assignment).where(col(Assignment.case_id) == case_id, col(Assignment.ended_at).is_(None))
    if role is not None:
        statement = statement.where(col(Assignment.role) == role)
    await session.execute(
        statement.values(ended_at=func.greatest(at, col(Assignment.started_at))).execution_options(
            synchronize_session="fetch"
        )
    )


async def waiting(session: AsyncSession, case_id: UUID) -> Handover | None:
    """The handover of a case that waits for an answer."""
    statement = select(Handover).where(Handover.case_id == case_id, col(Handover.state).in_(WAITING))
    return (await session.scalars(statement)).first()


async def get_handover(session: AsyncSession, handover_id: UUID) -> Handover | None:
    """A handover by id; who may answer it is checked by the caller, and its case is what is locked."""
    return await session.get(Handover, handover_id)


async def to_decide(session: AsyncSession, principal: Principal, limit: int) -> Sequence[Handover]:
    """Handovers waiting for this worker, or for any worker of a supervisor's organisation."""
    reach = col(Handover.to_worker) == principal.sub
    if principal.scope_kind == "org":
        reach = or_(reach, col(Handover.to_org) == (principal.org or ""))
    statement = select(Handover).where(reach)
    statement = (
        statement.where(col(Handover.state).in_(WAITING))
        .order_by(col(Handover.accept_by), col(Handover.id))
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def due_for_escalation(session: AsyncSession, now: datetime, limit: int) -> Sequence[Handover]:
    """Offers past their time, locked; those another worker holds are left for the next pass."""
    statement = (
        select(Handover)
        .where(Handover.state == "OFFERED", col(Handover.accept_by) < now)
        .order_by(col(Handover.accept_by), col(Handover.id))
        .limit(limit)
    )
    return (await session.scalars(locked(statement, skip_locked=True))).all()


async def carry(session: AsyncSession, cases: Sequence[Case]) -> None:
    """Write who carries these persons into `person_scope`, in one statement."""
    if not cases:
        return
    rows = [
        {
            "person_id": case.person_id,
            "worker_id": case.worker_id,
            "org": case.org,
            "updated_at": func.clock_timestamp(),
        }
        for case in cases
    ]
    statement = insert(PERSON_SCOPE).values(rows)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id"],
            set_={
                "worker_id": statement.excluded.worker_id,
                "org": statement.excluded.org,
                "updated_at": statement.excluded.updated_at,
            },
        )
    )


async def caseloads(session: AsyncSession, principal: Principal) -> Sequence[Row[str, str, str, int]]:
    """Open cases per worker and tier of what the principal reaches."""
    statement = (
        select(Case.worker_id, Case.org, Case.tier, func.count())
        .where(Case.state != "CLOSED", col(Case.person_id).in_(visible_persons(principal)))
        .group_by(Case.worker_id, Case.org, Case.tier)
        .order_by(Case.worker_id)
        .limit(3000)
    )
    return (await session.execute(statement)).all()
