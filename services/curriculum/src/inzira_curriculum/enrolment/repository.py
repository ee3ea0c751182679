"""Reading enrolments, limited to the persons the caller reaches."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.scope import visible_persons
from inzira_platform.storing import locked
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_curriculum.enrolment.domain import ACHIEVED, OPEN, TAKES_A_PLACE, EnrolmentState
from inzira_curriculum.enrolment.models import Enrolment, EnrolmentChange


def _visible(principal: Principal) -> Select[Enrolment]:
    return select(Enrolment).where(col(Enrolment.person_id).in_(visible_persons(principal)))


async def find(session: AsyncSession, principal: Principal, enrolment_id: UUID, *, lock: bool) -> Enrolment | None:
    """The enrolment, when its person is in the principal's reach."""
    statement = _visible(principal).where(col(Enrolment.id) == enrolment_id)
    return (await session.execute(locked(statement) if lock else statement)).scalar_one_or_none()


async def lock_in_cohort(
    session: AsyncSession, principal: Principal, cohort_id: UUID, ids: Iterable[UUID]
) -> dict[UUID, Enrolment]:
    """Those of these enrolments that are in the cohort and in reach, locked in the order of their ids."""
    statement = (
        _visible(principal)
        .where(col(Enrolment.cohort_id) == cohort_id, col(Enrolment.id).in_(list(ids)))
        .order_by(col(Enrolment.id))
    )
    return {enrolment.id: enrolment for enrolment in (await session.execute(locked(statement))).scalars()}


async def lock_in_state(
    session: AsyncSession, principal: Principal, cohort_id: UUID, state: EnrolmentState
) -> Sequence[Enrolment]:
    """Enrolments of a cohort in one state, locked in the order of their ids."""
    statement = (
        _visible(principal)
        .where(col(Enrolment.cohort_id) == cohort_id, col(Enrolment.state) == state)
        .order_by(col(Enrolment.id))
    )
    return (await session.execute(locked(statement))).scalars().all()


async def page_of_cohort(
    session: AsyncSession, principal: Principal, cohort_id: UUID, limit: int, after: UUID | None
) -> Sequence[Enrolment]:
    """Up to `limit + 1` enrolments of a cohort by id."""
    statement = _visible(principal).where(col(Enrolment.cohort_id) == cohort_id)
    if after is not None:
        statement = statement.where(col(Enrolment.id) > after)
    return (await session.execute(statement.order_by(col(Enrolment.id)).limit(limit + 1))).scalars().all()


async def list_of_person(session: AsyncSession, person_id: UUID, *, lock: bool = False) -> Sequence[Enrolment]:
    """Every enrolment of a person, oldest first; whether they are in reach is asked before."""
    statement = select(Enrolment).where(col(Enrolment.person_id) == person_id).order_by(col(Enrolment.id))
    return (await session.execute(locked(statement) if lock else statement)).scalars().all()


async def hold_enrolled(session: AsyncSession, person_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these persons who have an enrolment: for the service's own work.

    Every enrolment of theirs is locked, in the order of the ids as a group is: none waits for the other with one in
    hand.
    """
    if not person_ids:
        return frozenset()
    mine = col(Enrolment.person_id).in_(person_ids)
    statement = select(col(Enrolment.person_id)).where(mine).order_by(col(Enrolment.id))
    return frozenset((await session.execute(locked(statement))).scalars())


async def places_taken(session: AsyncSession, cohort_id: UUID) -> int:
    """How many places of a cohort are taken."""
    statement = select(func.count()).where(
        col(Enrolment.cohort_id) == cohort_id, col(Enrolment.state).in_(TAKES_A_PLACE)
    )
    return int((await session.execute(statement)).scalar_one())


async def changes_of(session: AsyncSession, enrolment_id: UUID) -> Sequence[EnrolmentChange]:
    """Every step of an enrolment, oldest first."""
    statement = (
        select(EnrolmentChange)
        .where(col(EnrolmentChange.enrolment_id) == enrolment_id)
        .order_by(col(EnrolmentChange.id))
    )
    return (await session.execute(statement)).scalars().all()


def busy_persons(programme_code: str) -> Select[UUID]:
    """SELECT of the persons who are in this programme or have completed it."""
    return select(col(Enrolment.person_id)).where(
        col(Enrolment.programme_code) == programme_code, col(Enrolment.state).in_(OPEN | ACHIEVED)
    )
