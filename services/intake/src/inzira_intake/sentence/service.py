"""Use cases about sentences: state the terms, compute the dates, compute them again when an input changed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from inzira_contracts.intake import DatesComputed, SentenceRecorded
from inzira_platform.auth import Principal
from inzira_platform.clock import Clock, kigali_midnight
from inzira_platform.errors import DomainError, Kind
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.custody import service as custody
from inzira_intake.custody.domain import LegalStatus, next_legal_status
from inzira_intake.custody.models import Episode
from inzira_intake.custody.timeline import Fact, FutureFactError, interruptions
from inzira_intake.facility.domain import require_offences
from inzira_intake.sentence import events, repository
from inzira_intake.sentence.computation import Computation, compute_dates
from inzira_intake.sentence.domain import SentenceInputs, SentenceTerms, require_terms
from inzira_intake.sentence.models import DateComputation, Sentence
from inzira_intake.sentence.ruleset import rule_set_on
from inzira_intake.sentence.storage import terms_as_json, terms_from_json

SECOND_OFFICER_FROM_DAYS = 30


class SentenceReason(StrEnum):
    """Why terms are stated: the first time, or instead of earlier ones."""

    JUDGEMENT = "JUDGEMENT"
    APPEAL = "APPEAL"
    COMMUTATION = "COMMUTATION"
    PARTIAL_PARDON = "PARTIAL_PARDON"
    CORRECTION = "CORRECTION"


class Cause(StrEnum):
    """Why dates were computed."""

    SENTENCE = "SENTENCE"
    MOVEMENT = "MOVEMENT"
    CORRECTION = "CORRECTION"
    LEGAL_STATUS = "LEGAL_STATUS"
    RULE_SET = "RULE_SET"


class SentenceAlreadyRecordedError(DomainError):
    kind = Kind.CONFLICT
    code = "sentence-already-recorded"
    message = "A sentence is recorded. Give the reason it is replaced: APPEAL, COMMUTATION, PARTIAL_PARDON, CORRECTION."


@dataclass(frozen=True)
class FirstSentence:
    """The rows and events of a new episode's sentence and dates; neither stored nor told yet."""

    sentence: Sentence
    computation: DateComputation
    recorded: SentenceRecorded
    computed: DatesComputed


@dataclass(frozen=True)
class StatedSentence:
    """The whole terms as they stand now, with why and by which decision."""

    terms: SentenceTerms
    decided_on: date
    reason: SentenceReason = SentenceReason.JUDGEMENT
    reference: str | None = None
    offences: tuple[str, ...] | None = None


async def record_sentence(
    session: AsyncSession, principal: Principal, clock: Clock, person_id: UUID, stated: StatedSentence
) -> Sentence:
    """State the terms of the sentence of a person in custody and compute the dates.

    Raises PersonNotFoundError, NoOpenEpisodeError, OtherFacilityError, SentenceAlreadyRecordedError, and the
    errors of the terms.
    """
    episode = await custody.lock_custody(session, principal, person_id)
    custody.require_own(principal, episode.facility)
    timeline = await custody.load_timeline(session, episode.id)
    return await _enter_sentence(session, principal, clock, episode, stated, timeline.facts)


def first_sentence(
    principal: Principal, clock: Clock, episode: Episode, stated: StatedSentence, facts: Sequence[Fact]
) -> FirstSentence:
    """The sentence of an episode that is not stored yet, whose dates it sets: at an admission.

    Raises FutureFactError and the errors of the terms.
    """
    require_terms(stated.terms)
    _refuse_undecided(stated, clock.today())
    sentence = _row(episode, stated, None, principal, clock)
    result = compute_dates(_inputs(episode, sentence, facts), rule_set_on(clock.today()), clock.today())
    episode.expected_release_on = result.expected_release_on
    episode.parole_eligible_on = result.parole_eligible_on
    computation = _computation(episode, result, None, Cause.SENTENCE, principal, clock)
    recorded = events.sentence_recorded(sentence, kigali_midnight(stated.decided_on))
    return FirstSentence(sentence, computation, recorded, events.dates_computed(computation))


