"""Every statement on cases; reads are bounded by what the principal may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.casework import agreed
from inzira_platform.scope import visible_persons
from inzira_platform.storing import locked
from sqlalchemy import Date, cast, func, literal, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from inzira_reintegration.case.models import Case

FAR = date(2200, 12, 31)
SORTS = {
    "opened_on": Case.opened_on,
    "released_on": Case.released_on,
    "expected_release_on": Case.expected_release_on,
    "next_due_on": Case.next_due_on,
}


@dataclass(frozen=True)
class CaseFilter:
    """What a list is narrowed to; None means any. `due_by` is a day in Rwanda, inclusive.

    `agreed`: whether the person's consent to the organisation that carries the case stands.
    """

    state: str | None = None
    district: str | None = None
    worker_id: str | None = None
    due_by: date | None = None
    agreed: bool | None = None
    sort: str = "next_due_on"


async def get(session: AsyncSession, principal: Principal, case_id: UUID, *, lock: bool = False) -> Case | None:
    """A case the principal may see; `lock` holds it until the end of the transaction."""
    statement = select(Case).where(Case.id == case_id, col(Case.person_id).in_(visible_persons(principal)))
    return (await session.scalars(locked(statement) if lock else statement)).first()


async def open_of(session: AsyncSession, person_id: UUID) -> Case | None:
    """The person's open case, locked."""
    statement = select(Case).where(Case.person_id == person_id, Case.state != "CLOSED")
    return (await session.scalars(locked(statement))).first()


async def among_followed(session: AsyncSession, person_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these persons who have an open case."""
    statement = select(Case.person_id).where(col(Case.person_id).in_(person_ids), Case.state != "CLOSED")
    return frozenset((await session.scalars(statement)).all())


async def latest_of(session: AsyncSession, person_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Newest case id per person, where there is one."""
    statement = (
        select(Case.person_id, Case.id)
        .where(col(Case.person_id).in_(person_ids))
        .distinct(col(Case.person_id))
        .order_by(col(Case.person_id), col(Case.id).desc())
    )
    return {row[0]: row[1] for row in (await session.execute(statement)).all()}


async def page(
    session: AsyncSession, principal: Principal, wanted: CaseFilter, after: list[str] | None, limit: int
) -> Sequence[Case]:
    """`limit + 1` cases in the asked order, those without the date last."""
    order = func.coalesce(SORTS[wanted.sort], literal(FAR, Date))
    statement = select(Case).where(col(Case.person_id).in_(visible_persons(principal)))
    for name in ("state", "district", "worker_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Case, name) == value)
    if wanted.due_by is not None:
        statement = statement.where(col(Case.next_due_on) <= wanted.due_by)
    if wanted.agreed is not None:
        stands = agreed(col(Case.person_id), col(Case.org))
        statement = statement.where(stands if wanted.agreed else ~stands)
    if after is not None:
        day, case_id = date.fromisoformat(after[0]), UUID(after[1])
        statement = statement.where(tuple_(order, col(Case.id)) > tuple_(cast(literal(day), Date), literal(case_id)))
    statement = statement.order_by(order, col(Case.id)).limit(limit + 1)
    return (await session.scalars(statement)).all()


async def of_person(session: AsyncSession, principal: Principal, person_id: UUID) -> Sequence[Case]:
    """All cases of one person in the principal's reach, the newest first."""
    statement = (
        select(Case)
        .where(Case.person_id == person_id, col(Case.person_id).in_(visible_persons(principal)))
        .order_by(col(Case.id).desc())
        .limit(100)
    )
    return (await session.scalars(statement)).all()


async def agreed_among(session: AsyncSession, case_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these cases whose person agrees to the organisation that carries them."""
    statement = select(Case.id).where(col(Case.id).in_(case_ids), agreed(col(Case.person_id), col(Case.org)))
    return frozenset((await session.scalars(statement)).all())


async def without_consent(session: AsyncSession, principal: Principal, limit: int) -> Sequence[Case]:
    """Open cases in reach whose organisation does not see the person; those released or leaving soonest first."""
    order = func.coalesce(Case.released_on, Case.expected_release_on, literal(FAR, Date))
    statement = (
        select(Case)
        .where(
            col(Case.person_id).in_(visible_persons(principal)),
            Case.state != "CLOSED",
            ~agreed(col(Case.person_id), col(Case.org)),
        )
        .order_by(order, col(Case.id))
        .limit(limit)
    )
    return (await session.scalars(statement)).all()
