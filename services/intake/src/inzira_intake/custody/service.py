"""What every use case about custody builds on: the episode under lock, its timeline, and where it stands after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import kigali_midnight
from inzira_platform.errors import DomainError, Kind
from inzira_platform.scope import as_system, upsert
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.custody import repository
from inzira_intake.custody.domain import (
    CLOSED_STATES,
    Destination,
    FactKind,
    NoOpenEpisodeError,
    Position,
)
from inzira_intake.custody.models import CustodyFact, Episode, FactCorrection
from inzira_intake.custody.timeline import Fact, in_order
from inzira_intake.facility.domain import get_facility
from inzira_intake.person import service as people

RECEIVED_WITHIN = timedelta(hours=24)  # domain.md 2.6: an unreceived transfer is an alert after a day


class OtherFacilityError(DomainError):
    kind = Kind.FORBIDDEN
    code = "other-facility"
    message = "Only an officer of the facility concerned may record this. Ask that facility."


@dataclass(frozen=True)
class Timeline:
    """The facts of an episode with their effective times, and the rows they come from."""

    facts: tuple[Fact, ...]
    rows: dict[UUID, CustodyFact]
    corrections: tuple[FactCorrection, ...]

    def fact_of(self, kind: FactKind) -> Fact | None:
        """The last fact of a kind."""
        return next((fact for fact in reversed(in_order(self.facts)) if fact.kind is kind), None)


async def lock_custody(session: AsyncSession, principal: Principal, person_id: UUID) -> Episode:
    """The open episode of a person, locked after the person: facts about one person come one after another.

    Raises PersonNotFoundError out of reach, NoOpenEpisodeError when the person is not in custody.
    """
    await people.lock_person(session, principal, person_id)
    episode = await repository.lock_open_episode(session, principal, person_id)
    if episode is None:
        raise NoOpenEpisodeError
    return episode


async def find_custody(session: AsyncSession, principal: Principal, person_id: UUID) -> Episode | None:
    """The open episode of a person in reach, locked; None when they are not in custody."""
    return await repository.lock_open_episode(session, principal, person_id)


async def get_episode(session: AsyncSession, principal: Principal, episode_id: UUID) -> Episode:
    """An episode in reach, open or closed, locked. Raises NoOpenEpisodeError when it is not there."""
    episode = await repository.lock_episode(session, principal, episode_id)
    if episode is None:
        raise NoOpenEpisodeError
    return episode


async def find_last_episode(session: AsyncSession, principal: Principal, person_id: UUID) -> Episode | None:
    """The newest episode of a person in reach, open or closed."""
    episodes = await repository.list_episodes(session, principal, person_id)
    return episodes[-1] if episodes else None


async def list_episodes(session: AsyncSession, principal: Principal, person_id: UUID) -> Sequence[Episode]:
    """All episodes of a person in reach, the first one first."""
    return await repository.list_episodes(session, principal, person_id)


async def lock_episodes(session: AsyncSession, principal: Principal, person_id: UUID) -> Sequence[Episode]:
    """As `list_episodes`, locked, of a person who is locked already."""
    return await repository.list_episodes(session, principal, person_id, lock=True)


async def load_timeline(session: AsyncSession, episode_id: UUID) -> Timeline:
    """The facts of one episode, corrections applied."""
    return (await load_timelines(session, [episode_id]))[episode_id]


async def load_timelines(session: AsyncSession, episode_ids: Sequence[UUID]) -> dict[UUID, Timeline]:
    """The timelines of several episodes in two queries."""
    rows = await repository.list_facts(session, episode_ids)
    corrections = await repository.list_corrections(session, episode_ids)
    effective = {correction.fact_id: correction.occurred_at for correction in corrections}
    return {
        episode_id: Timeline(
            facts=in_order(as_fact(row, effective.get(row.id)) for row in rows if row.episode_id == episode_id),
            rows={row.id: row for row in rows if row.episode_id == episode_id},
            corrections=tuple(item for item in corrections if item.episode_id == episode_id),
        )
        for episode_id in episode_ids
    }


def state_due_at(facts: Sequence[Fact], rows: Mapping[UUID, CustodyFact]) -> datetime | None:
    """When the present state should have ended: a transfer after 24 hours, a leave after the day of return."""
    last = in_order(facts)[-1]
    if last.kind is FactKind.TRANSFER_DEPARTED:
        return last.occurred_at + RECEIVED_WITHIN
    due_back_on = rows[last.fact_id].due_back_on
    if last.kind is FactKind.LEAVE_GRANTED and due_back_on is not None:
        return kigali_midnight(due_back_on + timedelta(days=1))
    return None


async def event_of(session: AsyncSession, timeline: Timeline, fact_id: UUID) -> UUID:
    """The event that told the fact, or its latest correction: what a new correction supersedes."""
    row = timeline.rows[fact_id]
    versions = [item.stream_version for item in timeline.corrections if item.fact_id == fact_id]
    version = versions[-1] if versions else row.stream_version
    return await repository.find_event_id(session, row.person_id, version)


def as_fact(row: CustodyFact, corrected: datetime | None = None) -> Fact:
    """The row as the domain reads it."""
    return Fact(
        fact_id=row.id,
        kind=FactKind(row.kind),
        occurred_at=corrected or row.occurred_at,
        recorded_at=row.recorded_at,
        place=destination(row.at_facility, row.to_facility),
    )


def destination(at_facility: str | None, to_facility: str | None) -> Destination:
    """The places of a fact, with what the reference data knows of the second."""
    halfway = bool(to_facility) and get_facility(to_facility or "", field="to_facility").halfway
    return Destination(at_facility, to_facility, to_halfway_centre=halfway)


async def settle(
    session: AsyncSession,
    episode: Episode,
    position: Position,
    *,
    closed_at: datetime | None = None,
    due_at: datetime | None = None,
    district: str | None = None,
    is_latest: bool = True,
) -> None:
    """Write where the episode stands now, and who may see the person from now on: the last write of a use case.

    A change of facility reaches past the caller's own, so the reach is written as the service itself; after it
    the caller may no longer see the person (domain.md 2.6: with the sender until received, then with the receiver).
    `due_at` is when the present state should have ended, `district` where a released person returns to. An episode that
    another one followed says nothing of where the person is.
    """
    episode.custody_state = position.state.value
    episode.facility = position.facility
    episode.incoming_facility = position.incoming
    episode.state_due_at = due_at
    if position.state in CLOSED_STATES:
        episode.closed_at = closed_at
    episode.version += 1
    await session.flush()
    if not is_latest:
        return
    reach: dict[str, str | None] = {
        "facility": position.facility,
        "incoming_facility": position.incoming,
        "custody_state": position.state.value,
    }
    if district:
        reach["district"] = district
    async with as_system(session):
        await upsert(session, episode.person_id, **reach)


def require_own(principal: Principal, facility: str | None) -> None:
    """Raises OtherFacilityError unless `facility` is one of the officer's; the service itself may act anywhere."""
    if principal.scope_kind != "system" and facility not in principal.facilities:
        raise OtherFacilityError
