"""Assessing in twelve domains and agreeing on a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock, kigali_midnight
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit, record_access
from inzira_platform.scope import as_system
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.case.domain import CaseState, NotReleasedError, Tier, check_happened
from inzira_reintegration.case.models import Case
from inzira_reintegration.case.service import change_case, load_case
from inzira_reintegration.followup import service as followup
from inzira_reintegration.followup.domain import Cause
from inzira_reintegration.plan import events, repository
from inzira_reintegration.plan.domain import AssessmentKind, Goal, GoalState, check_goals
from inzira_reintegration.plan.models import Assessment, Plan, PlanGoal
from inzira_reintegration.ruleset import rules_on
from inzira_reintegration.scores import check_scores


@dataclass(frozen=True)
class Standing:
    """What closure asks of the plan."""

    is_signed: bool
    open_goals: int


async def record_assessment(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    case_id: UUID,
    *,
    kind: AssessmentKind,
    held_on: date,
    scores: Mapping[str, int],
) -> tuple[Assessment, int]:
    """Record an assessment of all twelve domains; the one before release completes R2.

    Raises CaseNotFoundError, CaseClosedError, HandedOverError, NotReleasedError, FutureDateError,
    TooEarlyError, ScoresError, ScoresIncompleteError.
    """
    case = await change_case(session, principal, clock, case_id)
    _check_day(case, kind, held_on, clock)
    check_scores(scores, rules_on(case.opened_on), complete=True)
    row = Assessment(
        id=new_id(),
        case_id=case.id,
        person_id=case.person_id,
        kind=kind.value,
        held_on=held_on,
        scores=dict(scores),
        recorded_at=clock.now(),
        recorded_by=principal.sub,
    )
    async with as_system(session):  # a facility's officer records scores that the facility does not read
        session.add(row)
    if kind is AssessmentKind.PRE_RELEASE:
        await followup.complete_milestone(session, case, "R2", held_on, principal.sub, clock)
    await session.flush()
    await emit(session, events.assessment_recorded(row))
    return row, case.version


def _check_day(case: Case, kind: AssessmentKind, held_on: date, clock: Clock) -> None:
    """Before release the case's own time counts; a review is held after release."""
    if kind is AssessmentKind.REVIEW and case.released_on is None:
        raise NotReleasedError
    first = case.released_on if kind is AssessmentKind.REVIEW else case.opened_on
    check_happened(held_on, clock.today(), field="held_on", not_before=first)


async def write_plan(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    case_id: UUID,
    version: int,
    *,
    goals: Sequence[Goal],
    tier: Tier | None,
    signed_on: date | None,
) -> tuple[Plan, int]:
    """Write the next version of the plan; signed it is agreed, completes R6, and its tier moves the schedule.

    Raises CaseNotFoundError, CaseClosedError, CaseChangedError, HandedOverError, FutureDateError, TooEarlyError,
    GoalError, EmptyPlanError.
    """
    case = await change_case(session, principal, clock, case_id, version)
    check_goals(goals, rules_on(case.opened_on), signed=signed_on is not None)
    if signed_on is not None:
        check_happened(signed_on, clock.today(), field="signed_on", not_before=case.opened_on)
    chosen = tier or Tier(case.tier)
    async with as_system(session):  # the plan is not the facility's to read back
        plan = await _next_version(session, case, chosen, signed_on, principal.sub, clock)
        session.add(plan)
        await session.flush()
        session.add_all([_goal(plan, number, goal) for number, goal in enumerate(goals, start=1)])
    moved = await _move_tier(session, case, chosen, clock)
    if signed_on is not None:
        await followup.complete_milestone(session, case, "R6", signed_on, principal.sub, clock)
    await session.flush()
    if signed_on is not None:
        await emit(session, events.plan_agreed(plan, signed_on))
    if moved is not None:
        day = signed_on or clock.today()
        cause = Cause.TIER_CHANGED.value
        await emit(session, followup.schedule_computed(case, kigali_midnight(day), principal.sub, moved, cause))
    return plan, case.version


async def _next_version(
    session: AsyncSession, case: Case, tier: Tier, signed_on: date | None, by: str, clock: Clock
) -> Plan:
    last = await repository.latest(session, case.id)
    return Plan(
        id=new_id(),
        case_id=case.id,
        person_id=case.person_id,
        plan_version=last.plan_version + 1 if last else 1,
        tier=tier.value,
        signed_on=signed_on,
        recorded_at=clock.now(),
        recorded_by=by,
    )


def _goal(plan: Plan, position: int, goal: Goal) -> PlanGoal:
    return PlanGoal(
        id=new_id(),
        plan_id=plan.id,
        person_id=plan.person_id,
        position=position,
        domain_code=goal.domain_code,
        goal_code=goal.goal_code,
        owner=goal.owner,
        due_on=goal.due_on,
        state=goal.state.value,
    )


async def _move_tier(session: AsyncSession, case: Case, tier: Tier, clock: Clock) -> int | None:
    """Change the intensity; after release the schedule moves with it. Number of items planned, or None."""
    if case.tier == tier.value:
        return None
    case.tier = tier.value
    if case.state != CaseState.FOLLOW_UP or case.released_on is None:
        return None
    return await followup.reschedule_after_release(session, case, case.released_on, Cause.TIER_CHANGED, clock)


async def read_plan(
    session: AsyncSession, principal: Principal, case_id: UUID
) -> tuple[Plan | None, Sequence[PlanGoal], Sequence[Assessment]]:
    """The newest plan with its goals, and the assessments, with the access recorded.

    Raises CaseNotFoundError.
    """
    case = await load_case(session, principal, case_id)
    plan = await repository.latest(session, case.id)
    goals = await repository.goals_of(session, plan.id) if plan else []
    assessments = await repository.assessments_of(session, case.id)
    await record_access(session, principal, "reintegration.plan.read", [case.person_id])
    return plan, goals, assessments


async def standing_of(session: AsyncSession, case_id: UUID) -> Standing:
    """Whether a plan was signed, and how many goals of its newest version are open."""
    signed = await repository.latest_signed(session, case_id)
    newest = await repository.latest(session, case_id)
    goals = await repository.goals_of(session, newest.id) if newest else []
    open_goals = sum(goal.state == GoalState.OPEN.value for goal in goals)
    return Standing(signed is not None, open_goals)


async def reviews_of(session: AsyncSession, case_id: UUID, limit: int) -> list[tuple[date, dict[str, int]]]:
    """Day and scores of the latest reviews."""
    return [(row.held_on, row.scores) for row in await repository.reviews_of(session, case_id, limit)]
