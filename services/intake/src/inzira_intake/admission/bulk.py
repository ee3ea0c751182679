"""Use case: admit many new people at once, as a register lists them. The rules and the rows are those of one admission.

A register of thousands would need some twenty statements a person; here fifty people need as many together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inzira_contracts.event import Event
from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.outbox import emit_many
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.admission import events, repository
from inzira_intake.admission.domain import Admission
from inzira_intake.admission.models import AdmissionSection
from inzira_intake.admission.service import (
    Admitted,
    admitted_fact,
    checked,
    new_episode,
    reach_of,
    sealed_sections,
    stated_sentence,
)
from inzira_intake.custody import service as custody
from inzira_intake.custody.models import CustodyFact, Episode
from inzira_intake.person import service as people
from inzira_intake.person.domain import PossibleDuplicateError, RcsNumberKnownError
from inzira_intake.person.models import Person, PersonIdentifier, PersonNameToken
from inzira_intake.sentence import service as sentences
from inzira_intake.sentence.service import FirstSentence
from inzira_intake.vault import IdentityDesk

Known = RcsNumberKnownError | PossibleDuplicateError


@dataclass(frozen=True)
class Prepared:
    """All rows of one admission, made but not stored."""

    admission: Admission
    person: Person
    parts: list[PersonNameToken | PersonIdentifier]
    episode: Episode
    fact: CustodyFact
    sections: list[AdmissionSection]
    sentence: FirstSentence | None


async def admit_new_people(
    session: AsyncSession, principal: Principal, clock: Clock, desk: IdentityDesk, admissions: Sequence[Admission]
) -> list[Admitted | Known]:
    """Open an episode for each, or give the error of one who is, or likely is, in the register already.

    The admissions are of people who differ from one another; none may be a readmission. Raises, before anything is
    written, what `admit_person` raises for a broken rule: the caller then takes them one by one.
    """
    ready = [checked(admission, principal, clock) for admission in admissions]
    if any(admission.readmission for admission in ready):
        raise ValueError("a readmission is not somebody new")
    refusals = await people.known_among(session, desk, [admission.person for admission in ready])
    prepared = [
        _prepare(principal, clock, desk, admission)
        for admission, refusal in zip(ready, refusals, strict=True)
        if refusal is None or _overruled(refusal, admission)
    ]
    await _store(session, prepared)
    made = iter(prepared)
    return [
        refusal if refusal is not None and not _overruled(refusal, admission) else _admitted(next(made))
        for admission, refusal in zip(ready, refusals, strict=True)
    ]


def _overruled(refusal: Known, admission: Admission) -> bool:
    return admission.confirmed_new and isinstance(refusal, PossibleDuplicateError)


def _admitted(prepared: Prepared) -> Admitted:
    return Admitted(prepared.person.person_id, prepared.episode.id, prepared.episode.version)


def _prepare(principal: Principal, clock: Clock, desk: IdentityDesk, admission: Admission) -> Prepared:
    person = people.new_row(desk, admission.person, now=clock.now(), by=principal.sub)
    episode = new_episode(admission, person, None, principal, clock.now())
    fact = admitted_fact(admission, episode)
    sentence = None
    if admission.sentence is not None:
        stated = stated_sentence(admission.sentence, admission)
        sentence = sentences.first_sentence(principal, clock, episode, stated, (custody.as_fact(fact),))
    return Prepared(
        admission=admission,
        person=person,
        parts=people.parts_of(desk, person, admission.person),
        episode=episode,
        fact=fact,
        sections=sealed_sections(desk, admission.sections, episode),
        sentence=sentence,
    )


async def _store(session: AsyncSession, prepared: Sequence[Prepared]) -> None:
    """Reach first, for the policies; then each table after those it refers to; events last."""
    if not prepared:
        return
    reaches = [{"person_id": one.person.person_id, "district": None, **reach_of(one.admission)} for one in prepared]
    await repository.add_reaches(session, reaches)
    session.add_all(one.person for one in prepared)
    await session.flush()
    for one in prepared:
        session.add_all(one.parts)
        session.add(one.episode)
    await session.flush()
    told = [(one, event) for one in prepared for event in _events(one)]
    versions = iter(await emit_many(session, [event for _, event in told]))
    for one in prepared:
        one.fact.stream_version = next(versions)
        session.add(one.fact)
        session.add_all(one.sections)
        if one.sentence is not None:
            one.sentence.sentence.stream_version = next(versions)
            next(versions)
            session.add_all([one.sentence.sentence, one.sentence.computation])
    await session.flush()


def _events(one: Prepared) -> list[Event]:
    """What is told of one admission, in the order of `admit_person`."""
    told: list[Event] = [events.admitted(one.episode, one.person, one.admission.admitted_at)]
    if one.sentence is not None:
        told += [one.sentence.recorded, one.sentence.computed]
    return told
