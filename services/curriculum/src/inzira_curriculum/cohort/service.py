"""Opening cohorts and keeping the sessions they have had."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_curriculum.cohort import events, repository
from inzira_curriculum.cohort.domain import (
    CohortNotFoundError,
    FacilityNotFoundError,
    group_capacity,
    state_after,
)
from inzira_curriculum.cohort.models import Cohort, SessionRecord
from inzira_curriculum.cohort.repository import Filters
from inzira_curriculum.database import event_id_at
from inzira_curriculum.programme import service as programmes

__all__ = ["Cohort", "Filters", "SessionRecord"]


@dataclass(frozen=True)
class HeldSession:
    """A session as told by its attendance: head counts of those present and absent."""

    code: str
    held_on: date
    present: int
    absent: int
    reason_code: str | None


async def open_cohort(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    *,
    programme_code: str,
    programme_version: int | None,
    facility: str,
    starts_on: date,
    capacity: int | None,
) -> Cohort:
    """Open a cohort with the version of the programme valid on its first day; that day may lie in the past.

    Raises FacilityNotFoundError for a facility out of reach, ProgrammeNotFoundError, CapacityError.
    """
    if facility not in principal.facilities:
        raise FacilityNotFoundError(field="facility")
    programme = programmes.find_valid(programme_code, starts_on, programme_version)
    cohort = Cohort(
        id=new_id(),
        programme_code=programme.code,
        programme_version=programme.version,
        facility=facility,
        starts_on=starts_on,
        capacity=group_capacity(programme, capacity),
        opened_by=principal.sub,
        opened_at=clock.now(),
    )
    session.add(cohort)
    await session.flush()
    await emit(session, events.opened(cohort, min(starts_on, clock.today())), events.stream_of(cohort.id))
    return cohort


async def get_cohort(session: AsyncSession, principal: Principal, cohort_id: UUID, *, lock: bool = False) -> Cohort:
    """A cohort in the principal's sight; with `lock` nobody else changes it until the transaction ends.

    Raises CohortNotFoundError.
    """
    found = await repository.find(session, principal, cohort_id, lock=lock)
    if found is None:
        raise CohortNotFoundError
    return found


async def page_cohorts(
    session: AsyncSession,
    principal: Principal,
    filters: Filters,
    *,
    descending: bool,
    limit: int,
    after: tuple[date, UUID] | None,
) -> Sequence[Cohort]:
    """Up to `limit + 1` cohorts after a position."""
    return await repository.page(session, principal, filters, descending=descending, limit=limit, after=after)


async def sessions_of(session: AsyncSession, cohort_id: UUID) -> Sequence[SessionRecord]:
    """The sessions a cohort has had, as they stand."""
    return await repository.current_sessions(session, cohort_id)


async def keep_session(
    session: AsyncSession, principal: Principal, clock: Clock, cohort: Cohort, held: HeldSession
) -> tuple[SessionRecord, bool]:
    """Record that a session was held, or supersede what was recorded of it; the cohort's state follows.

    Emits nothing when nothing changed; returns the standing record and whether it is new. The cohort must be locked.
    """
    standing = {record.session_code: record for record in await sessions_of(session, cohort.id)}
    before = standing.get(held.code)
    if before is not None and (before.held_on, before.present, before.absent) == (
        held.held_on,
        held.present,
        held.absent,
    ):
        return before, False
    record = _record(principal, clock, cohort, held, before)
    if before is not None:
        before.is_current = False
        await session.flush()
    session.add(record)
    cohort.sessions_held = len({*standing, held.code})
    programme = programmes.get_version(cohort.programme_code, cohort.programme_version)
    cohort.state = state_after(programme, cohort.sessions_held)
    cohort.version += 1
    await session.flush()
    stream = events.stream_of(cohort.id)
    supersedes = await event_id_at(session, stream, before.event_version) if before else None
    record.event_version = await emit(session, events.session_held(record, supersedes), stream)
    return record, True


def _record(
    principal: Principal, clock: Clock, cohort: Cohort, held: HeldSession, before: SessionRecord | None
) -> SessionRecord:
    return SessionRecord(
        id=new_id(),
        cohort_id=cohort.id,
        facility=cohort.facility,
        session_code=held.code,
        held_on=held.held_on,
        present=held.present,
        absent=held.absent,
        reason_code=held.reason_code if before else None,
        supersedes_id=before.id if before else None,
        recorded_by=principal.sub,
        recorded_at=clock.now(),
    )
