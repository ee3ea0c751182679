"""Progress of enrolments, and deciding that one is completed. Holds no table: it judges what others keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.outbox import emit
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_curriculum.assessment import service as assessments
from inzira_curriculum.attendance import service as attendance
from inzira_curriculum.cohort import service as cohorts
from inzira_curriculum.completion import events
from inzira_curriculum.completion.domain import (
    ContinuedElsewhereError,
    Facts,
    Mark,
    Progress,
    check_decided_on,
    decide,
    weigh,
)
from inzira_curriculum.enrolment import service as enrolments
from inzira_curriculum.participant import service as participants
from inzira_curriculum.programme import service as programmes
from inzira_curriculum.template import Programme

S = enrolments.EnrolmentState
NOT_IN_GROUP = frozenset({S.REFERRED, S.ELIGIBLE, S.WAITLISTED})
IN_GROUP = frozenset({S.ENROLLED, S.ACTIVE, S.SUSPENDED})


@dataclass(frozen=True)
class Dossier:
    """One enrolment with everything its completion rests on."""

    enrolment: enrolments.Enrolment
    programme: Programme
    marks: tuple[Mark, ...]
    tests: tuple[assessments.TestResult, ...]
    held: tuple[str, ...]
    facts: Facts

    @property
    def progress(self) -> Progress:
        return weigh(self.programme, self.marks, self.facts, self.held)

    @property
    def last_fact(self) -> date:
        """The day of the last mark or test; a decision cannot come before it."""
        days = [mark.held_on for mark in self.marks] + [test.taken_on for test in self.tests]
        return max(days, default=self.enrolment.enrolled_on)


async def dossiers_of(session: AsyncSession, clock: Clock, group: Sequence[enrolments.Enrolment]) -> list[Dossier]:
    """Dossiers of enrolments the caller may see, with four queries however many they are."""
    lineages = {enrolment.lineage_id for enrolment in group}
    marks = await attendance.marks_of(session, lineages)
    tests = await assessments.results_of(session, lineages)
    held = {one: await cohorts.sessions_of(session, one) for one in {enrolment.cohort_id for enrolment in group}}
    made = []
    for enrolment in group:
        programme = programmes.get_version(enrolment.programme_code, enrolment.programme_version)
        own = tuple(test for test in tests if test.lineage_id == enrolment.lineage_id)
        made.append(
            Dossier(
                enrolment,
                programme,
                tuple(
                    Mark(mark.session_code, mark.code, mark.held_on)
                    for mark in marks
                    if mark.lineage_id == enrolment.lineage_id
                ),
                own,
                _held_for(enrolment, held[enrolment.cohort_id]),
                await _facts(session, clock, enrolment, programme, own),
            )
        )
    return made


async def get_dossier(
    session: AsyncSession, principal: Principal, clock: Clock, enrolment_id: UUID, *, lock: bool = False
) -> Dossier:
    """The dossier of one enrolment.

    Raises EnrolmentNotFoundError.
    """
    enrolment = await enrolments.get_enrolment(session, principal, enrolment_id, lock=lock)
    return (await dossiers_of(session, clock, [enrolment]))[0]


async def page_of_cohort(
    session: AsyncSession, principal: Principal, clock: Clock, cohort_id: UUID, limit: int, after: UUID | None
) -> list[Dossier]:
    """Up to `limit + 1` dossiers of a cohort.

    Raises CohortNotFoundError.
    """
    group = await enrolments.page_of_cohort(session, principal, cohort_id, limit, after)
    return await dossiers_of(session, clock, group)


async def decide_completion(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    enrolment_id: UUID,
    *,
    decided_on: date | None,
    accept_incomplete: bool,
) -> Dossier:
    """Complete an enrolment by its programme's rules, or close it as not completed where that is accepted.

    Raises CompletionUnmetError naming every unmet rule, IllegalTransitionError, DecisionDateError,
    ContinuedElsewhereError or EnrolmentNotFoundError.
    """
    dossier = await get_dossier(session, principal, clock, enrolment_id, lock=True)
    enrolment, day = dossier.enrolment, decided_on or clock.today()
    state = S(enrolment.state)
    complete = dossier.progress.is_complete
    action = enrolments.Action.COMPLETE if complete else enrolments.Action.CLOSE_INCOMPLETE
    reason = enrolments.only_reason(state, enrolments.Action.COMPLETE if not accept_incomplete else action)
    if not complete and not accept_incomplete:
        decide(dossier.programme, dossier.marks, dossier.facts)
    check_decided_on(day, max(dossier.last_fact, min(enrolment.since_on, clock.today())), clock.today())
    if await enrolments.has_open_part(session, enrolment):
        raise ContinuedElsewhereError
    change = enrolments.step(session, principal, clock, enrolment, action, reason, day)
    enrolment.sessions_attended = len(dossier.progress.dosage.attended)
    await session.flush()
    if complete:
        await emit(session, events.completed(enrolment, principal.sub, day, enrolment.sessions_attended))
    else:
        await enrolments.tell(session, change)
    return dossier


def _held_for(enrolment: enrolments.Enrolment, held: Sequence[cohorts.SessionRecord]) -> tuple[str, ...]:
    """The sessions of the group this person belonged to: those since leaving are not theirs to miss."""
    if enrolment.state in NOT_IN_GROUP:
        return ()
    return tuple(one.session_code for one in held if enrolment.state in IN_GROUP or one.held_on <= enrolment.since_on)


async def _facts(
    session: AsyncSession,
    clock: Clock,
    enrolment: enrolments.Enrolment,
    programme: Programme,
    tests: Sequence[assessments.TestResult],
) -> Facts:
    post = [test for test in tests if test.phase == "POST"]
    levels: frozenset[str] = frozenset()
    if programme.completion.blocking_flag_levels:
        levels = await participants.open_flag_levels(session, enrolment.person_id, clock.today())
    return Facts(bool(post), any(test.passed for test in post), levels)
