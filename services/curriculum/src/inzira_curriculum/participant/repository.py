"""Reading and keeping participants; everything a caller reads is limited to the persons they reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.scope import visible_persons
from inzira_platform.storing import locked
from sqlalchemy import Row, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col

from inzira_curriculum.participant.domain import IN_CUSTODY, add_months
from inzira_curriculum.participant.models import Participant, PersonFlag
from inzira_curriculum.template import EligibilityRules


@dataclass(frozen=True)
class Search:
    """Who is looked for: eligible by these rules on that day, in one facility."""

    facility: str
    rules: EligibilityRules
    as_of: date


async def find_visible(
    session: AsyncSession, principal: Principal, person_id: UUID, *, hold: bool = False
) -> Participant | None:
    """The participant, when they are in the principal's reach; nobody changes them meanwhile when `hold`."""
    statement = select(Participant).where(
        col(Participant.person_id) == person_id, col(Participant.person_id).in_(visible_persons(principal))
    )
    return (await session.execute(locked(statement, read=True) if hold else statement)).scalar_one_or_none()


async def flag_levels(session: AsyncSession, person_id: UUID, as_of: date) -> frozenset[str]:
    """Levels of the flags that were open on that day."""
    statement = select(col(PersonFlag.level)).where(col(PersonFlag.person_id) == person_id, _was_open(as_of))
    return frozenset((await session.execute(statement)).scalars())


async def find_flag(session: AsyncSession, flag_id: UUID) -> PersonFlag | None:
    return await session.get(PersonFlag, flag_id)


async def page_eligible(
    session: AsyncSession,
    principal: Principal,
    search: Search,
    excluding: Select[UUID],
    limit: int,
    after: tuple[date, UUID] | None,
) -> Sequence[Row[UUID, date, date | None, date | None]]:
    """Eligible persons by the day they leave custody, soonest first: the rules of `domain.assess` said in SQL."""
    leaves_on = func.least(
        _ahead(col(Participant.expected_release_on), search.as_of),
        _ahead(col(Participant.parole_eligible_on), search.as_of),
    )
    statement = (
        select(
            col(Participant.person_id),
            leaves_on.label("leaves_on"),
            col(Participant.expected_release_on),
            col(Participant.parole_eligible_on),
        )
        .where(
            col(Participant.facility) == search.facility,
            leaves_on.is_not(None),
            col(Participant.person_id).in_(visible_persons(principal)),
            *_conditions(search),
            col(Participant.person_id).not_in(excluding),
        )
        .order_by(leaves_on, col(Participant.person_id))
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(tuple_(leaves_on, col(Participant.person_id)) > after)
    return (await session.execute(statement)).all()


def _ahead(column: Mapped[date | None], as_of: date) -> ColumnElement[date | None]:
    return case((column >= as_of, column))


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    rules, as_of = search.rules, search.as_of
    flagged = select(col(PersonFlag.person_id)).where(
        _was_open(as_of), col(PersonFlag.level).in_(rules.blocking_flag_levels)
    )
    held = or_(
        col(Participant.custody_state).in_(IN_CUSTODY),
        and_(col(Participant.custody_state) == "RELEASED", col(Participant.released_on) > as_of),
    )
    conditions = [col(Participant.person_id).not_in(flagged), col(Participant.custody_state) != "DECEASED"]
    if rules.legal_statuses:
        conditions += [
            held,
            col(Participant.admitted_on) <= as_of,
            col(Participant.legal_status).in_(rules.legal_statuses),
        ]
    if rules.minimum_months is not None and rules.maximum_months is not None:
        first, last = add_months(as_of, rules.minimum_months), add_months(as_of, rules.maximum_months)
        conditions.append(
            or_(
                col(Participant.expected_release_on).between(first, last),
                col(Participant.parole_eligible_on).between(first, last),
            )
        )
    return conditions


def _was_open(as_of: date) -> ColumnElement[bool]:
    return and_(
        col(PersonFlag.opened_on) <= as_of,
        or_(col(PersonFlag.closed_on).is_(None), col(PersonFlag.closed_on) > as_of),
    )
