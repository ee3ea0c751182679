"""Use case: correct when something happened. The original stays, visible beside its corrections."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.correction import events
from inzira_intake.correction.domain import KINDS, Correction, NothingToCorrectError, require_apart, require_named
from inzira_intake.custody import service as custody
from inzira_intake.custody.domain import FactKind
from inzira_intake.custody.models import Episode, FactCorrection
from inzira_intake.custody.service import Timeline
from inzira_intake.custody.timeline import Fact, UnknownFactError, in_order, move_fact, moved_facts
from inzira_intake.person import service as people
from inzira_intake.sentence import service as sentences
from inzira_intake.sentence.service import Cause


async def correct_fact(
    session: AsyncSession, principal: Principal, clock: Clock, person_id: UUID, correction: Correction
) -> tuple[FactCorrection, Episode]:
    """Give an admission, movement or release another time, when every fact still follows.

    Raises PersonNotFoundError, UnknownFactError, FactIdMissingError, NothingToCorrectError, OtherFacilityError,
    FutureFactError, OrderContradictionError, NeighbourOverlapError.
    """
    require_named(correction)
    await people.lock_person(session, principal, person_id)
    episodes = await custody.lock_episodes(session, principal, person_id)
    timelines = await custody.load_timelines(session, [episode.id for episode in episodes])
    episode, fact = _find(episodes, timelines, correction)
    custody.require_own(principal, episode.facility)
    if fact.occurred_at == correction.occurred_at:
        raise NothingToCorrectError(field="occurred_at")
    timeline = timelines[episode.id]
    position = move_fact(timeline.facts, fact.fact_id, correction.occurred_at, clock.now())
    facts = moved_facts(timeline.facts, fact.fact_id, correction.occurred_at)
    _require_apart(episodes, timelines, episode, facts)
    row = _row(correction, episode, fact, principal, clock)
    supersedes = await custody.event_of(session, timeline, fact.fact_id)
    row.stream_version = await emit(session, events.corrected(row, correction.fact.value, supersedes))
    session.add(row)
    await session.flush()
    if episode.closed_at is None:
        await sentences.recompute(session, principal, clock, episode, facts, Cause.CORRECTION)
    due_at = custody.state_due_at(facts, timeline.rows)
    is_latest = episode is episodes[-1]
    await custody.settle(session, episode, position, closed_at=_end(facts), due_at=due_at, is_latest=is_latest)
    return row, episode


def _find(
    episodes: Sequence[Episode], timelines: Mapping[UUID, Timeline], correction: Correction
) -> tuple[Episode, Fact]:
    """The newest fact of the kind, or the one named. Raises UnknownFactError."""
    for episode in reversed(episodes):
        for fact in reversed(timelines[episode.id].facts):
            named = correction.fact_id is None or fact.fact_id == correction.fact_id
            if named and fact.kind in KINDS[correction.fact]:
                return episode, fact
    raise UnknownFactError(field="fact_id")


def _require_apart(
    episodes: Sequence[Episode], timelines: Mapping[UUID, Timeline], episode: Episode, facts: Sequence[Fact]
) -> None:
    place = [item.id for item in episodes].index(episode.id)
    before = episodes[place - 1].closed_at if place > 0 else None
    later = timelines[episodes[place + 1].id].facts if place + 1 < len(episodes) else ()
    after = in_order(later)[0].occurred_at if later else None
    require_apart(in_order(facts)[0].occurred_at, _end(facts), before, after)


def _end(facts: Sequence[Fact]) -> datetime | None:
    ends = (FactKind.RELEASED, FactKind.DIED)
    return next((fact.occurred_at for fact in facts if fact.kind in ends), None)


def _row(correction: Correction, episode: Episode, fact: Fact, principal: Principal, clock: Clock) -> FactCorrection:
    return FactCorrection(
        id=new_id(),
        fact_id=fact.fact_id,
        episode_id=episode.id,
        person_id=episode.person_id,
        occurred_at=correction.occurred_at,
        replaced_at=fact.occurred_at,
        reason_code=correction.reason.value,
        reference=correction.reference,
        stream_version=0,
        recorded_at=clock.now(),
        recorded_by=principal.sub,
    )
