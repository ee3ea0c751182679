"""Raising a flag, answering it, and letting it climb when nobody does."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit, emit_many, record_access
from inzira_platform.scope import as_system
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.case.domain import CaseState, FutureDateError, require_open
from inzira_reintegration.case.models import Case
from inzira_reintegration.case.service import load_case
from inzira_reintegration.flag import events, repository
from inzira_reintegration.flag.domain import (
    ActionUnknownError,
    FlagLevel,
    FlagNotFoundError,
    FlagState,
    change,
    clock_after,
    escalated,
)
from inzira_reintegration.flag.models import Flag, FlagChange
from inzira_reintegration.ruleset import rules_on
from inzira_reintegration.scores import check_domain

ESCALATED = "CLOCK_PASSED"


async def raise_flag(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    case_id: UUID,
    *,
    level: FlagLevel,
    domain_code: str | None,
    reason_code: str | None,
    raised_at: datetime | None,
) -> Flag:
    """Raise a flag; its clock runs from now, even when what was seen is older.

    The case is locked: where it ends in the same instant, its end stops this clock too.
    Raises CaseNotFoundError, CaseClosedError, FutureDateError, ScoresError for an unknown domain.
    """
    case = await load_case(session, principal, case_id, lock=True)
    require_open(CaseState(case.state))
    now = clock.now()
    rules = rules_on(clock.today())
    if raised_at is not None and raised_at > now:
        raise FutureDateError(field="raised_at")
    if domain_code is not None:
        check_domain(domain_code, rules)
    row = Flag(
        id=new_id(),
        case_id=case.id,
        person_id=case.person_id,
        level=level.value,
        domain_code=domain_code,
        reason_code=reason_code,
        state=FlagState.RAISED.value,
        raised_at=raised_at or now,
        clock_due_at=clock_after(level, FlagState.RAISED, now, rules.flags),
        recorded_at=now,
        recorded_by=principal.sub,
    )
    async with as_system(session):  # a facility's officer raises flags that the facility does not read
        session.add(row)
    await emit(session, events.flag_raised(row))
    return row


async def change_flag(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    flag_id: UUID,
    *,
    to_state: FlagState,
    action_code: str | None,
    outcome_code: str | None,
    occurred_at: datetime | None,
) -> Flag:
    """Acknowledge, act on, resolve or dismiss a flag; every step is kept with what was done.

    After its case has ended too, but no clock runs then.
    Raises FlagNotFoundError, FlagTransitionError, FlagNeedsSupervisorError, ActionMissingError,
    ActionUnknownError, FutureDateError.
    """
    case, row = await _locked(session, principal, flag_id)
    now = clock.now()
    if occurred_at is not None and occurred_at > now:
        raise FutureDateError(field="occurred_at")
    rules = rules_on(clock.today()).flags
    if outcome_code is not None and outcome_code not in rules.outcomes:
        raise ActionUnknownError(field="outcome_code")
    level, old = FlagLevel(row.level), FlagState(row.state)
    supervises = principal.scope_kind == "org"
    row.state = change(level, old, to_state, action_code, rules, supervises=supervises).value
    is_over = CaseState(case.state) is CaseState.CLOSED
    row.clock_due_at = None if is_over else clock_after(level, to_state, row.recorded_at, rules)
    row.version += 1
    step = _step(row, old, principal.sub, action_code, outcome_code, occurred_at or now, now)
    session.add(step)
    await session.flush()
    await emit(session, events.flag_changed(row, old, step.occurred_at, principal.sub, action_code))
    return row


async def _locked(session: AsyncSession, principal: Principal, flag_id: UUID) -> tuple[Case, Flag]:
    """A flag and its case, locked in the order of whoever ends the case. Raises FlagNotFoundError."""
    case_id = await repository.case_of(session, principal, flag_id)
    case = await load_case(session, principal, case_id, lock=True) if case_id else None
    row = await repository.get(session, principal, flag_id)
    if case is None or row is None:
        raise FlagNotFoundError
    return case, row


def _step(
    row: Flag,
    old: FlagState,
    by: str,
    action: str | None,
    outcome: str | None,
    at: datetime,
    now: datetime,
) -> FlagChange:
    return FlagChange(
        id=new_id(),
        flag_id=row.id,
        person_id=row.person_id,
        from_state=old.value,
        to_state=row.state,
        action_code=action,
        outcome_code=outcome,
        occurred_at=at,
        recorded_at=now,
        recorded_by=by,
    )


async def read_flags(session: AsyncSession, principal: Principal, case_id: UUID) -> Sequence[Flag]:
    """Flags of a case, the latest first, with the access recorded.

    Raises CaseNotFoundError.
    """
    case = await load_case(session, principal, case_id)
    rows = await repository.of_case(session, case.id)
    await record_access(session, principal, "reintegration.flags.read", [case.person_id])
    return rows


async def open_levels(session: AsyncSession, case_id: UUID) -> frozenset[str]:
    """Levels of the open flags, for closure."""
    return await repository.open_levels(session, case_id)


async def open_flags(session: AsyncSession, principal: Principal, worker_id: str | None, limit: int) -> Sequence[Flag]:
    """Open flags, for the worklist."""
    return await repository.open_in_reach(session, principal, worker_id, limit)


async def stop_clocks(session: AsyncSession, case: Case) -> None:
    """The case ended: its flags stay, their clocks stop."""
    await repository.stop_clocks(session, case.id)


async def escalate_flags(session: AsyncSession, clock: Clock, by: str, limit: int) -> int:
    """Send flags whose clock has passed one step up the supervisor chain; returns how many."""
    rules = rules_on(clock.today()).flags
    rows = await repository.past_clock(session, clock.now(), limit)
    told = []
    for row in rows:
        passed = row.clock_due_at or clock.now()
        row.escalation, row.clock_due_at = escalated(FlagLevel(row.level), row.escalation, clock.now(), rules)
        row.version += 1
        told.append(events.flag_changed(row, FlagState(row.state), passed, by, ESCALATED))
    await session.flush()
    await emit_many(session, told)
    return len(rows)
