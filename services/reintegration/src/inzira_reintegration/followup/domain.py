"""What is due and when: milestones back from release, follow-up forward from it (domain.md 5). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from inzira_platform.errors import DomainError, Kind, NotFoundError

from inzira_reintegration.rules import LegalRules, MilestoneRule, Offset, OverdueRules, Rules, VisitRule


class DueKind(StrEnum):
    """Steps of R1-R10, contacts with the person, duties of parole, and the search for a lost person."""

    MILESTONE = "MILESTONE"
    VISIT = "VISIT"
    LEGAL = "LEGAL"
    PROTOCOL = "PROTOCOL"


class DueState(StrEnum):
    """OVERDUE is set by the scanner when the window has closed; it can still be done late."""

    DUE = "DUE"
    DONE = "DONE"
    OVERDUE = "OVERDUE"
    CANCELLED = "CANCELLED"


class Cause(StrEnum):
    """Why dates were computed, or why an item was taken off the schedule."""

    CASE_OPENED = "CASE_OPENED"
    RELEASE_DATE_MOVED = "RELEASE_DATE_MOVED"
    RELEASE_DATE_WITHDRAWN = "RELEASE_DATE_WITHDRAWN"
    RELEASED = "RELEASED"
    RELEASE_CORRECTED = "RELEASE_CORRECTED"
    TIER_CHANGED = "TIER_CHANGED"
    OVERTAKEN = "OVERTAKEN"
    OPTIONAL_PASSED = "OPTIONAL_PASSED"
    CONTACT_LOST = "CONTACT_LOST"
    CONTACT_MADE = "CONTACT_MADE"
    CASE_CLOSED = "CASE_CLOSED"


class Level(StrEnum):
    """How far a missed item has climbed."""

    NONE = "NONE"
    WORKER = "WORKER"
    SUPERVISOR = "SUPERVISOR"
    LOST_CONTACT = "LOST_CONTACT"


class DueItemNotFoundError(NotFoundError):
    code = "due-item-not-found"
    message = "No such item is on the schedule of this case."


class DueItemSettledError(DomainError):
    kind = Kind.CONFLICT
    code = "due-item-settled"
    message = "This item is already done or was taken off the schedule."


class VisitKindError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "visit-kind-not-accepted"
    message = "This item asks for another kind of visit. Correct the kind, or record it without naming the item."


class OutcomeError(DomainError):
    kind = Kind.INVALID
    code = "outcome-unknown"
    message = "This outcome is not one the rule set names for this item."


class ChecklistError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "checklist-incomplete"
    message = "Answer every item of the release checklist: YES, NO or NOT_NEEDED."


class CompletedElsewhereError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "completed-by-other-act"
    message = "This item is completed by its own act (visit, assessment, plan, handover), not by hand."


@dataclass(frozen=True)
class Planned:
    """One item as the rules compute it; dates are whole days in Rwanda, both ends of the window inclusive."""

    kind: DueKind
    code: str
    earliest_on: date
    due_on: date
    latest_on: date
    accepts: tuple[str, ...] = ()
    review: bool = False
    optional: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the item within one case."""
        return self.kind.value, self.code

    @property
    def dates(self) -> tuple[date, date, date]:
        """Earliest, due and latest day."""
        return self.earliest_on, self.due_on, self.latest_on


@dataclass(frozen=True)
class Scheduled:
    """A planned item that stands on a case's schedule."""

    item_id: UUID
    planned: Planned
    state: DueState
    cause: Cause | None = None


@dataclass(frozen=True)
class Changes:
    """What a recomputation does: items taken off, items put on; what is done or unmoved stays."""

    cancelled: tuple[UUID, ...]
    added: tuple[Planned, ...]

    @property
    def any(self) -> bool:
        """Whether anything moves at all."""
        return bool(self.cancelled or self.added)


def milestones(rules: Rules, release_on: date) -> tuple[Planned, ...]:
    """R1-R8 counted back from the expected (or actual) release."""
    return tuple(_milestone(rule, release_on) for rule in rules.milestones)


def follow_up(rules: Rules, tier: str, released_on: date, supervision: str | None) -> tuple[Planned, ...]:
    """Contacts of the tier, legal tasks where there is supervision, and the closure review R10.

    Raises KeyError for a tier the rule set does not know.
    """
    visits = tuple(_visit(rule, released_on) for rule in rules.tiers[tier])
    legal = _legal(rules.legal_tasks, released_on) if supervision in rules.legal_tasks.supervision else ()
    return (*visits, *legal, _milestone(rules.closure_milestone, released_on))


def lost_contact_tasks(rules: Rules, declared_on: date) -> tuple[Planned, ...]:
    """Two calls on different days, a relative, the village leader (domain.md 5)."""
    return tuple(
        Planned(
            DueKind.PROTOCOL,
            task.code,
            task.due.from_day(declared_on),
            task.due.from_day(declared_on),
            task.due.from_day(declared_on) + timedelta(days=task.window_days),
        )
        for task in rules.overdue.lost_contact_tasks
    )


def _milestone(rule: MilestoneRule, release_on: date) -> Planned:
    return Planned(
        DueKind.MILESTONE,
        rule.code,
        rule.earliest.from_day(release_on),
        rule.due.from_day(release_on),
        rule.latest.from_day(release_on),
        optional=rule.optional,
    )


