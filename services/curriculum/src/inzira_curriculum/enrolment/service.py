"""Steps of enrolments, reading them, and ending them when custody ends."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_curriculum.cohort import service as cohorts
from inzira_curriculum.enrolment import events, repository
from inzira_curriculum.enrolment.domain import (
    OPEN,
    Action,
    EnrolmentNotFoundError,
    EnrolmentState,
    IllegalTransitionError,
    check_change_date,
    check_under_way,
    next_state,
    only_reason,
)
from inzira_curriculum.enrolment.models import Enrolment, EnrolmentChange
from inzira_curriculum.enrolment.repository import hold_enrolled
from inzira_curriculum.participant import service as participants

__all__ = [
    "Action",
    "Enrolment",
    "EnrolmentChange",
    "EnrolmentState",
    "IllegalTransitionError",
    "check_change_date",
    "check_under_way",
    "hold_enrolled",
    "only_reason",
]


async def end_with_custody(
    session: AsyncSession,
    person_id: UUID,
    action: Action,
    on: date,
    *,
    episode_id: UUID | None = None,
    unless_in: str | None = None,
) -> int:
    """End a person's open enrolments by a transfer, a release or a death; returns how many.

    `episode_id` limits it to enrolments of that custody episode, `unless_in` spares those of a facility. Repeating
    it changes nothing.
    """
    principal: Principal = session.info["principal"]
    clock: Clock = session.info["clock"]
    ended = 0
    for enrolment in await repository.list_of_person(session, person_id, lock=True):
        state = EnrolmentState(enrolment.state)
        other_episode = episode_id is not None and enrolment.episode_id not in (None, episode_id)
        if state not in OPEN or other_episode or enrolment.facility == unless_in:
            continue
        reason = only_reason(state, action)
        change = step(session, principal, clock, enrolment, action, reason, on)
        await session.flush()
        await tell(session, change)
        ended += 1
    return ended


def step(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    enrolment: Enrolment,
    action: Action,
    reason: str,
    on: date,
) -> EnrolmentChange:
    """Take one step of the state machine and keep it; the caller emits.

    Raises IllegalTransitionError or ReasonNotAllowedError.
    """
    before = EnrolmentState(enrolment.state)
    after = next_state(before, action, reason)
    change = EnrolmentChange(
        id=new_id(),
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        action=action,
        from_state=before,
        to_state=after,
        reason_code=reason,
        occurred_on=on,
        recorded_by=principal.sub,
        recorded_at=clock.now(),
    )
    session.add(change)
    enrolment.state, enrolment.since_on = after, on
    enrolment.version += 1
    return change


async def tell(session: AsyncSession, change: EnrolmentChange) -> None:
    """Emit a step that was taken."""
    await emit(session, events.changed(change))


async def get_enrolment(
    session: AsyncSession, principal: Principal, enrolment_id: UUID, *, lock: bool = False
) -> Enrolment:
    """An enrolment of somebody in reach.

    Raises EnrolmentNotFoundError.
    """
    found = await repository.find(session, principal, enrolment_id, lock=lock)
    if found is None:
        raise EnrolmentNotFoundError
    return found


async def lock_group(
    session: AsyncSession, principal: Principal, cohort_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, Enrolment]:
    """These enrolments of a cohort, locked.

    Raises EnrolmentNotFoundError when one is not in the cohort or not in reach.
    """
    found = await repository.lock_in_cohort(session, principal, cohort_id, ids)
    if len(found) != len(set(ids)):
        raise EnrolmentNotFoundError(field="marks")
    return found


async def lock_completed(session: AsyncSession, principal: Principal, cohort_id: UUID) -> Sequence[Enrolment]:
    """Those of a cohort who completed and hold no certificate yet."""
    return await repository.lock_in_state(session, principal, cohort_id, EnrolmentState.COMPLETED)


async def page_of_cohort(
    session: AsyncSession, principal: Principal, cohort_id: UUID, limit: int, after: UUID | None
) -> Sequence[Enrolment]:
    """Up to `limit + 1` enrolments of a cohort.

    Raises CohortNotFoundError.
    """
    await cohorts.get_cohort(session, principal, cohort_id)
    return await repository.page_of_cohort(session, principal, cohort_id, limit, after)


async def list_of_person(session: AsyncSession, principal: Principal, person_id: UUID) -> Sequence[Enrolment]:
    """Every enrolment of a person in reach, oldest first.

    Raises ParticipantNotFoundError.
    """
    await participants.get_visible(session, principal, person_id)
    return await repository.list_of_person(session, person_id)


async def has_open_part(session: AsyncSession, enrolment: Enrolment) -> bool:
    """Whether another part of the same way is open, here or elsewhere."""
    return any(
        one.lineage_id == enrolment.lineage_id and one.id != enrolment.id and one.state in OPEN
        for one in await repository.list_of_person(session, enrolment.person_id)
    )


async def changes_of(session: AsyncSession, enrolment_id: UUID) -> Sequence[EnrolmentChange]:
    """Every step of an enrolment, oldest first."""
    return await repository.changes_of(session, enrolment_id)
