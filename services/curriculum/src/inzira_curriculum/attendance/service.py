"""Marking a whole group for one session, in one transaction."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from inzira_contracts.event import Event
from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_curriculum.attendance import events, repository
from inzira_curriculum.attendance.domain import (
    ATTENDED,
    AttendanceCode,
    DuplicateMarkError,
    MakeUpLimitError,
    MarkKind,
    SessionUnknownError,
    StandingMark,
    check_held_on,
    check_session_day,
    judge_mark,
)
from inzira_curriculum.attendance.models import AttendanceMark
from inzira_curriculum.cohort import service as cohorts
from inzira_curriculum.database import event_id_at
from inzira_curriculum.enrolment import service as enrolments
from inzira_curriculum.programme import service as programmes
from inzira_curriculum.template import Programme

__all__ = ["AttendanceMark"]


@dataclass(frozen=True)
class Register:
    """One session's register as it is handed in: a code for each enrolment."""

    session_code: str
    held_on: date
    codes: Sequence[tuple[UUID, AttendanceCode]]
    reason_code: str | None = None


@dataclass
class Outcome:
    """What recording a register did."""

    session_id: UUID
    cohort: cohorts.Cohort
    counts: Counter[MarkKind] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Desk:
    """Who records, when, in which programme: handed down through one recording."""

    principal: Principal
    clock: Clock
    programme: Programme
    cohort: cohorts.Cohort
    register: Register


async def record_register(
    session: AsyncSession, principal: Principal, clock: Clock, cohort_id: UUID, register: Register
) -> Outcome:
    """Record a session's register for any number of the group; the same register again changes nothing.

    Marks may be edited for the hours the programme allows and are superseded with a reason after; past days are
    normal. Raises CohortNotFoundError, SessionUnknownError, EnrolmentNotFoundError, DuplicateMarkError, HeldOnError,
    SessionHeldOtherDayError, NotUnderWayError, EditWindowClosedError, CorrectionReasonError or MakeUpLimitError.
    """
    cohort = await cohorts.get_cohort(session, principal, cohort_id, lock=True)
    programme = programmes.get_version(cohort.programme_code, cohort.programme_version)
    desk = _Desk(principal, clock, programme, cohort, register)
    await _check_day(session, desk)
    ids = [enrolment_id for enrolment_id, _ in register.codes]
    if len(set(ids)) != len(ids):
        raise DuplicateMarkError(field="marks")
    group = await enrolments.lock_group(session, principal, cohort_id, ids)
    standing = await repository.current_of_session(session, ids, register.session_code)
    judged = [(group[one], code, _judge(desk, group[one], standing.get(one), code)) for one, code in register.codes]
    await _refuse_too_many_make_ups(session, programme, judged, standing)
    outcome = await _keep(session, desk, judged, standing)
    outcome.counts.update(kind for _, _, kind in judged)
    return outcome


async def marks_of(session: AsyncSession, lineage_ids: Iterable[UUID]) -> Sequence[AttendanceMark]:
    """The standing marks of these lineages."""
    return await repository.current_of_lineages(session, lineage_ids)


async def history_of(
    session: AsyncSession, principal: Principal, enrolment_id: UUID
) -> tuple[enrolments.Enrolment, Sequence[AttendanceMark]]:
    """An enrolment and every mark it ever had, corrected ones among them, oldest first.

    Raises EnrolmentNotFoundError.
    """
    enrolment = await enrolments.get_enrolment(session, principal, enrolment_id)
    return enrolment, await repository.history_of(session, enrolment_id)


async def _check_day(session: AsyncSession, desk: _Desk) -> None:
    register = desk.register
    if register.session_code not in desk.programme.session_codes:
        raise SessionUnknownError(field="session_code")
    check_held_on(register.held_on, desk.cohort.starts_on, desk.clock.today())
    held = {record.session_code: record.held_on for record in await cohorts.sessions_of(session, desk.cohort.id)}
    codes = {code for _, code in register.codes}
    check_session_day(held.get(register.session_code), register.held_on, codes, register.reason_code)


def _judge(
    desk: _Desk, enrolment: enrolments.Enrolment, standing: AttendanceMark | None, code: AttendanceCode
) -> MarkKind:
    register = desk.register
    enrolments.check_under_way(
        enrolments.EnrolmentState(enrolment.state), enrolment.since_on, enrolment.enrolled_on, register.held_on
    )
    known = (
        StandingMark(AttendanceCode(standing.code), standing.held_on, standing.first_recorded_at) if standing else None
    )
    return judge_mark(
        known,
        code,
        register.held_on,
        desk.clock.now(),
        window_hours=desk.programme.edit_window_hours,
        reason=register.reason_code,
    )


