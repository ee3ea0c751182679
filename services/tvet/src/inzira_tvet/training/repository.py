"""Every statement on trainings; the caller's reach is repeated in each, row-level security is the net."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.page import InvalidCursorError, PageRequest
from inzira_platform.scope import visible_persons
from inzira_platform.storing import locked
from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_tvet.training.domain import LIVE, RESUMABLE, State
from inzira_tvet.training.models import Training, TrainingChange, TrainingCredit

SORTS = {"opened_on": (Training.opened_on, False), "-opened_on": (Training.opened_on, True)}
SORTS |= {"state_on": (Training.state_on, False), "-state_on": (Training.state_on, True)}


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; None narrows nothing."""

    facility: str | None = None
    programme_code: str | None = None
    state: State | None = None


def _visible(principal: Principal) -> ColumnElement[bool]:
    """The predicate every read repeats."""
    return col(Training.person_id).in_(visible_persons(principal))


async def find_training(
    session: AsyncSession, principal: Principal, training_id: UUID, *, lock: bool = False
) -> Training | None:
    """One training in the principal's reach; locked until the transaction ends when `lock`."""
    statement = select(Training).where(col(Training.id) == training_id, _visible(principal))
    return (await session.execute(locked(statement) if lock else statement)).scalar_one_or_none()


async def lock_trainings(
    session: AsyncSession, principal: Principal, training_ids: Collection[UUID]
) -> Sequence[Training]:
    """Those of the trainings that are in reach, locked in the order of their ids (no deadlock)."""
    statement = select(Training).where(col(Training.id).in_(training_ids), _visible(principal))
    return (await session.execute(locked(statement.order_by(col(Training.id))))).scalars().all()


async def lock_trainings_of(session: AsyncSession, person_id: UUID, states: Collection[State]) -> Sequence[Training]:
    """A person's trainings in these states, locked; for consumers, who reach everybody."""
    statement = select(Training).where(
        col(Training.person_id) == person_id, col(Training.state).in_([state.value for state in states])
    )
    return (await session.execute(locked(statement.order_by(col(Training.id))))).scalars().all()


async def hold_trained(session: AsyncSession, person_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these persons who have a training; for consumers, who reach everybody.

    Every training of theirs is locked, in the order of the ids as a class is: none waits for the other with one in
    hand, and one that a correction opens again in this moment is seen as it leaves it.
    """
    if not person_ids:
        return frozenset()
    theirs = col(Training.person_id).in_(person_ids)
    statement = select(col(Training.person_id)).where(theirs).order_by(col(Training.id))
    return frozenset((await session.execute(locked(statement))).scalars())


async def list_of_person(session: AsyncSession, principal: Principal, person_id: UUID) -> Sequence[Training]:
    """A person's trainings, oldest first."""
    statement = select(Training).where(col(Training.person_id) == person_id, _visible(principal))
    return (await session.execute(statement.order_by(col(Training.opened_on), col(Training.id)))).scalars().all()


async def list_page(
    session: AsyncSession, principal: Principal, narrowed: Filter, sort: str, page: PageRequest
) -> Sequence[Training]:
    """Up to one more than a page of trainings, in the order `sort` names (a key of SORTS)."""
    attribute, descending = SORTS[sort]
    key = tuple_(col(attribute), col(Training.id))
    statement = _narrow(select(Training).where(_visible(principal)), narrowed)
    after = page.after(2)
    if after is not None:
        mark = tuple_(*_cursor_values(after))
        statement = statement.where(key < mark if descending else key > mark)
    order = [col(attribute).desc(), col(Training.id).desc()] if descending else [col(attribute), col(Training.id)]
    rows: Sequence[Training] = (await session.execute(statement.order_by(*order).limit(page.limit + 1))).scalars().all()
    return rows


def _cursor_values(after: list[str]) -> tuple[date, UUID]:
    """The day and id a cursor stands for. Raises InvalidCursorError."""
    try:
        return date.fromisoformat(after[0]), UUID(after[1])
    except ValueError:
        raise InvalidCursorError(field="cursor") from None


def _narrow(statement: Select[Any], narrowed: Filter) -> Select[Any]:
    """Add the filters that are given."""
    if narrowed.facility is not None:
        statement = statement.where(col(Training.facility) == narrowed.facility)
    if narrowed.programme_code is not None:
        statement = statement.where(col(Training.programme_code) == narrowed.programme_code)
    if narrowed.state is not None:
        statement = statement.where(col(Training.state) == narrowed.state.value)
    return statement


async def has_live(
    session: AsyncSession, person_id: UUID, programme_code: str, *, other_than: UUID | None = None
) -> bool:
    """Whether the person has a training of this programme that has not ended."""
    return await _has_in(session, person_id, programme_code, LIVE, other_than)


async def has_awarded(session: AsyncSession, person_id: UUID, programme_code: str) -> bool:
    """Whether the person already holds the award of this programme."""
    return await _has_in(session, person_id, programme_code, (State.AWARDED,), None)


async def _has_in(
    session: AsyncSession,
    person_id: UUID,
    programme_code: str,
    states: Collection[State],
    other_than: UUID | None,
) -> bool:
    statement = select(col(Training.id)).where(
        col(Training.person_id) == person_id,
        col(Training.programme_code) == programme_code,
        col(Training.state).in_([state.value for state in states]),
    )
    if other_than is not None:
        statement = statement.where(col(Training.id) != other_than)
    return (await session.execute(statement.limit(1))).first() is not None


async def find_latest_ended(session: AsyncSession, person_id: UUID, programme_code: str) -> Training | None:
    """The person's last training of this programme that was cut short, or None."""
    statement = (
        select(Training)
        .where(
            col(Training.person_id) == person_id,
            col(Training.programme_code) == programme_code,
            col(Training.state).in_([state.value for state in RESUMABLE]),
        )
        .order_by(col(Training.state_on).desc(), col(Training.id).desc())
    )
    return (await session.execute(statement.limit(1))).scalar_one_or_none()


async def credits_of(session: AsyncSession, training_ids: Collection[UUID]) -> Sequence[TrainingCredit]:
    """The credits of these trainings."""
    statement = select(TrainingCredit).where(col(TrainingCredit.training_id).in_(training_ids))
    return (await session.execute(statement)).scalars().all()


async def changes_of(session: AsyncSession, training_id: UUID) -> Sequence[TrainingChange]:
    """Every change of state of a training, in the order they were recorded."""
    statement = select(TrainingChange).where(col(TrainingChange.training_id) == training_id)
    return (await session.execute(statement.order_by(col(TrainingChange.id)))).scalars().all()
