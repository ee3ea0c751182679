"""Enrolling people: credits, eligibility, a place or the waiting list; and the officers' changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_curriculum.cohort import service as cohorts
from inzira_curriculum.enrolment import events, repository, service
from inzira_curriculum.enrolment.domain import (
    ACHIEVED,
    OPEN,
    Action,
    AlreadyCompletedError,
    AlreadyEnrolledError,
    Earlier,
    EnrolmentState,
    HeldElsewhereError,
    NoPlaceError,
    OfficerAction,
    check_change_date,
    lineage_to_continue,
    next_state,
    only_reason,
    refuse_late_join,
    starting_day,
)
from inzira_curriculum.enrolment.models import Enrolment, EnrolmentChange
from inzira_curriculum.participant import service as participants
from inzira_curriculum.programme import service as programmes
from inzira_curriculum.template import Programme


@dataclass(frozen=True)
class Request:
    """What an officer asks for when they enrol somebody."""

    person_id: UUID
    enrolled_on: date | None = None
    override_reason: str | None = None
    refer_only: bool = False


async def enrol_person(
    session: AsyncSession, principal: Principal, clock: Clock, cohort_id: UUID, request: Request
) -> Enrolment:
    """Enrol a person into a cohort: judged as of the day they join, credits of an earlier part carried along.

    A full group puts them on the waiting list; `refer_only` leaves the judgement for later. What is told only after
    their release ends with it: late facts may still be recorded, nobody who has left stays in a group.
    Raises CohortNotFoundError, ParticipantNotFoundError, HeldElsewhereError, AlreadyEnrolledError,
    AlreadyCompletedError, LateJoinError, NotEligibleError, OverrideReasonUnknownError or ChangeDateError.
    """
    cohort = await cohorts.get_cohort(session, principal, cohort_id, lock=True)
    programme = programmes.get_version(cohort.programme_code, cohort.programme_version)
    participant = await participants.hold_visible(session, principal, request.person_id)
    if participant.facility != cohort.facility:
        raise HeldElsewhereError(field="person_id")
    continues = await _credits_to_continue(session, programme, request.person_id)
    enrolment = _new(
        principal, clock, cohort, participant, starting_day(cohort.starts_on, request.enrolled_on, continues)
    )
    enrolment.override_reason = request.override_reason
    if continues is not None:
        enrolment.lineage_id, enrolment.continues_id = continues.lineage_id, continues.enrolment_id
    else:
        refuse_late_join(programme.late_join_until_session, cohort.sessions_held)
    session.add(enrolment)
    await session.flush()
    if request.refer_only:
        participants.check_not_departed(participant, programme.eligibility, enrolment.enrolled_on)
    else:
        await _admit(session, principal, clock, cohort, programme, enrolment, participant)
    opened = events.opened(enrolment, min(enrolment.enrolled_on, clock.today()))
    left_on = participants.left_after(participant, enrolment.enrolled_on)
    ended = [_leave(session, principal, clock, enrolment, left_on)] if left_on else []
    await session.flush()
    await emit(session, opened)
    for change in ended:
        await service.tell(session, change)
    return enrolment


def _leave(
    session: AsyncSession, principal: Principal, clock: Clock, enrolment: Enrolment, left_on: date
) -> EnrolmentChange:
    reason = only_reason(EnrolmentState(enrolment.state), Action.RELEASE)
    return service.step(session, principal, clock, enrolment, Action.RELEASE, reason, left_on)


async def change_enrolment(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    enrolment_id: UUID,
    *,
    asked: OfficerAction,
    reason_code: str | None,
    on: date | None,
    override_reason: str | None,
) -> Enrolment:
    """An officer's change: withdraw, suspend, resume, confirm a referral, or give a place that became free.

    Raises EnrolmentNotFoundError, IllegalTransitionError, ReasonNotAllowedError, ChangeDateError, NoPlaceError, and
    for a confirmation what `enrol_person` raises.
    """
    seen = await service.get_enrolment(session, principal, enrolment_id)
    cohort, action = None, Action(asked)
    if action in (Action.CONFIRM, Action.ENROL):
        cohort = await cohorts.get_cohort(session, principal, seen.cohort_id, lock=True)
    enrolment = await service.get_enrolment(session, principal, enrolment_id, lock=True)
    day = on or clock.today()
    check_change_date(day, min(enrolment.since_on, clock.today()), clock.today())
    before = EnrolmentState(enrolment.state)
    if cohort is None:
        reason = reason_code or only_reason(before, action)
        made = [service.step(session, principal, clock, enrolment, action, reason, day)]
    elif action is Action.CONFIRM:
        next_state(before, action, "RULES_MET")
        enrolment.override_reason = override_reason
        programme = programmes.get_version(cohort.programme_code, cohort.programme_version)
        participant = await participants.get_visible(session, principal, enrolment.person_id)
        made = await _admit(session, principal, clock, cohort, programme, enrolment, participant)
    else:
        made = [await _give_place(session, principal, clock, cohort, enrolment, day)]
    await session.flush()
    for change in made:
        await service.tell(session, change)
    return enrolment


async def _give_place(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    cohort: cohorts.Cohort,
    enrolment: Enrolment,
    day: date,
) -> EnrolmentChange:
    if await repository.places_taken(session, cohort.id) >= cohort.capacity:
        raise NoPlaceError
    return service.step(session, principal, clock, enrolment, Action.ENROL, "PLACE_FREE", day)


async def list_eligible(
    session: AsyncSession,
    principal: Principal,
    programme: Programme,
    facility: str,
    as_of: date,
    limit: int,
    after: tuple[date, UUID] | None,
) -> Sequence[participants.Candidate]:
    """Who may enter and is not in the programme yet, soonest to leave first."""
    search = participants.Search(facility, programme.eligibility, as_of)
    busy = repository.busy_persons(programme.code)
    return await participants.page_eligible(session, principal, search, busy, limit, after)


@dataclass(frozen=True)
class _Continued(Earlier):
    enrolment_id: UUID


async def _credits_to_continue(session: AsyncSession, programme: Programme, person_id: UUID) -> _Continued | None:
    """The earlier part to continue, once it is sure that nothing stands against another enrolment."""
    same = [
        one
        for one in await repository.list_of_person(session, person_id, lock=True)
        if one.programme_code == programme.code
    ]
    states = {EnrolmentState(one.state) for one in same}
    if states & OPEN:
        raise AlreadyEnrolledError(field="person_id")
    if states & ACHIEVED:
        raise AlreadyCompletedError(field="person_id")
    earlier = [
        _Continued(
            one.lineage_id, one.programme_code, one.programme_version, EnrolmentState(one.state), one.since_on, one.id
        )
        for one in same
    ]
    return lineage_to_continue(earlier, programme.code, programme.version, programme.credits_travel_from)


async def _admit(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    cohort: cohorts.Cohort,
    programme: Programme,
    enrolment: Enrolment,
    participant: participants.Participant,
) -> list[EnrolmentChange]:
    """From a referral to a place or the waiting list, every step kept."""
    found = await participants.check_eligible(
        session,
        participant,
        programme.eligibility,
        enrolment.enrolled_on,
        override_reason=enrolment.override_reason,
        continues=enrolment.continues_id is not None,
    )
    taken = await repository.places_taken(session, cohort.id)
    reason = "CONTINUES" if enrolment.continues_id else ("RULES_MET" if found.is_eligible else "OVERRIDDEN")
    place = (Action.ENROL, "PLACE_FREE") if taken < cohort.capacity else (Action.WAITLIST, "GROUP_FULL")
    steps: Iterable[tuple[Action, str]] = ((Action.CONFIRM, reason), place)
    return [service.step(session, principal, clock, enrolment, *one, enrolment.enrolled_on) for one in steps]


def _new(
    principal: Principal,
    clock: Clock,
    cohort: cohorts.Cohort,
    participant: participants.Participant,
    enrolled_on: date,
) -> Enrolment:
    identifier = new_id()
    return Enrolment(
        id=identifier,
        lineage_id=identifier,
        cohort_id=cohort.id,
        person_id=participant.person_id,
        episode_id=participant.episode_id,
        programme_code=cohort.programme_code,
        programme_version=cohort.programme_version,
        facility=cohort.facility,
        state=EnrolmentState.REFERRED,
        since_on=enrolled_on,
        enrolled_on=enrolled_on,
        created_by=principal.sub,
        created_at=clock.now(),
    )
