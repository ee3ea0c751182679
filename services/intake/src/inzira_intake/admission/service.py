"""Use case: admit a person, new or known, with everything Rule 7 asks for (domain.md 2.1, 2.6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.errors import DomainError, Kind
from inzira_platform.scope import as_system, upsert
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.admission import repository
from inzira_intake.admission.domain import Admission, ReadmissionUnknownError, require_order, require_sections
from inzira_intake.admission.models import AdmissionSection
from inzira_intake.admission.opening import (
    SECTION_PLACE,
    Opening,
    open_episode,
    open_for_newcomer,
    store_openings,
)
from inzira_intake.custody import service as custody
from inzira_intake.custody.domain import CustodyState, OpenEpisodeError, PersonDeceasedError
from inzira_intake.custody.models import Episode
from inzira_intake.custody.timeline import local_day, refuse_future
from inzira_intake.facility.domain import get_facility, require_offences, require_open
from inzira_intake.person import service as people
from inzira_intake.person.domain import NewPerson
from inzira_intake.person.models import Person
from inzira_intake.sentence.domain import require_terms
from inzira_intake.vault import IdentityDesk


class OverlapError(DomainError):
    kind = Kind.CONFLICT
    code = "overlaps-episode"
    message = "The person was still in custody then by the earlier episode. Correct its release, or the time given."
    field = "admitted_at"


@dataclass(frozen=True)
class Admitted:
    """What an admission made. `version` is the episode's."""

    person_id: UUID
    episode_id: UUID
    version: int

    @classmethod
    def by(cls, opening: Opening) -> "Admitted":
        return cls(opening.person.person_id, opening.episode.id, opening.episode.version)


async def admit_person(
    session: AsyncSession, principal: Principal, clock: Clock, desk: IdentityDesk, admission: Admission
) -> Admitted:
    """Open a custody episode, for somebody new or somebody who comes back.

    Raises, before anything is written: CommitmentOrderMissingError, SectionMissingError, SectionTextError,
    FacilityUnknownError, FacilityClosedError, OtherFacilityError, FutureFactError, NameMissingError, BirthDateError,
    NationalIdError, PhoneError, RcsNumberError, OffenceUnknownError, the errors of the sentence's terms;
    RcsNumberKnownError (the register has this RCS number), PossibleDuplicateError (likely a known person; pass
    `confirmed_new`), ReadmissionUnknownError, OpenEpisodeError, PersonDeceasedError, OverlapError.
    """
    admission = checked(admission, principal, clock)
    if admission.readmission is None:
        await people.refuse_known(session, principal, desk, admission.person, confirmed_new=admission.confirmed_new)
        opening = open_for_newcomer(principal, clock, desk, admission)
        await bring_into_reach(session, [opening])
    else:
        person, previous = await _returning(session, principal, desk, admission)
        opening = open_episode(principal, clock, desk, admission, person, previous)
    await store_openings(session, [opening])
    return Admitted.by(opening)


async def bring_into_reach(session: AsyncSession, openings: Sequence[Opening]) -> None:
    """Put people who are new where their admissions put them: before their rows, for the policies."""
    reaches = [{"person_id": one.person.person_id, "district": None, **reach_of(one.admission)} for one in openings]
    await repository.add_reaches(session, reaches)


async def list_sections(session: AsyncSession, episode_ids: Sequence[UUID]) -> Sequence[AdmissionSection]:
    """The answers of Rule 7 given at these admissions, still sealed."""
    return await repository.list_sections(session, episode_ids)


def open_section(desk: IdentityDesk, section: AdmissionSection) -> str | None:
    """The text of a section; None where none was given."""
    if section.ciphertext is None or section.key_version is None:
        return None
    place = f"{SECTION_PLACE}|{section.section}"
    return desk.vault.open(section.ciphertext, section.key_version, place=place, person_id=section.person_id)


def checked(admission: Admission, principal: Principal, clock: Clock) -> Admission:
    """The admission with its person prepared, when all that needs no database holds."""
    require_order(admission.order)
    require_sections(admission.sections)
    custody.require_own(principal, admission.facility)
    refuse_future(admission.admitted_at, clock.now(), field="admitted_at")
    day = local_day(admission.admitted_at)
    if admission.from_register:
        get_facility(admission.facility)
    else:
        require_open(admission.facility, day)
    require_offences(admission.offences)
    if admission.sentence is not None:
        require_terms(admission.sentence)
    person: NewPerson = people.prepare_person(admission.person, day)
    return replace(admission, person=person)


async def _returning(
    session: AsyncSession, principal: Principal, desk: IdentityDesk, admission: Admission
) -> tuple[Person, Episode | None]:
    """The known person, brought into the caller's reach, and their last episode."""
    readmission = admission.readmission
    assert readmission is not None  # noqa: S101 - the caller's branch
    person_id = readmission.person_id
    if person_id is not None:
        await people.get_person(session, principal, person_id)
    else:
        person_id = await people.find_released_person(session, desk, admission.person)
    if person_id is None:
        raise ReadmissionUnknownError
    async with as_system(session):  # a release or death elsewhere locks them first, then their reach
        person = await people.lock_anyone(session, person_id)
        await upsert(session, person_id, **reach_of(admission))
    if person.died_on is not None:
        raise PersonDeceasedError
    if await custody.find_custody(session, principal, person_id) is not None:
        raise OpenEpisodeError
    previous = await custody.find_last_episode(session, principal, person_id)
    if previous and previous.closed_at and previous.closed_at > admission.admitted_at:
        raise OverlapError(field="admitted_at")
    return person, previous


def reach_of(admission: Admission) -> dict[str, str | None]:
    """Where the admission puts the person, for everybody's reach."""
    reach: dict[str, str | None] = {
        "facility": admission.facility,
        "incoming_facility": None,
        "custody_state": CustodyState.IN_FACILITY.value,
    }
    if admission.person.return_district:
        reach["district"] = admission.person.return_district
    return reach
