"""Every SQL statement of register imports: the file, its rows, and whom rows are compared with, a chunk at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from inzira_platform.scope import PERSON_SCOPE
from inzira_platform.storing import locked
from sqlalchemy import Select, and_, case, func, insert, literal, or_, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import col

from inzira_intake.person.domain import IdentifierKind
from inzira_intake.person.models import Person, PersonIdentifier
from inzira_intake.register.domain import ImportState, Outcome
from inzira_intake.register.models import RegisterImport, RegisterRow

OPEN = (ImportState.RECEIVED.value, ImportState.RUNNING.value)
BELL = "inzira_imports"
"""Rung in the worker when an import is opened."""
TAKE_TURN = text("SELECT pg_try_advisory_xact_lock(hashtextextended('register_import', 13))")


@dataclass(frozen=True)
class KnownPerson:
    """Somebody found by an identifier or a name: what a row is compared with."""

    index: bytes
    person_id: UUID
    name_key: str
    born_on: date | None
    birth_year: int | None
    facility: str | None


async def find_by_hash(session: AsyncSession, file_hash: bytes, reach: str) -> RegisterImport | None:
    """The import of these bytes by these facilities."""
    statement = select(RegisterImport).where(
        col(RegisterImport.file_hash) == file_hash, col(RegisterImport.reach) == reach
    )
    return (await session.execute(_light(statement))).scalar_one_or_none()


async def lock_hash(session: AsyncSession, file_hash: bytes) -> None:
    """Two officers who send the same file at once take turns."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:hash, 17))"), {"hash": file_hash.hex()})


async def find_import(
    session: AsyncSession, import_id: UUID, facilities: Sequence[str] | None
) -> RegisterImport | None:
    """The import, if all its facilities are among `facilities` (None: any); without the file."""
    statement = select(RegisterImport).where(col(RegisterImport.id) == import_id, _mine(facilities))
    return (await session.execute(_light(statement))).scalar_one_or_none()