Judged = tuple[enrolments.Enrolment, AttendanceCode, MarkKind]


async def _refuse_too_many_make_ups(
    session: AsyncSession, programme: Programme, judged: Sequence[Judged], standing: dict[UUID, AttendanceMark]
) -> None:
    new = [
        enrolment.lineage_id
        for enrolment, code, kind in judged
        if code is AttendanceCode.MADE_UP
        and kind is not MarkKind.SAME
        and (enrolment.id not in standing or standing[enrolment.id].code != AttendanceCode.MADE_UP)
    ]
    if not new:
        return
    made = await repository.make_ups(session, new)
    limit = programme.completion.maximum_make_ups
    if any(made.get(lineage, 0) >= limit for lineage in new):
        raise MakeUpLimitError(field="marks", maximum=limit)


async def _keep(
    session: AsyncSession, desk: _Desk, judged: Sequence[Judged], standing: dict[UUID, AttendanceMark]
) -> Outcome:
    """Write the marks, the session they tell of and the enrolments they begin; emit in the order of the streams."""
    new = [one for one in judged if one[2] is not MarkKind.SAME]
    for enrolment, _, _ in new:
        if enrolment.id in standing:
            standing[enrolment.id].is_current = False
    await session.flush()
    marks = [_mark(desk, *one, standing.get(one[0].id)) for one in new]
    session.add_all(marks)
    begun = {
        enrolment.id: enrolments.step(
            session,
            desk.principal,
            desk.clock,
            enrolment,
            enrolments.Action.BEGIN,
            "FIRST_ATTENDANCE",
            desk.register.held_on,
        )
        for enrolment, _, _ in new
        if enrolment.state == enrolments.EnrolmentState.ENROLLED
    }
    await session.flush()
    record = await _keep_session(session, desk)
    for mark in sorted(marks, key=lambda one: str(one.person_id)):
        if mark.enrolment_id in begun:
            await enrolments.tell(session, begun[mark.enrolment_id])
        mark.event_version = await emit(session, await _event(session, desk.programme, mark, standing))
    await session.flush()
    return Outcome(record.id, desk.cohort)


async def _keep_session(session: AsyncSession, desk: _Desk) -> cohorts.SessionRecord:
    """The session's day and head counts; its day is that of the first register unless corrected as WRONG_DATE."""
    register = desk.register
    codes = await repository.codes_of_session(session, desk.cohort.id, register.session_code)
    present = sum(code in ATTENDED for code in codes)
    known = {one.session_code: one.held_on for one in await cohorts.sessions_of(session, desk.cohort.id)}
    day = known.get(register.session_code, register.held_on)
    if register.reason_code == "WRONG_DATE":
        day = register.held_on
    held = cohorts.HeldSession(register.session_code, day, present, len(codes) - present, register.reason_code)
    record, _ = await cohorts.keep_session(session, desk.principal, desk.clock, desk.cohort, held)
    return record


async def _event(
    session: AsyncSession, programme: Programme, mark: AttendanceMark, standing: dict[UUID, AttendanceMark]
) -> Event:
    """A corrected or edited mark names the event it supersedes; a made-up session is a fact of its own."""
    before = standing.get(mark.enrolment_id)
    supersedes = None
    if before is not None and mark.kind != MarkKind.MAKE_UP:
        supersedes = await event_id_at(session, f"person:{mark.person_id}", before.event_version)
    return events.recorded(mark, programme.module_of[mark.session_code], supersedes)


def _mark(
    desk: _Desk,
    enrolment: enrolments.Enrolment,
    code: AttendanceCode,
    kind: MarkKind,
    before: AttendanceMark | None,
) -> AttendanceMark:
    now: datetime = desk.clock.now()
    return AttendanceMark(
        id=new_id(),
        enrolment_id=enrolment.id,
        lineage_id=enrolment.lineage_id,
        cohort_id=enrolment.cohort_id,
        person_id=enrolment.person_id,
        session_code=desk.register.session_code,
        code=code,
        held_on=desk.register.held_on,
        kind=kind,
        reason_code=desk.register.reason_code if kind is MarkKind.CORRECTION else None,
        supersedes_id=before.id if before else None,
        first_recorded_at=before.first_recorded_at if before and kind is not MarkKind.MAKE_UP else now,
        recorded_at=now,
        recorded_by=desk.principal.sub,
    )
