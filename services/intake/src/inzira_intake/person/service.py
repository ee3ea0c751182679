"""Use cases about who a person is: write down, find, change, name."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.deps import StaleVersionError
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit, record_access
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.facility.domain import require_district
from inzira_intake.person import events, repository
from inzira_intake.person.domain import (
    Identifier,
    IdentifierKind,
    MatchReason,
    NewPerson,
    PersonNotFoundError,
    PossibleDuplicateError,
    RcsNumberKnownError,
    Sex,
    check_birth,
    identifiers_of,
    last4,
    name_key,
    name_tokens,
    national_id_disagreements,
    normalise,
    normalise_name,
    require_name,
)
from inzira_intake.person.models import Person, PersonIdentifier, PersonNameToken
from inzira_intake.person.repository import Likeness, Place
from inzira_intake.vault import IdentityDesk, Vault

IDENTIFIER_PLACE = "person_identifier|ciphertext"


@dataclass(frozen=True)
class PersonView:
    """A person as one caller may see them: `person` is None where only their existence may be known."""

    person_id: UUID
    place: Place
    person: Person | None = None
    identifiers: Sequence[PersonIdentifier] = ()


@dataclass(frozen=True)
class PersonChange:
    """New values of the details that change; a field left out of `given` stays."""

    given: frozenset[str]
    full_name: str | None = None
    known_names: tuple[str, ...] = ()
    sex: Sex | None = None
    born_on: date | None = None
    birth_year: int | None = None
    return_district: str | None = None
    identifiers: tuple[tuple[IdentifierKind, str], ...] = field(default=())


def prepare_person(person: NewPerson, admitted_on: date) -> NewPerson:
    """`person` with tidy names, checked against the day of admission.

    Raises NameMissingError, BirthDateError or DistrictUnknownError naming the field.
    """
    name = require_name(person.full_name)
    known = tuple(dict.fromkeys(require_name(item, field="known_names") for item in person.known_names))
    check_birth(person.born_on, person.birth_year, admitted_on)
    if person.return_district is not None:
        require_district(person.return_district)
    return replace(person, full_name=name, known_names=known, birth_year=person.year_of_birth)


async def refuse_known(
    session: AsyncSession,
    principal: Principal,
    desk: IdentityDesk,
    person: NewPerson,
    *,
    confirmed_new: bool,
) -> None:
    """Look for the person over all facilities before they are written down a second time.

    Raises RcsNumberKnownError always, PossibleDuplicateError unless `confirmed_new`; neither says who or where,
    but for a candidate the caller may see.
    """
    likeness = _likeness(desk, person)
    match = await repository.find_match(session, likeness)
    if match is None or (confirmed_new and match != IdentifierKind.RCS_NUMBER):
        return
    candidate = await repository.find_candidate(session, principal, likeness)
    seen = {"candidate": str(candidate)} if candidate else {}
    if match == IdentifierKind.RCS_NUMBER:
        raise RcsNumberKnownError(field="rcs_number", **seen)
    raise PossibleDuplicateError(reason=MatchReason(match).value, **seen)


async def known_among(
    session: AsyncSession, desk: IdentityDesk, persons: Sequence[NewPerson]
) -> list[RcsNumberKnownError | PossibleDuplicateError | None]:
    """As `refuse_known` for many prepared persons in one look: the error each would meet, or None."""
    matches = await repository.find_matches(session, [_likeness(desk, person) for person in persons])
    return [_known(match) if match else None for match in matches]


def _known(match: str) -> RcsNumberKnownError | PossibleDuplicateError:
    if match == IdentifierKind.RCS_NUMBER:
        return RcsNumberKnownError(field="rcs_number")
    return PossibleDuplicateError(reason=MatchReason(match).value)


def new_row(desk: IdentityDesk, person: NewPerson, *, now: datetime, by: str) -> Person:
    """The row of a prepared person, with the warnings its national number gives; not stored yet."""
    numbers = {item.kind: item.value for item in identifiers_of(person, test_data=desk.test_data)}
    national = numbers.get(IdentifierKind.NATIONAL_ID)
    return Person(
        person_id=new_id(),
        full_name=person.full_name,
        known_names=list(person.known_names),
        normalised_name=normalise_name(person.full_name),
        name_key=name_key(person.full_name),
        sex=person.sex.value,
        born_on=person.born_on,
        birth_year=person.year_of_birth,
        return_district=person.return_district,
        warnings=list(national_id_disagreements(national, person.sex, person.year_of_birth)) if national else [],
        recorded_at=now,
        recorded_by=by,
        updated_at=now,
    )


def parts_of(desk: IdentityDesk, row: Person, person: NewPerson) -> list[PersonNameToken | PersonIdentifier]:
    """The words of the names and the sealed identifiers that belong to the row of a prepared person."""
    tokens = name_tokens([row.full_name, *row.known_names])
    return [
        *(PersonNameToken(person_id=row.person_id, token=token) for token in tokens),
        *(
            _sealed(desk.vault, row.person_id, item, now=row.recorded_at, by=row.recorded_by)
            for item in identifiers_of(person, test_data=desk.test_data)
        ),
    ]


async def find_released_person(session: AsyncSession, desk: IdentityDesk, person: NewPerson) -> UUID | None:
    """The released person, wherever they were, whose RCS or national number was given; None when unsure."""
    for item in identifiers_of(person, test_data=desk.test_data):
        if item.kind is not IdentifierKind.PHONE:
            found = await repository.find_released(session, item.kind, index_of(desk, item))
            if found:
                return found
    return None


async def view_person(session: AsyncSession, principal: Principal, person_id: UUID) -> PersonView:
    """The person as the caller may see them, with an access record.

    Raises PersonNotFoundError out of reach.
    """
    place = await repository.find_place(session, principal, person_id)
    if place is None:
        raise PersonNotFoundError
    if principal.scope_kind == "oversight":
        await record_access(session, principal, "person.view", [person_id], view="existence")
        return PersonView(person_id, place)
    person = await get_person(session, principal, person_id)
    named = principal.can("person:identify")
    identifiers = await repository.list_identifiers(session, person_id) if named else ()
    await record_access(session, principal, "person.view", [person_id], view="full" if named else "unnamed")
    return PersonView(person_id, place, person, identifiers)


async def get_person(session: AsyncSession, principal: Principal, person_id: UUID) -> Person:
    """The person in reach. Raises PersonNotFoundError. Leaves no access record: the use case that shows does."""
    person = await repository.find_person(session, principal, person_id)
    if person is None:
        raise PersonNotFoundError
    return person


async def lock_person(session: AsyncSession, principal: Principal, person_id: UUID) -> Person:
    """The person in reach, locked: one fact about one person at a time. Raises PersonNotFoundError."""
    person = await repository.lock_person(session, principal, person_id)
    if person is None:
        raise PersonNotFoundError
    return person


async def lock_anyone(session: AsyncSession, person_id: UUID) -> Person:
    """Somebody known to be there, locked, whoever may see them: for the service itself."""
    return await repository.lock_anyone(session, person_id)


async def change_person(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    desk: IdentityDesk,
    person_id: UUID,
    change: PersonChange,
    *,
    expected_version: int,
) -> Person:
    """Change details and tell which ones changed.

    Raises PersonNotFoundError, StaleVersionError, and the errors of the values' rules.
    """
    person = await lock_person(session, principal, person_id)
    if person.version != expected_version:
        raise StaleVersionError
    changed = _apply(person, change, clock.today())
    changed += await _replace_identifiers(session, principal, desk, person, change, clock.now())
    if not changed:
        return person
    if {"full_name", "known_names"} & set(changed):
        await repository.replace_tokens(session, person_id, name_tokens([person.full_name, *person.known_names]))
    person.version += 1
    person.updated_at = clock.now()
    await session.flush()
    await emit(session, events.updated(person, sorted(changed), at=clock.now(), by=principal.sub))
    return person


def _likeness(desk: IdentityDesk, person: NewPerson) -> Likeness:
    indexes = {item.kind: index_of(desk, item) for item in identifiers_of(person, test_data=desk.test_data)}
    return Likeness(
        rcs=indexes.get(IdentifierKind.RCS_NUMBER),
        national=indexes.get(IdentifierKind.NATIONAL_ID),
        name_key=name_key(person.full_name),
        born_on=person.born_on,
        birth_year=person.year_of_birth,
    )


def index_of(desk: IdentityDesk, item: Identifier) -> bytes:
    """The blind index an identifier is stored and found by."""
    return desk.vault.blind_index(item.kind.value, item.value)


def _sealed(vault: Vault, person_id: UUID, item: Identifier, *, now: datetime, by: str) -> PersonIdentifier:
    sealed = vault.seal(item.value, place=IDENTIFIER_PLACE, person_id=person_id)
    return PersonIdentifier(
        id=new_id(),
        person_id=person_id,
        kind=item.kind.value,
        ciphertext=sealed.ciphertext,
        key_version=sealed.key_version,
        blind_index=vault.blind_index(item.kind.value, item.value),
        last4=last4(item.value),
        recorded_at=now,
        recorded_by=by,
    )


def _apply(person: Person, change: PersonChange, today: date) -> list[str]:
    """Put the given values into the row; returns the names of those that differ."""
    values: dict[str, object] = {name: getattr(change, name) for name in change.given if hasattr(person, name)}
    if "full_name" in values:
        values["full_name"] = require_name(change.full_name or "")
    if "known_names" in values:
        values["known_names"] = [require_name(item, field="known_names") for item in change.known_names]
    if change.born_on is not None:
        values.setdefault("birth_year", change.born_on.year)
    if change.return_district is not None:
        require_district(change.return_district)
    if change.sex is not None:
        values["sex"] = change.sex.value
    changed = [name for name, value in values.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, values[name])
    check_birth(person.born_on, person.birth_year, today)
    person.normalised_name, person.name_key = normalise_name(person.full_name), name_key(person.full_name)
    return changed


async def _replace_identifiers(
    session: AsyncSession,
    principal: Principal,
    desk: IdentityDesk,
    person: Person,
    change: PersonChange,
    now: datetime,
) -> list[str]:
    """End the identifiers of the kinds given and write the new ones. Raises RcsNumberKnownError and the like."""
    if not change.identifiers:
        return []
    held = {item.kind: item for item in await repository.list_identifiers(session, person.person_id)}
    changed: list[str] = []
    for kind, text in change.identifiers:
        item = Identifier(kind, normalise(kind, text, test_data=desk.test_data))
        old = held.get(kind.value)
        if old and old.blind_index == index_of(desk, item):
            continue
        await _refuse_taken(session, desk, item)
        if old:
            old.valid_to = now
        session.add(_sealed(desk.vault, person.person_id, item, now=now, by=principal.sub))
        changed.append(kind.value.lower())
    return changed


async def _refuse_taken(session: AsyncSession, desk: IdentityDesk, item: Identifier) -> None:
    index = index_of(desk, item)
    rcs = index if item.kind is IdentifierKind.RCS_NUMBER else None
    national = index if item.kind is IdentifierKind.NATIONAL_ID else None
    # the name is left empty: only the number is asked about
    match = await repository.find_match(session, Likeness(rcs, national, "", None, None))
    if match == IdentifierKind.RCS_NUMBER:
        raise RcsNumberKnownError(field="rcs_number")
    if match:
        raise PossibleDuplicateError(field="national_id", reason=match)