async def list_imports(
    session: AsyncSession, facilities: Sequence[str] | None, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[RegisterImport]:
    """Imports of these facilities, newest first; one more than `limit`."""
    order = (col(RegisterImport.created_at), col(RegisterImport.id))
    statement = select(RegisterImport).where(_mine(facilities))
    if after is not None:
        statement = statement.where(tuple_(*order) < tuple_(*after))
    statement = statement.order_by(*(column.desc() for column in order)).limit(limit + 1)
    return (await session.execute(_light(statement))).scalars().all()


async def sealed_file(session: AsyncSession, import_id: UUID) -> tuple[bytes, int] | None:
    """The encrypted file and its key's version; None once it was deleted."""
    statement = select(col(RegisterImport.ciphertext), col(RegisterImport.key_version)).where(
        col(RegisterImport.id) == import_id
    )
    ciphertext, key_version = (await session.execute(statement)).one()
    return (ciphertext, key_version) if ciphertext is not None and key_version is not None else None


async def take_open_import(session: AsyncSession) -> RegisterImport | None:
    """The open import that waited longest, for this transaction alone; None when there is none or another works.

    One chunk at a time over all workers: two files about the same people then never lock each other out.
    """
    statement = select(RegisterImport).where(col(RegisterImport.state).in_(OPEN))
    statement = statement.order_by(col(RegisterImport.touched_at)).limit(1)
    found = (await session.execute(locked(_light(statement), skip_locked=True))).scalar_one_or_none()
    if found is None or not (await session.execute(TAKE_TURN)).scalar_one():
        return None
    return found


async def add_rows(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store undecided rows."""
    for start in range(0, len(rows), 500):
        await session.execute(insert(RegisterRow), list(rows[start : start + 500]))


async def next_rows(session: AsyncSession, import_id: UUID, limit: int) -> Sequence[RegisterRow]:
    """The first rows not decided yet, in the order of the file."""
    statement = (
        select(RegisterRow)
        .where(col(RegisterRow.import_id) == import_id, col(RegisterRow.outcome).is_(None))
        .order_by(col(RegisterRow.row_number))
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def write_decisions(session: AsyncSession, decided: Sequence[Mapping[str, Any]]) -> None:
    """What rows became, all in one statement; each names its row by import_id and row_number."""
    if decided:
        await session.execute(update(RegisterRow), list(decided), execution_options={"synchronize_session": False})


async def count_outcomes(session: AsyncSession, import_id: UUID) -> dict[str, int]:
    """Decided rows by outcome."""
    statement = (
        select(col(RegisterRow.outcome), func.count())
        .where(col(RegisterRow.import_id) == import_id, col(RegisterRow.outcome).is_not(None))
        .group_by(col(RegisterRow.outcome))
    )
    return {str(outcome): count for outcome, count in (await session.execute(statement)).all()}


async def lock_row(session: AsyncSession, import_id: UUID, row_number: int) -> RegisterRow | None:
    """A row of an import, for this transaction alone."""
    return await session.get(RegisterRow, (import_id, row_number), with_for_update=True, populate_existing=True)


async def list_rows(
    session: AsyncSession,
    import_id: UUID,
    *,
    outcome: str | None = None,
    settled: bool | None = None,
    after: int = 0,
    limit: int | None = None,
) -> Sequence[RegisterRow]:
    """Decided rows in the order of the file; one more than `limit` when one is given."""
    statement = select(RegisterRow).where(
        col(RegisterRow.import_id) == import_id,
        col(RegisterRow.outcome).is_not(None) if outcome is None else col(RegisterRow.outcome) == outcome,
        col(RegisterRow.row_number) > after,
    )
    if settled is not None:
        statement = statement.where(col(RegisterRow.settled_as).is_not(None) == settled)
    statement = statement.order_by(col(RegisterRow.row_number))
    return (await session.execute(statement.limit(limit + 1) if limit else statement)).scalars().all()


async def persons_by_identifier(
    session: AsyncSession, kind: IdentifierKind, indexes: Iterable[bytes]
) -> list[KnownPerson]:
    """Persons, in any facility, with one of these identifiers, now or earlier."""
    statement = (
        select(
            col(PersonIdentifier.blind_index),
            col(Person.person_id),
            col(Person.name_key),
            col(Person.born_on),
            col(Person.birth_year),
            PERSON_SCOPE.c.facility,
        )
        .join(Person, col(Person.person_id) == col(PersonIdentifier.person_id))
        .join(PERSON_SCOPE, PERSON_SCOPE.c.person_id == col(Person.person_id), isouter=True)
        .where(col(PersonIdentifier.kind) == kind.value, col(PersonIdentifier.blind_index).in_(list(indexes)))
    )
    return [KnownPerson(*row) for row in (await session.execute(statement)).all()]


async def persons_by_likeness(session: AsyncSession, likenesses: Iterable[tuple[str, date]]) -> list[KnownPerson]:
    """Persons, in any facility, with one of these names (in any order) and birth dates, or the birth year alone."""
    wanted = list(likenesses)
    same = or_(
        tuple_(col(Person.name_key), col(Person.born_on)).in_(wanted),
        and_(
            col(Person.born_on).is_(None),
            tuple_(col(Person.name_key), col(Person.birth_year)).in_([(key, born.year) for key, born in wanted]),
        ),
    )
    statement = (
        select(
            literal(b""),
            col(Person.person_id),
            col(Person.name_key),
            col(Person.born_on),
            col(Person.birth_year),
            PERSON_SCOPE.c.facility,
        )
        .join(PERSON_SCOPE, PERSON_SCOPE.c.person_id == col(Person.person_id), isouter=True)
        .where(col(Person.name_key).in_([key for key, _ in wanted]), same)
    )
    return [KnownPerson(*row) for row in (await session.execute(statement)).all()]


async def rows_alike(
    session: AsyncSession,
    import_id: UUID,
    indexes: Mapping[str, Iterable[bytes]],
) -> Sequence[RegisterRow]:
    """Rows of this file admitted or put to review, and rows of any file still under review, that share a blind index.

    `indexes` maps a column (number_index, national_id_index, likeness_index) to values.
    """
    shared = or_(*(getattr(RegisterRow, name).in_(list(values)) for name, values in indexes.items()))
    review = and_(col(RegisterRow.outcome) == Outcome.REVIEW.value, col(RegisterRow.settled_as).is_(None))
    here = and_(col(RegisterRow.import_id) == import_id, col(RegisterRow.outcome) == Outcome.ADMITTED.value)
    statement = (
        select(RegisterRow)
        .where(shared, or_(review, here))
        .order_by(case((col(RegisterRow.import_id) == import_id, 1), else_=0), col(RegisterRow.row_number))
    )
    return (await session.execute(statement)).scalars().all()


async def forget_files(session: AsyncSession, before: datetime) -> int:
    """Delete the files, and the drafts of rows not waiting for review, of imports finished before a time."""
    old = select(col(RegisterImport.id)).where(
        col(RegisterImport.finished_at) < before, col(RegisterImport.ciphertext).is_not(None)
    )
    ids = list((await session.execute(old.limit(20))).scalars())
    if not ids:
        return 0
    await session.execute(
        update(RegisterRow)
        .where(
            col(RegisterRow.import_id).in_(ids),
            or_(col(RegisterRow.outcome) != Outcome.REVIEW.value, col(RegisterRow.settled_as).is_not(None)),
        )
        .values(ciphertext=None)
    )
    await session.execute(
        update(RegisterImport).where(col(RegisterImport.id).in_(ids)).values(ciphertext=None, key_version=None)
    )
    return len(ids)


def _light(statement: Select[RegisterImport]) -> Select[RegisterImport]:
    """Without the file: it may hold 14 MB."""
    return statement.options(defer(RegisterImport.ciphertext, raiseload=True))  # type: ignore[arg-type]  # SQLModel types columns as values


def _mine(facilities: Sequence[str] | None) -> Any:  # noqa: ANN401 - SQLAlchemy's boolean expressions
    if facilities is None:
        return text("true")
    reach = func.string_to_array(col(RegisterImport.reach), ",")
    return and_(col(RegisterImport.reach) != "", reach.op("<@")(func.string_to_array(",".join(facilities), ",")))
