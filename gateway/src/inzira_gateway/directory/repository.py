"""Every SQL statement about lists of persons and counts of them."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.page import InvalidCursorError, PageRequest
from inzira_platform.scope import PERSON_SCOPE, visible_persons
from sqlalchemy import (
    Date,
    DateTime,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.directory.domain import LAST_DAY, Sort, Wanted
from inzira_gateway.journey.domain import Stage
from inzira_gateway.journey.generation import ACTIVE
from inzira_gateway.journey.models import PersonHead

HEAD: Any = PersonHead
FREE = "RELEASED"
IS_FREE = literal_column(f"'{FREE}'", Text)
"""Written out for an index as well."""


def _visible(principal: Principal, facility: str | None = None) -> list[Any]:
    visible: list[Any] = [HEAD.generation == ACTIVE]
    if principal.scope_kind in ("national", "oversight", "system"):
        return visible
    reached = visible_persons(principal)
    if principal.scope_kind == "facility" and facility in principal.facilities:
        # Everybody of the facility is in reach: asked person by person (the OFFSET sees to it) in the list's order.
        # As IN, all of them would be gathered and sorted before the first is shown.
        visible.append(reached.where(PERSON_SCOPE.c.person_id == HEAD.person_id).correlate(HEAD).offset(0).exists())
    else:
        visible.append(HEAD.person_id.in_(reached))
    return visible


async def list_heads(
    session: AsyncSession, principal: Principal, wanted: Wanted, page: PageRequest
) -> Sequence[PersonHead]:
    """Heads in the principal's reach; one more than the page holds."""
    query = _heads(principal, wanted)
    after = page.after(2)
    if after is not None:
        place = tuple_(_sort_key(wanted), HEAD.person_id)
        reached = _position(after, wanted.sort)
        query = query.where(place < reached if wanted.sort.is_descending else place > reached)
    return (await session.execute(query, {"most": page.limit + 1})).scalars().all()


@lru_cache(maxsize=256)
def _heads(principal: Principal, wanted: Wanted) -> Select[PersonHead]:
    """The first page of a list: what is kept is the question, which costs more to build than to ask."""
    turn = "desc" if wanted.sort.is_descending else "asc"
    order = [getattr(column, turn)() for column in (_sort_key(wanted), HEAD.person_id)]
    query = select(PersonHead).where(*_visible(principal, wanted.facility), *_conditions(wanted))
    return query.order_by(*order).limit(bindparam("most", type_=Integer))


def _conditions(wanted: Wanted) -> list[Any]:
    found: list[Any] = []
    if wanted.stages:
        found.append(_stage(wanted.whole).in_([str(stage) for stage in wanted.stages]))
    if wanted.facility is not None:
        found.append(HEAD.facility == wanted.facility)
    if wanted.district is not None:
        found.append(HEAD.return_district == wanted.district)
    if wanted.due_by is not None:
        found.append(_or_never(_next_due(wanted.whole)) <= wanted.due_by)
    if wanted.person_ids is not None:
        found.append(HEAD.person_id.in_(wanted.person_ids))
    return found


def _stage(whole: bool) -> Any:  # noqa: ANN401 - a SQL expression
    """The stage as the caller may know it: the SQL of `told_to_facility`."""
    return HEAD.stage if whole else case((HEAD.stage == Stage.LOST_CONTACT, str(Stage.FOLLOW_UP)), else_=HEAD.stage)


def _next_due(whole: bool) -> Any:  # noqa: ANN401 - a SQL expression
    return HEAD.next_due_on if whole else case((HEAD.custody_state.is_distinct_from(IS_FREE), HEAD.next_due_on))


def _sort_key(wanted: Wanted) -> Any:  # noqa: ANN401 - a SQL expression
    sort = wanted.sort
    column = _next_due(wanted.whole) if sort is Sort.NEXT_DUE_ON else getattr(HEAD, sort.column)
    if sort is Sort.LATEST_CHANGED:
        return column
    return _or_never(column, "-infinity" if sort.is_descending else "infinity")


def _or_never(column: Any, never: str = "infinity") -> Any:  # noqa: ANN401 - SQL expressions
    """The day, or one before or after all others.

    Written out and not bound, because indexes on the expression serve the order; the database driver writes the first
    and the last day Python knows, which cursors carry, as these.
    """
    return func.coalesce(column, literal_column(f"'{never}'::date", Date))


def key_of(head: PersonHead, wanted: Wanted) -> list[object]:
    """The cursor values of a head; a cursor tells no more than its list."""
    sort = wanted.sort
    value = getattr(head, sort.column)
    if sort is Sort.NEXT_DUE_ON and not wanted.whole and head.custody_state == FREE:
        value = None
    if value is None:
        value = date(1, 1, 1) if sort.is_descending else LAST_DAY
    return [value.isoformat(), head.person_id]


def _position(after: list[str], sort: Sort) -> Any:  # noqa: ANN401 - a SQL tuple
    try:
        person_id = UUID(after[1])
        if sort is Sort.LATEST_CHANGED:
            return tuple_(cast(literal(datetime.fromisoformat(after[0])), DateTime(timezone=True)), person_id)
        return tuple_(cast(literal(date.fromisoformat(after[0])), Date), person_id)
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error


async def count_stages(
    session: AsyncSession, principal: Principal, *, whole: bool
) -> list[tuple[str | None, str, int]]:
    """(facility, stage, persons) in the principal's reach, stages as the principal may know them (`whole`: all)."""
    counted = select(HEAD.facility, _stage(whole).label("stage")).where(*_visible(principal)).subquery()
    query = select(counted.c.facility, counted.c.stage, func.count()).group_by(counted.c.facility, counted.c.stage)
    return [(row[0], row[1], row[2]) for row in (await session.execute(query)).all()]
