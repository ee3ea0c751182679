"""What an admission makes: the rows and events of a new episode. Made first, of one person or many; stored together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inzira_contracts.event import Event
from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit_many
from inzira_platform.storing import store
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from inzira_intake.admission import events
from inzira_intake.admission.domain import Admission, Answer, Section, SectionAnswer
from inzira_intake.admission.models import AdmissionSection
from inzira_intake.custody import service as custody
from inzira_intake.custody.domain import CustodyState, FactKind
from inzira_intake.custody.models import CustodyFact, Episode
from inzira_intake.custody.timeline import local_day
from inzira_intake.person import service as people
from inzira_intake.person.models import Person, PersonIdentifier, PersonNameToken
from inzira_intake.sentence import service as sentences
from inzira_intake.sentence.domain import SentenceTerms
from inzira_intake.sentence.service import FirstSentence, SentenceReason, StatedSentence
from inzira_intake.vault import IdentityDesk

SECTION_PLACE = "admission_section|ciphertext"


@dataclass(frozen=True)
class Opening:
    """The rows of one admission, made but not stored. `newcomer` are those of a person who was not there before."""

    admission: Admission
    person: Person
    newcomer: Sequence[Person | PersonNameToken | PersonIdentifier]
    episode: Episode
    fact: CustodyFact
    sections: Sequence[AdmissionSection]
    sentence: FirstSentence | None

    def events(self) -> list[Event]:
        """What is told of it, in this order."""
        told: list[Event] = [events.admitted(self.episode, self.person, self.admission.admitted_at)]
        if self.sentence is not None:
            told += [self.sentence.recorded, self.sentence.computed]
        return told

    def take(self, versions: Iterator[int]) -> None:
        """Note which place in the person's stream each event got."""
        self.fact.stream_version = next(versions)
        if self.sentence is not None:
            self.sentence.sentence.stream_version = next(versions)
            next(versions)  # a computation is found by its episode

    def rows(self) -> list[SQLModel]:
        """All of them, each after those it refers to."""
        dates = [self.sentence.sentence, self.sentence.computation] if self.sentence else []
        return [*self.newcomer, self.episode, self.fact, *self.sections, *dates]


def open_for_newcomer(principal: Principal, clock: Clock, desk: IdentityDesk, admission: Admission) -> Opening:
    """The admission of somebody new, with the rows of who they are. Raises the errors of the sentence's terms."""
    person = people.new_row(desk, admission.person, now=clock.now(), by=principal.sub)
    newcomer = [person, *people.parts_of(desk, person, admission.person)]
    return open_episode(principal, clock, desk, admission, person, newcomer=newcomer)


def open_episode(
    principal: Principal,
    clock: Clock,
    desk: IdentityDesk,
    admission: Admission,
    person: Person,
    previous: Episode | None = None,
    newcomer: Sequence[Person | PersonNameToken | PersonIdentifier] = (),
) -> Opening:
    """The admission of a person whose row is there, or among those of the `newcomer`.

    Raises the errors of the sentence's terms.
    """
    episode = _episode(admission, person, previous, principal, clock.now())
    fact = _admitted_fact(admission, episode)
    sentence = None
    if admission.sentence is not None:
        stated = _stated(admission.sentence, admission)
        sentence = sentences.first_sentence(principal, clock, episode, stated, (custody.as_fact(fact),))
    sections = _sealed_sections(desk, admission.sections, episode)
    return Opening(admission, person, newcomer, episode, fact, sections, sentence)


async def store_openings(session: AsyncSession, openings: Sequence[Opening]) -> None:
    """Tell of the admissions and store their rows. Whoever is new must be within reach already."""
    versions = iter(await emit_many(session, [event for one in openings for event in one.events()]))
    for one in openings:
        one.take(versions)
    await store(session, [row for one in openings for row in one.rows()])


def _stated(terms: SentenceTerms, admission: Admission) -> StatedSentence:
    decided_on = admission.order.issued_on or local_day(admission.admitted_at)
    return StatedSentence(terms, min(decided_on, local_day(admission.admitted_at)), SentenceReason.JUDGEMENT)


def _episode(
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


def _admitted_fact(admission: Admission, episode: Episode) -> CustodyFact:
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


def _sealed_sections(
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
