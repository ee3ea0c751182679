"""Use case: admit a person, new or known, with everything Rule 7 asks for (domain.md 2.1, 2.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.errors import DomainError, Kind
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit
from inzira_platform.scope import as_system, upsert
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.admission import events, repository
from inzira_intake.admission.domain import (
    Admission,
    Answer,
    ReadmissionUnknownError,
    Section,
    SectionAnswer,
    require_order,
    require_sections,
)
from inzira_intake.admission.models import AdmissionSection
from inzira_intake.custody import service as custody
from inzira_intake.custody.domain import (
    CustodyState,
    FactKind,
    OpenEpisodeError,
    PersonDeceasedError,
)
from inzira_intake.custody.models import CustodyFact, Episode
from inzira_intake.custody.timeline import local_day, refuse_future
from inzira_intake.facility.domain import get_facility, require_offences, require_open
from inzira_intake.person import service as people
from inzira_intake.person.domain import NewPerson
from inzira_intake.person.models import Person
from inzira_intake.sentence import service as sentences
from inzira_intake.sentence.domain import SentenceTerms, require_terms
from inzira_intake.sentence.service import SentenceReason, StatedSentence
from inzira_intake.vault import IdentityDesk

SECTION_PLACE = "admission_section|ciphertext"


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
        person = people.new_row(desk, admission.person, now=clock.now(), by=principal.sub)
        await repository.add_reaches(session, [{"person_id": person.person_id, **reach_of(admission)}])
        await people.store_person(session, desk, person, admission.person)
        previous = None
    else:
        person, previous = await _returning(session, principal, desk, admission)
    return await _open_episode(session, principal, clock, desk, admission, person, previous)


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
        if await custody.find_custody(session, principal, person_id) is not None:
            raise OpenEpisodeError
    else:
        person_id = await people.find_released_person(session, desk, admission.person)
    if person_id is None:
        raise ReadmissionUnknownError
    async with as_system(session):
        await upsert(session, person_id, **reach_of(admission))
    person = await people.lock_person(session, principal, person_id)
    if person.died_on is not None:
        raise PersonDeceasedError
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


async def _open_episode(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    desk: IdentityDesk,
    admission: Admission,
    person: Person,
    previous: Episode | None,
) -> Admitted:
    episode = new_episode(admission, person, previous, principal, clock.now())
    session.add(episode)
    await session.flush()
    fact = admitted_fact(admission, episode)
    fact.stream_version = await emit(session, events.admitted(episode, person, admission.admitted_at))
    session.add(fact)
    session.add_all(sealed_sections(desk, admission.sections, episode))
    await session.flush()
    if admission.sentence is not None:
        stated = stated_sentence(admission.sentence, admission)
        facts = (custody.as_fact(fact),)
        await sentences.enter_sentence(session, principal, clock, episode, stated, facts, fresh=True)
    return Admitted(person.person_id, episode.id, episode.version)


def stated_sentence(terms: SentenceTerms, admission: Admission) -> StatedSentence:
    decided_on = admission.order.issued_on or local_day(admission.admitted_at)
    return StatedSentence(terms, min(decided_on, local_day(admission.admitted_at)), SentenceReason.JUDGEMENT)


def new_episode(
    admission: Admission, person: Person, previous: Episode | None, principal: Principal, now: datetime
) -> Episode:
    again, sentence = admission.readmission, admission.sentence
    return Episode(
        id=new_id(),
        person_id=person.person_id,
        admission_kind="READMISSION" if again else "NEW",
        readmission_type=again.type.value if again else None,
        previous_episode_id=previous.id if previous else None,
        order_number=admission.order.number,
        order_authority=admission.order.authority,
        order_issued_on=admission.order.issued_on,
        order_scan_ref=admission.order.scan_ref,
        offences=list(dict.fromkeys(admission.offences)),
        facility=admission.facility,
        custody_state=CustodyState.IN_FACILITY.value,
        legal_status=(sentence.legal_status if sentence else admission.legal_status).value,
        recorded_at=now,
        recorded_by=principal.sub,
    )


def admitted_fact(admission: Admission, episode: Episode) -> CustodyFact:
    return CustodyFact(
        id=new_id(),
        episode_id=episode.id,
        person_id=episode.person_id,
        kind=FactKind.ADMITTED.value,
        occurred_at=admission.admitted_at,
        at_facility=admission.facility,
        reference=admission.order.number,
        authority=admission.order.authority,
        details={},
        stream_version=0,
        recorded_at=episode.recorded_at,
        recorded_by=episode.recorded_by,
    )


def sealed_sections(
    desk: IdentityDesk, answers: Mapping[Section, SectionAnswer], episode: Episode
) -> list[AdmissionSection]:
    return [_section(desk, section, answers[section], episode) for section in Section]


def _section(desk: IdentityDesk, section: Section, given: SectionAnswer, episode: Episode) -> AdmissionSection:
    row = AdmissionSection(
        episode_id=episode.id,
        section=section.value,
        person_id=episode.person_id,
        answer=given.answer.value,
        recorded_at=episode.recorded_at,
        recorded_by=episode.recorded_by,
    )
    if given.answer is Answer.RECORDED and given.text is not None:
        place = f"{SECTION_PLACE}|{section.value}"
        sealed = desk.vault.seal(given.text, place=place, person_id=episode.person_id)
        row.ciphertext, row.key_version = sealed.ciphertext, sealed.key_version
    return row
