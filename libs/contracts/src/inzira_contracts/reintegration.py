"""Events of the reintegration service: case, worker, handover, plan, visits, flags, closure (domain.md 5)."""

from typing import ClassVar

from inzira_contracts.codes import ClosureCode, FlagLevel, FlagState, WorkerRole
from inzira_contracts.event import Event, PersonEvent
from inzira_contracts.fields import Account, Agency, Code, Count, Day, Ordinal, Ref


class CaseEvent(PersonEvent):
    """A fact about one person's reintegration case."""

    case_id: Ref


class HandoverEvent(CaseEvent):
    """A step of passing responsibility on; the old worker stays responsible until it is accepted."""

    handover_id: Ref
    from_worker: Account | None = None
    to_worker: Account
    org: Agency


class CaseOpened(CaseEvent):
    """A case was opened; `trigger` says by what."""

    type: ClassVar[str] = "inzira.reintegration.case.opened.v1"
    trigger: Code
    expected_release_on: Day | None = None


class WorkerAssigned(CaseEvent):
    """A worker became responsible (PRIMARY) or the facility's contact (RCS)."""

    type: ClassVar[str] = "inzira.reintegration.worker.assigned.v1"
    assignment_id: Ref
    worker_id: Account
    org: Agency
    role: WorkerRole


class HandoverOffered(HandoverEvent):
    """A worker, or an organisation's desk, was asked to take the person over."""

    type: ClassVar[str] = "inzira.reintegration.handover.offered.v1"


class HandoverAccepted(HandoverEvent):
    """The new worker accepted: from now on `to_worker` is responsible."""

    type: ClassVar[str] = "inzira.reintegration.handover.accepted.v1"


class HandoverEscalated(HandoverEvent):
    """Nobody took the case in time: it went to a supervisor."""

    type: ClassVar[str] = "inzira.reintegration.handover.escalated.v1"


class AssessmentRecorded(CaseEvent):
    """An assessment in the 12 domains was recorded; the scores stay in the service."""

    type: ClassVar[str] = "inzira.reintegration.assessment.recorded.v1"
    assessment_id: Ref
    kind: Code


class PlanAgreed(CaseEvent):
    """A plan version was agreed and signed."""

    type: ClassVar[str] = "inzira.reintegration.plan.agreed.v1"
    plan_version: Ordinal


class ScheduleComputed(CaseEvent):
    """The follow-up schedule was computed or moved; `visits` is how many are due, `cause` why."""

    type: ClassVar[str] = "inzira.reintegration.schedule.computed.v1"
    tier: Code
    visits: Count
    cause: Code


class VisitRecorded(CaseEvent):
    """A visit took place; `due_code` names the scheduled contact it fulfils."""

    type: ClassVar[str] = "inzira.reintegration.visit.recorded.v1"
    visit_id: Ref
    kind: Code
    held_on: Day
    due_code: Code | None = None


class FlagRaised(CaseEvent):
    """A risk was flagged; what was seen stays in the service."""

    type: ClassVar[str] = "inzira.reintegration.flag.raised.v1"
    flag_id: Ref
    level: FlagLevel


class FlagChanged(CaseEvent):
    """A flag was acknowledged, acted on, resolved or found to be unfounded."""

    type: ClassVar[str] = "inzira.reintegration.flag.changed.v1"
    flag_id: Ref
    level: FlagLevel
    from_state: FlagState
    to_state: FlagState


class CaseClosed(CaseEvent):
    """The case was closed with a supervisor's approval, or by a terminal fact."""

    type: ClassVar[str] = "inzira.reintegration.case.closed.v1"
    closure_code: ClosureCode
    worker_id: Account | None = None


class LostContact(CaseEvent):
    """The lost-contact protocol began."""

    type: ClassVar[str] = "inzira.reintegration.contact.lost.v1"


class DueChanged(CaseEvent):
    """The day on which something obligatory is due next on the case moved; without `next_due_on` nothing is due."""

    type: ClassVar[str] = "inzira.reintegration.due.changed.v1"
    next_due_on: Day | None = None


EVENTS: tuple[type[Event], ...] = (
    CaseOpened,
    WorkerAssigned,
    HandoverOffered,
    HandoverAccepted,
    HandoverEscalated,
    AssessmentRecorded,
    PlanAgreed,
    ScheduleComputed,
    VisitRecorded,
    FlagRaised,
    FlagChanged,
    CaseClosed,
    LostContact,
    DueChanged,
)
