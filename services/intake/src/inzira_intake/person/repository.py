"""Every SQL statement about who a person is. Reads repeat the caller's reach; the policies are the net."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.scope import PERSON_SCOPE, visible_persons
from inzira_platform.storing import locked
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    delete,
    exists,
    func,
    select,
    text,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_intake.person.domain import IdentifierKind
from inzira_intake.person.models import Person, PersonIdentifier, PersonNameToken

POSSIBLE_MATCH = text("SELECT possible_match(:rcs, :national, :name_key, :born_on, :birth_year)")
POSSIBLE_MATCHES = text(
    "SELECT possible_match(p.rcs, p.national, p.name_key, p.born_on, p.birth_year) FROM unnest(CAST(:rcs AS bytea[]), "
    "CAST(:national AS bytea[]), CAST(:name_key AS text[]), CAST(:born_on AS date[]), CAST(:birth_year AS int[])) "
    "WITH ORDINALITY AS p(rcs, national, name_key, born_on, birth_year, n) ORDER BY p.n"
)
RELEASED_PERSON = text("SELECT released_person(:kind, :blind_index)")


@dataclass(frozen=True)
class Likeness:
    """What a new record is compared by."""

    rcs: bytes | None
    national: bytes | None
    name_key: str
    born_on: date | None
    birth_year: int | None


@dataclass(frozen=True)
class Place:
    """Where a person is, as far as everybody who reaches them may know."""

    facility: str | None
    custody_state: str | None


async def find_person(session: AsyncSession, principal: Principal, person_id: UUID) -> Person | None:
    """The person, if within the caller's reach."""
    statement = select(Person).where(col(Person.person_id) == person_id, _reached(principal))
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_person(session: AsyncSession, principal: Principal, person_id: UUID) -> Person | None:
    """The person, locked until the transaction ends; None out of reach."""
    statement = select(Person).where(col(Person.person_id) == person_id, _reached(principal))
    return (await session.execute(locked(statement))).scalar_one_or_none()


async def lock_anyone(session: AsyncSession, person_id: UUID) -> Person:
    """A person, locked until the transaction ends, without a look at reach."""
    return (await session.execute(locked(select(Person).where(col(Person.person_id) == person_id)))).scalar_one()


async def find_place(session: AsyncSession, principal: Principal, person_id: UUID) -> Place | None:
    """Facility and custody state of a person in reach; None out of reach."""
    columns = PERSON_SCOPE.c
    statement = select(columns.facility, columns.custody_state).where(
        columns.person_id == person_id, columns.person_id.in_(visible_persons(principal))
    )
    row = (await session.execute(statement)).one_or_none()
    return Place(row.facility, row.custody_state) if row else None


async def list_identifiers(session: AsyncSession, person_id: UUID) -> Sequence[PersonIdentifier]:
    """The identifiers in force, in the order they were recorded."""
    statement = (
        select(PersonIdentifier)
        .where(col(PersonIdentifier.person_id) == person_id, col(PersonIdentifier.valid_to).is_(None))
        .order_by(col(PersonIdentifier.recorded_at), col(PersonIdentifier.id))
    )
    return (await session.execute(statement)).scalars().all()


async def list_persons(session: AsyncSession, principal: Principal, ids: Iterable[UUID]) -> Sequence[Person]:
    """Those of the persons within reach."""
    return (await session.execute(_among_reached(principal), {"ids": list(ids)})).scalars().all()


@lru_cache(maxsize=512)
def _among_reached(principal: Principal) -> Select[Person]:
    return select(Person).where(col(Person.person_id) == any_(bindparam("ids", type_=ARRAY(Uuid))), _reached(principal))


async def find_match(session: AsyncSession, likeness: Likeness) -> str | None:
    """Which known thing matches, over all facilities: RCS_NUMBER, NATIONAL_ID, NAME_AND_BIRTH or None; not who."""
    match: str | None = (await session.execute(POSSIBLE_MATCH, vars(likeness))).scalar_one()
    return match


async def find_matches(session: AsyncSession, likenesses: Sequence[Likeness]) -> list[str | None]:
    """`find_match` for many, in one statement and in the order given."""
    columns = {name: [getattr(one, name) for one in likenesses] for name in Likeness.__dataclass_fields__}
    return list((await session.execute(POSSIBLE_MATCHES, columns)).scalars())


async def find_candidate(session: AsyncSession, principal: Principal, likeness: Likeness) -> UUID | None:
    """The matching person where the caller may see them."""
    by_number = exists().where(
        col(PersonIdentifier.person_id) == Person.person_id,
        col(PersonIdentifier.blind_index).in_([index for index in (likeness.rcs, likeness.national) if index]),
    )
    by_name = col(Person.name_key) == likeness.name_key
    statement = select(col(Person.person_id)).where(by_number | by_name, _reached(principal)).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def find_released(session: AsyncSession, kind: IdentifierKind, blind_index: bytes) -> UUID | None:
    """The one released person with this identifier, in any facility; None when none, several, or in custody."""
    found = await session.execute(RELEASED_PERSON, {"kind": kind.value, "blind_index": blind_index})
    person_id: UUID | None = found.scalar_one_or_none()
    return person_id


async def replace_tokens(session: AsyncSession, person_id: UUID, tokens: Iterable[str]) -> None:
    """The words of a person's names, instead of those there were."""
    await session.execute(delete(PersonNameToken).where(col(PersonNameToken.person_id) == person_id))
    session.add_all(PersonNameToken(person_id=person_id, token=token) for token in tokens)


async def search_by_name(
    session: AsyncSession, principal: Principal, tokens: Sequence[str], limit: int, after: Sequence[str] | None
) -> Sequence[Person]:
    """Persons in reach with a word beginning like each of `tokens`, by name; one more than `limit`."""
    statement = select(Person).where(_reached(principal), *(_has_word(token) for token in tokens))
    return await _page(session, statement, limit, after)


async def search_by_identifier(
    session: AsyncSession, principal: Principal, indexes: Sequence[bytes], limit: int, after: Sequence[str] | None
) -> Sequence[Person]:
    """Persons in reach with one of these blind indexes, by name; one more than `limit`."""
    holds = exists().where(
        col(PersonIdentifier.person_id) == Person.person_id, col(PersonIdentifier.blind_index).in_(list(indexes))
    )
    return await _page(session, select(Person).where(_reached(principal), holds), limit, after)


async def _page(
    session: AsyncSession, statement: Select[Person], limit: int, after: Sequence[str] | None
) -> Sequence[Person]:
    order = (col(Person.normalised_name), col(Person.person_id))
    if after is not None:
        statement = statement.where(tuple_(*order) > tuple_(after[0], UUID(after[1])))
    return (await session.execute(statement.order_by(*order).limit(limit + 1))).scalars().all()


def _has_word(token: str) -> ColumnElement[bool]:
    # starts_with is leakproof, so the policies do not keep it from the index; LIKE would be (security.md 4, rule 5)
    return exists().where(
        and_(
            col(PersonNameToken.person_id) == Person.person_id,
            func.starts_with(col(PersonNameToken.token), token),
        )
    )


def _reached(principal: Principal) -> ColumnElement[bool]:
    return col(Person.person_id).in_(visible_persons(principal))