async def _enter_sentence(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    episode: Episode,
    stated: StatedSentence,
    facts: Sequence[Fact],
) -> Sentence:
    """As `record_sentence`, for an episode already in hand."""
    require_terms(stated.terms)
    _refuse_undecided(stated, clock.today())
    if stated.offences is not None:
        episode.offences = list(require_offences(stated.offences))
    current = LegalStatus(episode.legal_status)
    episode.legal_status = next_legal_status(current, stated.terms.legal_status).value
    before = await repository.find_sentence(session, episode.id)
    if before and stated.reason is SentenceReason.JUDGEMENT:
        raise SentenceAlreadyRecordedError(field="reason_code")
    sentence = _row(episode, stated, before, principal, clock)
    sentence.stream_version = await emit(
        session, events.sentence_recorded(sentence, kigali_midnight(stated.decided_on))
    )
    session.add(sentence)
    await session.flush()
    await recompute(session, principal, clock, episode, facts, Cause.SENTENCE, sentence=sentence)
    return sentence


async def recompute(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    episode: Episode,
    facts: Sequence[Fact],
    cause: Cause,
    *,
    sentence: Sentence | None = None,
) -> DateComputation | None:
    """Compute the dates again; tell and keep the result when the inputs or the rule set changed, else None."""
    sentence = sentence or await repository.find_sentence(session, episode.id)
    before = await repository.find_computation(session, episode.id)
    if sentence is None and before is None:
        return None
    today = clock.today()
    result = compute_dates(_inputs(episode, sentence, facts), rule_set_on(today), today)
    if before and before.inputs_hash == result.inputs_hash:
        return None
    row = _computation(episode, result, before, cause, principal, clock)
    session.add(row)
    episode.expected_release_on = result.expected_release_on
    episode.parole_eligible_on = result.parole_eligible_on
    await session.flush()
    await emit(session, events.dates_computed(row))
    return row


async def list_outdated(session: AsyncSession, today: date, limit: int) -> Sequence[UUID]:
    """Open episodes whose dates rest on another rule set than today's."""
    return await repository.list_outdated(session, rule_set_on(today).id, limit)


async def list_sentences(session: AsyncSession, episode_ids: Sequence[UUID]) -> Sequence[Sentence]:
    """Every statement of the sentences of these episodes, the first one first."""
    return await repository.list_sentences(session, episode_ids)


async def list_computations(session: AsyncSession, episode_ids: Sequence[UUID]) -> Sequence[DateComputation]:
    """Every computation of these episodes, the first one first."""
    return await repository.list_computations(session, episode_ids)


def _refuse_undecided(stated: StatedSentence, today: date) -> None:
    if stated.decided_on > today:
        raise FutureFactError(field="decided_on")


def _inputs(episode: Episode, sentence: Sentence | None, facts: Sequence[Fact]) -> SentenceInputs:
    return SentenceInputs(
        terms=terms_from_json(sentence.terms, sentence.legal_status) if sentence else None,
        legal_status=LegalStatus(episode.legal_status),
        offences=tuple(episode.offences),
        interruptions=interruptions(facts),
    )


def _row(
    episode: Episode, stated: StatedSentence, before: Sentence | None, principal: Principal, clock: Clock
) -> Sentence:
    return Sentence(
        id=new_id(),
        episode_id=episode.id,
        person_id=episode.person_id,
        terms=terms_as_json(stated.terms),
        duration=str(stated.terms.duration),
        starts_on=stated.terms.starts_on,
        legal_status=stated.terms.legal_status.value,
        decided_on=stated.decided_on,
        reason_code=stated.reason.value,
        reference=stated.reference,
        supersedes_id=before.id if before else None,
        stream_version=0,
        recorded_at=clock.now(),
        recorded_by=principal.sub,
    )


def _computation(
    episode: Episode,
    result: Computation,
    before: DateComputation | None,
    cause: Cause,
    principal: Principal,
    clock: Clock,
) -> DateComputation:
    return DateComputation(
        id=new_id(),
        episode_id=episode.id,
        person_id=episode.person_id,
        evaluated_on=clock.today(),
        cause=cause.value,
        rule_set=result.rule_set,
        inputs_hash=result.inputs_hash,
        legal_status=result.legal_status.value,
        expected_release_on=result.expected_release_on,
        parole_eligible_on=result.parole_eligible_on,
        parole_status=result.parole_status.value,
        total_days=result.total_days,
        needs_second_officer=_moved_far(before, result),
        trace=[asdict(step) for step in result.trace],
        recorded_at=clock.now(),
        recorded_by=principal.sub,
    )


def _moved_far(before: DateComputation | None, result: Computation) -> bool:
    """Whether the end moved by 30 days or more: a second officer then reads it (domain.md 2.5, 4)."""
    if before is None:
        return False
    old, new = before.expected_release_on, result.expected_release_on
    if old is None or new is None:
        return old != new
    return abs((new - old).days) >= SECOND_OFFICER_FROM_DAYS