def _visit(rule: VisitRule, released_on: date) -> Planned:
    due, window = rule.due.from_day(released_on), timedelta(days=rule.window_days)
    return Planned(
        DueKind.VISIT,
        rule.code,
        max(released_on, due - window),
        due,
        due + window,
        accepts=rule.kinds,
        review=rule.review,
        optional=rule.optional,
    )


def _legal(rules: LegalRules, released_on: date) -> tuple[Planned, ...]:
    report, monthly = rules.report, rules.appearance
    due = report.due.from_day(released_on)
    first = Planned(
        DueKind.LEGAL,
        report.code,
        max(released_on, due - timedelta(days=report.opens_days_before)),
        due,
        due + timedelta(days=report.window_days),
    )
    window = timedelta(days=monthly.window_days)
    turns = range(1, monthly.times + 1)
    days = [Offset(months=monthly.every_months * turn).from_day(released_on) for turn in turns]
    appearances = (
        Planned(DueKind.LEGAL, f"{monthly.code_prefix}{turn}", day - window, day, day + window)
        for turn, day in enumerate(days, start=1)
    )
    return (first, *appearances)


def reconcile(existing: Iterable[Scheduled], planned: Sequence[Planned]) -> Changes:
    """Bring a schedule in line with newly computed dates.

    Done items stand, whatever the new dates. Open items that moved are taken off and put on again, so that
    the old date stays readable with its reason.
    """
    wanted = {item.key: item for item in planned}
    cancelled: list[UUID] = []
    for old in existing:
        if old.state is DueState.CANCELLED and old.cause is not Cause.OVERTAKEN:
            continue
        new = wanted.get(old.planned.key)
        if old.state is DueState.DONE or (new is not None and new.dates == old.planned.dates):
            wanted.pop(old.planned.key, None)
        elif old.state is not DueState.CANCELLED:
            cancelled.append(old.item_id)
    return Changes(tuple(cancelled), tuple(item for item in planned if item.key in wanted))


def state_on(latest_on: date, today: date) -> DueState:
    """DUE until the window has closed, then OVERDUE; the last day of the window still counts."""
    return DueState.OVERDUE if today > latest_on else DueState.DUE


def escalation(
    latest_on: date, known_on: date, last_contact_on: date | None, today: date, rules: OverdueRules
) -> Level:
    """How far a missed contact has climbed by `today`.

    The worker learns at once. Supervisor and lost contact count from the later of the window's end and the
    day the item came on the schedule: nobody is late before they could know. Any contact after the window
    closed means the person is not lost.
    """
    if today <= latest_on:
        return Level.NONE
    days = (today - max(latest_on, known_on)).days
    if days >= rules.lost_contact_after_days and not (last_contact_on and last_contact_on > latest_on):
        return Level.LOST_CONTACT
    return Level.SUPERVISOR if days >= rules.supervisor_after_days else Level.WORKER


def can_satisfy(item: Scheduled) -> bool:
    """Open items can be satisfied, and those overtaken by a visit that was recorded first."""
    return item.state in (DueState.DUE, DueState.OVERDUE) or item.cause is Cause.OVERTAKEN


def matching_item(kind: str, held_on: date, items: Iterable[Scheduled]) -> Scheduled | None:
    """Which due contact a visit satisfies, or None when it is an extra one.

    First the item in whose window the visit was held, the nearest due day winning; else the last open one
    whose window had already closed: a late visit. One that a later visit overtook is satisfied within its
    window only.
    """
    open_items = [
        item
        for item in items
        if item.planned.kind is DueKind.VISIT and can_satisfy(item) and accepts(item.planned, kind)
    ]
    inside = [item for item in open_items if item.planned.earliest_on <= held_on <= item.planned.latest_on]
    if inside:
        return min(inside, key=lambda item: (abs((item.planned.due_on - held_on).days), item.planned.due_on))
    missed = [item for item in open_items if item.planned.latest_on < held_on and item.state is not DueState.CANCELLED]
    return max(missed, key=lambda item: item.planned.due_on) if missed else None


def accepts(planned: Planned, kind: str) -> bool:
    """Whether a visit of `kind` satisfies the item; an item that names no kind takes any."""
    return not planned.accepts or kind in planned.accepts


def check_matches(item: Scheduled, kind: str, held_on: date) -> bool:
    """Check a visit against the item its recorder named; True when it was held in time.

    Raises DueItemSettledError, VisitKindError.
    """
    if not can_satisfy(item):
        raise DueItemSettledError(field="due_code")
    if not accepts(item.planned, kind):
        raise VisitKindError(field="due_code")
    return held_on <= item.planned.latest_on


def overtaken(satisfied: Planned, held_on: date, items: Iterable[Scheduled]) -> tuple[UUID, ...]:
    """Contacts whose window had closed before this visit: no longer to be made, and kept as missed."""
    return tuple(
        item.item_id
        for item in items
        if item.planned.kind is DueKind.VISIT
        and item.state in (DueState.DUE, DueState.OVERDUE)
        and item.planned.latest_on < held_on
        and item.planned.due_on < satisfied.due_on
    )
