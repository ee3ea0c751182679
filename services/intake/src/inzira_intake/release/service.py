"""Use cases: an officer prepares a release, another one approves it (domain.md 2.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.custody import service as custody
from inzira_intake.custody.domain import TRANSITIONS, CustodyState, Destination, FactKind, Position, advance
from inzira_intake.custody.models import CustodyFact, Episode
from inzira_intake.custody.timeline import insert_fact, local_day, refuse_future
from inzira_intake.facility.domain import require_district
from inzira_intake.person import service as people
from inzira_intake.release import events, repository
from inzira_intake.release.domain import (
    ChecklistItem,
    CheckState,
    ComputedDates,
    FileCopy,
    OrderState,
    PropertyReturn,
    ReleaseNotFoundError,
    ReleaseReason,
    require_dates,
    require_prepared,
    require_second_person,
    supervision_after,
)
from inzira_intake.release.models import ReleaseOrder


@dataclass(frozen=True)
class ReleasePlan:
    """A release as the first officer states it. `released_at` may lie ahead until the approval."""

    reason: ReleaseReason
    order_number: str
    order_authority: str
    released_at: datetime
    property_return: PropertyReturn
    file_copy: FileCopy
    checklist: Mapping[ChecklistItem, CheckState]
    verified_end_on: date | None = None
    return_district: str | None = None
    aftercare_accepted: bool = True


async def prepare_release(
    session: AsyncSession, principal: Principal, clock: Clock, person_id: UUID, plan: ReleasePlan
) -> ReleaseOrder:
    """Write the order the second officer will read; one that waited before is superseded.

    Raises PersonNotFoundError, NoOpenEpisodeError, OtherFacilityError, IllegalTransitionError, DistrictUnknownError
    and the date guards of `require_dates`.
    """
    episode = await custody.lock_custody(session, principal, person_id)
    custody.require_own(principal, episode.facility)
    _require_releasable(episode)
    require_dates(plan.reason, local_day(plan.released_at), plan.verified_end_on, _computed(episode))
    person = await people.get_person(session, principal, person_id)
    district = plan.return_district or person.return_district
    if district is not None:
        require_district(district)
    await repository.supersede_prepared(session, episode.id)
    order = ReleaseOrder(
        id=new_id(),
        episode_id=episode.id,
        person_id=person_id,
        state=OrderState.PREPARED.value,
        reason=plan.reason.value,
        order_number=plan.order_number,
        order_authority=plan.order_authority,
        released_at=plan.released_at,
        verified_end_on=plan.verified_end_on,
        property_return=plan.property_return.value,
        file_copy=plan.file_copy.value,
        checklist={item.value: plan.checklist.get(item, CheckState.UNKNOWN).value for item in ChecklistItem},
        supervision=supervision_after(plan.reason, aftercare_accepted=plan.aftercare_accepted).value,
        return_district=district,
        prepared_by=principal.sub,
        prepared_at=clock.now(),
    )
    session.add(order)
    await session.flush()
    return order


async def approve_release(
    session: AsyncSession, principal: Principal, clock: Clock, release_id: UUID
) -> tuple[ReleaseOrder, CustodyFact]:
    """Release the person by an order somebody else prepared; every guard is read again.

    The person is locked before the order, as where one is prepared: neither waits for the other with one in hand.
    Raises ReleaseNotFoundError, SamePersonError, ReleaseNotPreparedError, FutureFactError, OtherFacilityError, the
    date guards and the errors of the timeline.
    """
    order = await _prepared(session, principal, release_id)
    require_second_person(order.prepared_by, principal.sub)
    refuse_future(order.released_at, clock.now(), field="released_at")
    episode = await custody.lock_custody(session, principal, order.person_id)
    order = await _prepared(session, principal, release_id, lock=True)
    custody.require_own(principal, episode.facility)
    reason = ReleaseReason(order.reason)
    require_dates(reason, local_day(order.released_at), order.verified_end_on, _computed(episode))
    fact = await _release(session, principal, clock, episode, order)
    return order, fact


async def _prepared(
    session: AsyncSession, principal: Principal, release_id: UUID, *, lock: bool = False
) -> ReleaseOrder:
    """An order that waits. Raises ReleaseNotFoundError, ReleaseNotPreparedError."""
    order = await repository.find_order(session, principal, release_id, lock=lock)
    if order is None:
        raise ReleaseNotFoundError
    require_prepared(OrderState(order.state))
    return order


async def list_orders(session: AsyncSession, episode_ids: Sequence[UUID]) -> Sequence[ReleaseOrder]:
    """The release orders of these episodes, the first one first."""
    return await repository.list_orders(session, episode_ids)


async def _release(
    session: AsyncSession, principal: Principal, clock: Clock, episode: Episode, order: ReleaseOrder
) -> CustodyFact:
    timeline = await custody.load_timeline(session, episode.id)
    fact = CustodyFact(
        id=new_id(),
        episode_id=episode.id,
        person_id=order.person_id,
        kind=FactKind.RELEASED.value,
        occurred_at=order.released_at,
        at_facility=episode.facility,
        reference=order.order_number,
        authority=order.order_authority,
        details={"release_id": str(order.id), "reason": order.reason},
        stream_version=0,
        recorded_at=clock.now(),
        recorded_by=principal.sub,
    )
    after = insert_fact(timeline.facts, [custody.as_fact(fact)], clock.now())
    order.state = OrderState.APPROVED.value
    order.approved_by, order.approved_at = principal.sub, clock.now()
    order.version += 1
    episode.supervision = order.supervision
    await _keep_district(session, principal, order)
    fact.stream_version = await emit(session, events.released(order, episode.facility, principal.sub))
    session.add(fact)
    await custody.settle(session, episode, after, closed_at=order.released_at, district=order.return_district)
    return fact


async def _keep_district(session: AsyncSession, principal: Principal, order: ReleaseOrder) -> None:
    """The district the person returns to is the newest word on it."""
    if order.return_district is None:
        return
    person = await people.lock_person(session, principal, order.person_id)
    if person.return_district != order.return_district:
        person.return_district = order.return_district
        person.version += 1


def _require_releasable(episode: Episode) -> None:
    """Raises IllegalTransitionError where no release can follow the present state."""
    state = CustodyState(episode.custody_state)
    if state not in TRANSITIONS[FactKind.RELEASED].sources:
        advance(Position(state, episode.facility), FactKind.RELEASED, Destination(episode.facility))


def _computed(episode: Episode) -> ComputedDates:
    return ComputedDates(episode.expected_release_on, episode.parole_eligible_on)
