"""Flags and their clocks (domain.md 5, flag levels). Pure: times are given, never asked for."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from inzira_platform.errors import DomainError, Kind, NotFoundError

from inzira_reintegration.rules import FlagRules

KIGALI = ZoneInfo("Africa/Kigali")
SATURDAY = 5


class FlagLevel(StrEnum):
    """RED: act now. AMBER: within a day. YELLOW: by the next working day."""

    RED = "RED"
    AMBER = "AMBER"
    YELLOW = "YELLOW"


class FlagState(StrEnum):
    """A flag is never deleted: it ends RESOLVED or UNFOUNDED."""

    RAISED = "RAISED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    ACTION_TAKEN = "ACTION_TAKEN"
    RESOLVED = "RESOLVED"
    UNFOUNDED = "UNFOUNDED"


ENDED = frozenset({FlagState.RESOLVED, FlagState.UNFOUNDED})
TRANSITIONS: dict[FlagState, frozenset[FlagState]] = {
    FlagState.RAISED: frozenset({FlagState.ACKNOWLEDGED}),
    FlagState.ACKNOWLEDGED: frozenset({FlagState.ACTION_TAKEN, FlagState.UNFOUNDED}),
    FlagState.ACTION_TAKEN: frozenset({FlagState.ACTION_TAKEN, FlagState.RESOLVED, FlagState.UNFOUNDED}),
    FlagState.RESOLVED: frozenset(),
    FlagState.UNFOUNDED: frozenset(),
}


class FlagNotFoundError(NotFoundError):
    code = "flag-not-found"
    message = "No flag by this id is visible to you."


class FlagTransitionError(DomainError):
    kind = Kind.CONFLICT
    code = "flag-transition-refused"
    message = "A flag goes from RAISED to ACKNOWLEDGED to ACTION_TAKEN, then to RESOLVED or UNFOUNDED."


class FlagNeedsSupervisorError(DomainError):
    kind = Kind.FORBIDDEN
    code = "flag-needs-supervisor"
    message = "A flag of this level is acknowledged by a supervisor."


class ActionMissingError(DomainError):
    kind = Kind.INVALID
    code = "action-missing"
    message = "Say what was done: give one of the action codes of the rule set."


class ActionUnknownError(DomainError):
    kind = Kind.INVALID
    code = "action-unknown"
    message = "This is not a code the rule set names."


def change(
    level: FlagLevel,
    current: FlagState,
    to: FlagState,
    action: str | None,
    rules: FlagRules,
    *,
    supervises: bool,
) -> FlagState:
    """The flag's next state, when the change is allowed.

    Raises FlagTransitionError, FlagNeedsSupervisorError, ActionMissingError, ActionUnknownError.
    """
    if to not in TRANSITIONS[current]:
        raise FlagTransitionError(field="to_state")
    if to is FlagState.ACKNOWLEDGED and level in rules.acknowledged_by_supervisor and not supervises:
        raise FlagNeedsSupervisorError
    if to is FlagState.ACTION_TAKEN and action is None:
        raise ActionMissingError(field="action_code")
    if action is not None and action not in rules.actions:
        raise ActionUnknownError(field="action_code")
    return to


def clock_after(level: FlagLevel, state: FlagState, raised_at: datetime, rules: FlagRules) -> datetime | None:
    """When (UTC) the flag must have moved on from `state`; None when no clock runs.

    `raised_at` is when it was recorded: nobody can answer before they could know.
    """
    clock = rules.clocks[level]
    if state is FlagState.RAISED:
        if clock.next_working_day:
            return next_working_day_end(raised_at, rules)
        return raised_at + timedelta(minutes=clock.minutes or 0)
    if state is FlagState.ACKNOWLEDGED and clock.action_minutes is not None:
        return raised_at + timedelta(minutes=clock.action_minutes)
    return None


def next_working_day_end(at: datetime, rules: FlagRules) -> datetime:
    """End of the first working day after the day of `at` in Rwanda, in UTC."""
    day = at.astimezone(KIGALI).date() + timedelta(days=1)
    while not is_working_day(day, rules):
        day += timedelta(days=1)
    return datetime.combine(day, rules.end_of_working_day, KIGALI).astimezone(at.tzinfo)


def is_working_day(day: date, rules: FlagRules) -> bool:
    """Monday to Friday and not one of the fixed public holidays."""
    return day.weekday() < SATURDAY and day.strftime("%m-%d") not in rules.public_holidays


def escalated(level: FlagLevel, step: int, now: datetime, rules: FlagRules) -> tuple[int, datetime | None]:
    """The next step up the supervisor chain, and when another follows; the last step has no clock."""
    reached = min(step + 1, rules.max_escalation)
    if reached == rules.max_escalation:
        return reached, None
    return reached, clock_after(level, FlagState.RAISED, now, rules)
