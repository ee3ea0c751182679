"""Whom a chunk of rows is compared with: a few look-ups for all rows of the chunk together."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.person.domain import IdentifierKind
from inzira_intake.register import repository
from inzira_intake.register.domain import Known, Match, RowDraft
from inzira_intake.register.drafts import indexes_of, likeness_index
from inzira_intake.register.identifiers import rcs_spellings
from inzira_intake.register.models import RegisterRow
from inzira_intake.register.repository import KnownPerson
from inzira_intake.vault import Vault

Likeness = tuple[str, date]


async def load_known(
    session: AsyncSession, vault: Vault, import_id: UUID, drafts: Sequence[RowDraft], facilities: frozenset[str]
) -> Known:
    """The persons and the earlier rows that rows of this chunk may be; rows of this file count before persons.

    A person outside `facilities` matches too, but is not named: no id leaves their facility.
    """
    known = Known()
    await _add_numbers(session, vault, known, drafts, facilities)
    await _add_national_ids(session, vault, known, drafts)
    await _add_likenesses(session, known, drafts)
    await _add_rows(session, vault, known, import_id, drafts)
    return known


async def _add_numbers(
    session: AsyncSession, vault: Vault, known: Known, drafts: Sequence[RowDraft], facilities: frozenset[str]
) -> None:
    kind = IdentifierKind.RCS_NUMBER
    keys = {
        vault.blind_index(kind.value, spelling): draft.number_key
        for draft in drafts
        if draft.rcs_number and draft.number_key
        for spelling in rcs_spellings(draft.rcs_number)
    }
    for person in await repository.persons_by_identifier(session, kind, keys):
        key = keys[person.index]
        if key:
            seen = not facilities or person.facility in facilities
            known.by_number[key] = Match(person.person_id if seen else None, _likeness(person))


async def _add_national_ids(session: AsyncSession, vault: Vault, known: Known, drafts: Sequence[RowDraft]) -> None:
    kind = IdentifierKind.NATIONAL_ID
    numbers = {vault.blind_index(kind.value, d.national_id): d.national_id for d in drafts if d.national_id}
    for person in await repository.persons_by_identifier(session, kind, numbers):
        known.by_national_id[numbers[person.index]] = Match(person.person_id, _likeness(person))


async def _add_likenesses(session: AsyncSession, known: Known, drafts: Sequence[RowDraft]) -> None:
    wanted = {draft.likeness for draft in drafts if draft.likeness}
    by_year: dict[tuple[str, int], list[Likeness]] = {}
    for name, born in wanted:
        by_year.setdefault((name, born.year), []).append((name, born))
    for person in await repository.persons_by_likeness(session, wanted):
        exact = _likeness(person)
        meant = [exact] if exact else by_year.get((person.name_key, person.birth_year or 0), [])
        for likeness in meant:
            known.by_likeness[likeness] = Match(person.person_id, likeness)


async def _add_rows(
    session: AsyncSession, vault: Vault, known: Known, import_id: UUID, drafts: Sequence[RowDraft]
) -> None:
    indexes = [(draft, indexes_of(draft, vault)) for draft in drafts]
    numbers = {index.number: draft.number_key for draft, index in indexes if index.number and draft.number_key}
    national = {index.national_id: draft.national_id for draft, index in indexes if index.national_id}
    likenesses = {likeness_index(d.likeness, vault): d.likeness for d in drafts if d.likeness}
    asked: dict[str, Iterable[bytes]] = {
        "number_index": numbers,
        "national_id_index": national,
        "likeness_index": likenesses,
    }
    for row in await repository.rows_alike(session, import_id, asked):
        match = _match_of(row, import_id, likenesses)
        if row.number_index in numbers:
            known.by_number[numbers[row.number_index]] = match
        if (number := national.get(row.national_id_index or b"")) is not None:
            known.by_national_id[number] = match
        if (likeness := likenesses.get(row.likeness_index or b"")) is not None:
            known.by_likeness[likeness] = match


def _match_of(row: RegisterRow, import_id: UUID, likenesses: dict[bytes, Likeness]) -> Match:
    """A row as a match. Its likeness is known only if the chunk shares it; else it stays unsaid."""
    return Match(row.person_id, likenesses.get(row.likeness_index or b""), in_file=row.import_id == import_id)


def _likeness(person: KnownPerson) -> Likeness | None:
    return (person.name_key, person.born_on) if person.born_on else None
