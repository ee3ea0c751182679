"""The shapes of the rule data: offsets, milestones, visits, clocks, closure criteria. Pure: reads nothing."""

import re
from datetime import date, time, timedelta
from typing import Annotated, Literal

from dateutil.relativedelta import relativedelta
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

OFFSET = re.compile(r"^([+-]?\d{1,4})([dm])$")


class Rule(BaseModel):
    """Base of every rule: frozen, and unknown keys in the file are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Offset(Rule):
    """A number of calendar months or of days from a release date; negative means before it."""

    months: int = 0
    days: int = 0

    def from_day(self, day: date) -> date:
        """`day` moved by this offset; a month too short ends on its last day (domain.md 2.5)."""
        return day + relativedelta(months=self.months) + timedelta(days=self.days)


def parse_offset(value: object) -> object:
    """`-12m`, `+3d` or `0d` as an Offset; anything else is left for the validator to refuse.

    Raises ValueError for text of another form.
    """
    if not isinstance(value, str):
        return value
    found = OFFSET.match(value)
    if found is None:
        raise ValueError("an offset reads like -12m or +3d")
    amount = int(found[1])
    return Offset(months=amount) if found[2] == "m" else Offset(days=amount)


Moves = Annotated[Offset, BeforeValidator(parse_offset)]
DoneBy = Literal["ASSIGNMENT", "PRE_RELEASE_ASSESSMENT", "COMPLETION", "PLAN", "HANDOVER", "CLOSURE"]


class Opening(Rule):
    """When a case opens by itself."""

    months_before_release: int = Field(ge=1, le=60)
    release_reasons_without_case: frozenset[str]


class MilestoneRule(Rule):
    """One step of R1-R10 relative to the release date."""

    code: str
    earliest: Moves
    due: Moves
    latest: Moves
    done_by: DoneBy
    optional: bool = False
    outcomes: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class VisitRule(Rule):
    """One contact of the follow-up schedule; `kinds` empty means any kind satisfies it."""

    code: str
    due: Moves
    window_days: int = Field(ge=0, le=60)
    kinds: tuple[str, ...] = ()
    review: bool = False
    optional: bool = False


class ReportRule(Rule):
    """The first report of a parolee to the authorities."""

    code: str
    due: Moves
    window_days: int
    opens_days_before: int


class AppearanceRule(Rule):
    """The monthly appearance of a parolee."""

    code_prefix: str
    every_months: int = Field(ge=1)
    times: int = Field(ge=0, le=120)
    window_days: int


class LegalRules(Rule):
    """Legal tasks of persons under supervision (domain.md 2.2)."""

    supervision: frozenset[str]
    outcomes: tuple[str, ...]
    report: ReportRule
    appearance: AppearanceRule


class ProtocolTask(Rule):
    """One task of the lost-contact protocol, counted from the day contact was declared lost."""

    code: str
    due: Moves
    window_days: int
    outcomes: tuple[str, ...]


class OverdueRules(Rule):
    """How a missed window climbs: worker, supervisor, lost contact."""

    supervisor_after_days: int = Field(ge=0)
    lost_contact_after_days: int = Field(ge=0)
    lost_contact_tasks: tuple[ProtocolTask, ...]


class HandoverRules(Rule):
    """How long an offer may wait for its answer, in hours."""

    accept_within_hours: int = Field(ge=1)


class FlagClock(Rule):
    """Time within which a flag must be acknowledged: minutes, or the end of the next working day.

    `action_minutes`, where given, is the time from raising within which something must have been done.
    """

    minutes: int | None = None
    action_minutes: int | None = None
    next_working_day: bool = False


class FlagRules(Rule):
    """Clocks, escalation and the codes of what was done about a flag."""

    clocks: dict[str, FlagClock]
    end_of_working_day: time
    max_escalation: int
    acknowledged_by_supervisor: frozenset[str]
    actions: frozenset[str]
    outcomes: frozenset[str]
    public_holidays: frozenset[str]


class PlanRules(Rule):
    """Who may own a goal."""

    owners: frozenset[str]


class ClosureRules(Rule):
    """Criteria of closure and which of them each code must meet."""

    months_since_release: int
    reviews: int
    minimum_score: int
    core_minimum_score: int
    core_domains: tuple[str, ...]
    blocking_flag_levels: frozenset[str]
    codes: dict[str, tuple[str, ...]]
    by_event: frozenset[str]


class Rules(Rule):
    """One dated rule set of the follow-up (domain.md 5)."""

    code: str
    effective_from: date
    source: str
    opening: Opening
    domains: tuple[str, ...]
    milestones: tuple[MilestoneRule, ...]
    closure_milestone: MilestoneRule
    visit_kinds: frozenset[str]
    tiers: dict[str, tuple[VisitRule, ...]]
    tier_weights: dict[str, float]
    caseload_limit: int
    legal_tasks: LegalRules
    overdue: OverdueRules
    handover: HandoverRules
    flags: FlagRules
    plan: PlanRules
    closure: ClosureRules


class Organisation(Rule):
    """The accounts of one organisation that carry cases until a person was named."""

    duty_worker: str
    follow_up_worker: str


class District(Rule):
    """The organisation that serves a district; its own follow-up worker when it has one."""

    name: str
    org: str
    follow_up_worker: str | None = None


class Worker(Rule):
    """An account that can be responsible for a case, and its organisation."""

    worker_id: str
    org: str


class AssignmentRules(Rule):
    """Who carries a person when nobody was named: by district of return."""

    code: str
    effective_from: date
    default_org: str
    organisations: dict[str, Organisation]
    districts: dict[str, District]

    def org_of(self, district: str | None) -> str:
        """The organisation serving `district` (code or name); the default one when unknown."""
        found = self._district(district)
        return found.org if found else self.default_org

    def duty(self, district: str | None) -> Worker:
        """Who holds a new case of `district` until a supervisor names a worker."""
        org = self.org_of(district)
        return Worker(worker_id=self.organisations[org].duty_worker, org=org)

    def follow_up(self, district: str | None) -> Worker:
        """Who is offered the handover at release to `district`."""
        found, org = self._district(district), self.org_of(district)
        named = found.follow_up_worker if found else None
        return Worker(worker_id=named or self.organisations[org].follow_up_worker, org=org)

    def is_duty(self, worker_id: str) -> bool:
        """Whether the account is a duty queue, not a worker somebody chose."""
        return any(worker_id == org.duty_worker for org in self.organisations.values())

    def _district(self, district: str | None) -> District | None:
        if district is None:
            return None
        wanted = district.casefold()
        return self.districts.get(district) or next(
            (row for row in self.districts.values() if row.name.casefold() == wanted), None
        )
