"""Use cases: a movement of a person in custody, and a death."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit
from inzira_platform.scope import as_system, upsert
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.custody import service as custody
from inzira_intake.custody.domain import (
    RETURN_OF,
    CustodyState,
    FactKind,
    LegalStatus,
    PersonDeceasedError,
    Position,
    next_legal_status,
)
from inzira_intake.custody.halfway import HalfwayCase, require_halfway
from inzira_intake.custody.models import CustodyFact, Episode
from inzira_intake.custody.service import Timeline
from inzira_intake.custody.timeline import Fact, insert_fact, local_day, position_after, refuse_future
from inzira_intake.facility.domain import require_open
from inzira_intake.movement import events
from inzira_intake.movement.domain import Movement, require_stated
from inzira_intake.person import service as people
from inzira_intake.sentence import service as sentences
from inzira_intake.sentence.service import Cause


class Place(StrEnum):
    """Where somebody died, as far as Rule 8 needs a code."""

    FACILITY = "FACILITY"
    HOSPITAL = "HOSPITAL"
    COURT = "COURT"
    ROAD = "ROAD"
    ELSEWHERE = "ELSEWHERE"


class Notified(StrEnum):
    YES = "YES"
    NOT_YET = "NOT_YET"
    NOBODY_KNOWN = "NOBODY_KNOWN"


class Remains(StrEnum):
    HANDED_TO_FAMILY = "HANDED_TO_FAMILY"
    BURIED_BY_AUTHORITY = "BURIED_BY_AUTHORITY"
    HELD = "HELD"


@dataclass(frozen=True)
class Death:
    """What Rule 8 records of a death; the cause belongs to the medical file."""

    occurred_at: datetime
    place: Place
    reference: str
    family_notified: Notified
    authority_notified: Notified
    remains: Remains


async def record_movement(
    session: AsyncSession, principal: Principal, clock: Clock, person_id: UUID, movement: Movement
) -> tuple[CustodyFact, Episode]:
    """Record that a person in custody moved, now or earlier.

    Raises PersonNotFoundError, NoOpenEpisodeError, OtherFacilityError, the errors of `require_stated`, of the
    timeline (FutureFactError, BeforeAdmissionError, IllegalTransitionError, OrderContradictionError), and
    HalfwayRefusedError.
    """
    require_stated(movement, local_day(movement.occurred_at))
    episode = await custody.lock_custody(session, principal, person_id)
    timeline = await custody.load_timeline(session, episode.id)
    rows = _rows(movement, episode, principal, clock)
    _require_officer(principal, movement, episode)
    if movement.to_facility:
        require_open(movement.to_facility, local_day(movement.occurred_at), field="to_facility")
    before = position_after(timeline.facts)
    after = insert_fact(timeline.facts, [custody.as_fact(row) for row in rows], clock.now())
    if movement.fact is FactKind.HALFWAY_MOVED:
        _require_halfway(movement, timeline, episode, principal)
    await _write(session, rows, before, after)
    await _follow_up(session, principal, clock, episode, timeline, movement, rows)
    facts = (*timeline.facts, *(custody.as_fact(row) for row in rows))
    due_at = custody.state_due_at(facts, {**timeline.rows, **{row.id: row for row in rows}})
    await custody.settle(session, episode, after, due_at=due_at)
    return rows[0], episode


async def record_death(
    session: AsyncSession, principal: Principal, clock: Clock, person_id: UUID, death: Death
) -> tuple[UUID, int]:
    """Record a death, in custody or after release; terminal. Returns the id of the fact and the person's version.

    Raises PersonNotFoundError, PersonDeceasedError, OtherFacilityError and the errors of the timeline.
    """
    person = await people.lock_person(session, principal, person_id)
    if person.died_on is not None:
        raise PersonDeceasedError
    refuse_future(death.occurred_at, clock.now())
    person.died_on = local_day(death.occurred_at)
    person.version += 1
    fact_id, episode_id = await _end_custody(session, principal, clock, person_id, death)
    if episode_id is None:
        await session.flush()
        event = events.died(person_id, None, person.died_on, at=death.occurred_at, by=principal.sub)
        await emit(session, event)
        async with as_system(session):
            await upsert(session, person_id, custody_state=CustodyState.DECEASED.value)
    return fact_id, person.version


async def _end_custody(
    session: AsyncSession, principal: Principal, clock: Clock, person_id: UUID, death: Death
) -> tuple[UUID, UUID | None]:
    """Close the open episode by the death; (a fresh id, None) when the person was not in custody."""
    episode = await custody.find_custody(session, principal, person_id)
    if episode is None:
        return new_id(), None
    custody.require_own(principal, episode.facility)
    timeline = await custody.load_timeline(session, episode.id)
    row = _row(episode, FactKind.DIED, death.occurred_at, principal, clock)
    row.reference, row.details = death.reference, _death_details(death)
    after = insert_fact(timeline.facts, [custody.as_fact(row)], clock.now())
    event = events.died(person_id, episode.id, local_day(death.occurred_at), at=death.occurred_at, by=principal.sub)
    row.stream_version = await emit(session, event)
    session.add(row)
    await custody.settle(session, episode, after, closed_at=death.occurred_at)
    return row.id, episode.id


def _require_officer(principal: Principal, movement: Movement, episode: Episode) -> None:
    """The receiving facility receives; everything else is recorded where the person is held."""
    receives = movement.fact is FactKind.TRANSFER_RECEIVED
    custody.require_own(principal, episode.incoming_facility if receives else episode.facility)


def _rows(movement: Movement, episode: Episode, principal: Principal, clock: Clock) -> list[CustodyFact]:
    """The fact, and the way back when it was given with it."""
    row = _row(episode, movement.fact, movement.occurred_at, principal, clock)
    if movement.fact is FactKind.TRANSFER_RECEIVED:
        row.at_facility = episode.incoming_facility
    elif movement.fact is FactKind.RECAPTURED and movement.at_facility:
        row.at_facility = require_open(movement.at_facility, local_day(movement.occurred_at)).code
    row.to_facility = movement.to_facility
    row.reference, row.authority = movement.reference, movement.authority
    row.due_back_on = movement.due_back_on
    overrides = {"override_reason": movement.override_reason, "approved_by": movement.approved_by}
    row.details = {**movement.details, **{name: value for name, value in overrides.items() if value}}
    if movement.returned_at is None:
        return [row]
    return [row, _row(episode, RETURN_OF[movement.fact], movement.returned_at, principal, clock)]


def _row(episode: Episode, kind: FactKind, occurred_at: datetime, principal: Principal, clock: Clock) -> CustodyFact:
    return CustodyFact(
        id=new_id(),
        episode_id=episode.id,
        person_id=episode.person_id,
        kind=kind.value,
        occurred_at=occurred_at,
        at_facility=episode.facility,
        details={},
        stream_version=0,
        recorded_at=clock.now(),
        recorded_by=principal.sub,
    )


def _require_halfway(movement: Movement, timeline: Timeline, episode: Episode, principal: Principal) -> None:
    admitted = timeline.fact_of(FactKind.ADMITTED)
    moved_on = local_day(movement.occurred_at)
    case = HalfwayCase(
        moved_on=moved_on,
        served_since=local_day(admitted.occurred_at) if admitted else moved_on,
        expected_release_on=episode.expected_release_on,
        good_conduct=movement.good_conduct,
    )
    require_halfway(
        case,
        override_reason=movement.override_reason,
        approved_by=movement.approved_by,
        recorded_by=principal.sub,
    )


async def _write(session: AsyncSession, rows: Sequence[CustodyFact], before: Position, after: Position) -> None:
    for row in rows:
        row.stream_version = await emit(session, events.moved(row, before, after))
        session.add(row)
    await session.flush()


async def _follow_up(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    episode: Episode,
    timeline: Timeline,
    movement: Movement,
    rows: Sequence[CustodyFact],
) -> None:
    """What a movement changes beside the place: the legal status after court, the dates after an escape."""
    cause = Cause.MOVEMENT
    if movement.legal_status is not None:
        current = LegalStatus(episode.legal_status)
        episode.legal_status = next_legal_status(current, movement.legal_status).value
        cause = Cause.LEGAL_STATUS
    facts: tuple[Fact, ...] = (*timeline.facts, *(custody.as_fact(row) for row in rows))
    if cause is Cause.LEGAL_STATUS or movement.fact in (FactKind.ESCAPED, FactKind.RECAPTURED):
        await sentences.recompute(session, principal, clock, episode, facts, cause)


def _death_details(death: Death) -> dict[str, str]:
    return {
        "place": death.place.value,
        "family_notified": death.family_notified.value,
        "authority_notified": death.authority_notified.value,
        "remains": death.remains.value,
    }
