"""Recording and correcting knowledge tests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_curriculum.assessment import events, repository
from inzira_curriculum.assessment.domain import (
    NoTestError,
    Phase,
    Sitting,
    check_correction,
    check_taken_on,
    next_sitting,
    outcome,
    pre_score_of,
)
from inzira_curriculum.assessment.models import TestResult
from inzira_curriculum.database import event_id_at
from inzira_curriculum.enrolment import service as enrolments
from inzira_curriculum.programme import service as programmes
from inzira_curriculum.template import TestRules

__all__ = ["TestResult"]


@dataclass(frozen=True)
class Paper:
    """A test as it is handed in: score 0 to 100. `sitting` is named only to correct a recorded one."""

    phase: Phase
    score: int
    taken_on: date
    sitting: int | None = None
    reason_code: str | None = None


async def record_test(
    session: AsyncSession, principal: Principal, clock: Clock, enrolment_id: UUID, paper: Paper
) -> tuple[TestResult, int]:
    """Record a test, or correct a recorded one with a reason; returns it and the enrolment's version.

    Correcting the pre-test judges the post-tests anew. Raises EnrolmentNotFoundError, NoTestError, NotUnderWayError,
    TestDateError, SittingConflictError or CorrectionReasonError.
    """
    enrolment = await enrolments.get_enrolment(session, principal, enrolment_id, lock=True)
    rules = programmes.get_version(enrolment.programme_code, enrolment.programme_version).test
    if rules is None:
        raise NoTestError
    check_taken_on(paper.phase, paper.taken_on, enrolment.enrolled_on, clock.today())
    enrolments.check_under_way(
        enrolments.EnrolmentState(enrolment.state),
        enrolment.since_on,
        enrolment.enrolled_on,
        max(paper.taken_on, enrolment.enrolled_on),
    )
    standing = await repository.current_of_lineages(session, [enrolment.lineage_id])
    made = _results(principal, clock, rules, enrolment, paper, standing)
    superseded = {one.id: one for one in standing}
    for result in made:
        if result.supersedes_id is not None:
            superseded[result.supersedes_id].is_current = False
    await session.flush()
    session.add_all(made)
    enrolment.version += 1
    await session.flush()
    for result in made:
        before = superseded[result.supersedes_id] if result.supersedes_id else None
        stream = f"person:{result.person_id}"
        corrected = await event_id_at(session, stream, before.event_version) if before else None
        result.event_version = await emit(session, events.recorded(result, corrected))
    return made[0], enrolment.version


async def results_of(session: AsyncSession, lineage_ids: Iterable[UUID]) -> Sequence[TestResult]:
    """The standing results of these lineages."""
    return await repository.current_of_lineages(session, lineage_ids)


def _results(
    principal: Principal,
    clock: Clock,
    rules: TestRules,
    enrolment: enrolments.Enrolment,
    paper: Paper,
    standing: Sequence[TestResult],
) -> list[TestResult]:
    """The result handed in, and with a corrected pre-test every post-test whose outcome that changes."""
    sittings = [Sitting(Phase(one.phase), one.sitting, one.score, one.passed) for one in standing]
    if paper.reason_code is None:
        number, before = next_sitting(rules, sittings, paper.phase), None
    else:
        number = paper.sitting or 1
        check_correction(sittings, paper.phase, number, paper.reason_code)
        before = next(one for one in standing if (one.phase, one.sitting) == (paper.phase, number))
    made = [_result(principal, clock, rules, enrolment, paper, number, before, pre_score_of(sittings))]
    if before is None or paper.phase is Phase.POST:
        return made
    for post in (one for one in standing if one.phase == Phase.POST):
        again = Paper(Phase.POST, post.score, post.taken_on, post.sitting, paper.reason_code)
        result = _result(principal, clock, rules, enrolment, again, post.sitting, post, paper.score)
        if result.passed != post.passed:
            made.append(result)
    return made


def _result(
    principal: Principal,
    clock: Clock,
    rules: TestRules,
    enrolment: enrolments.Enrolment,
    paper: Paper,
    number: int,
    before: TestResult | None,
    pre_score: int | None,
) -> TestResult:
    return TestResult(
        id=new_id(),
        enrolment_id=enrolment.id,
        lineage_id=enrolment.lineage_id,
        person_id=enrolment.person_id,
        phase=paper.phase,
        sitting=number,
        score=paper.score,
        passed=outcome(rules, paper.phase, paper.score, pre_score),
        taken_on=paper.taken_on,
        reason_code=paper.reason_code,
        supersedes_id=before.id if before else None,
        recorded_at=clock.now(),
        recorded_by=principal.sub,
    )
