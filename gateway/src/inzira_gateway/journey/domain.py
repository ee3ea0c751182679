"""Where a person stands, worked out of everything that was said about them. Pure.

The head of a person is a fold over their facts, not a running update: facts may arrive late, twice, out of
order across services, or during a rebuild, and the same set of facts always gives the same head.
Within one service the version of the stream decides the order, never a clock (events.md 5 and 7, I3 and I6).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

KIGALI = timezone(timedelta(hours=2))
"""Rwanda keeps UTC+2 the whole year (domain.md 2.4)."""

CUSTODY = ("IN_FACILITY", "IN_TRANSIT", "HOSPITAL", "AT_COURT", "TEMPORARY_LEAVE", "HALFWAY")
CURRICULUM_ACTIVE = ("ENROLLED", "ACTIVE", "SUSPENDED")
TRAINING_ACTIVE = ("ENROLLED", "ACTIVE", "SUSPENDED", "IN_TRAINING", "OPEN")


class Stage(StrEnum):
    """One word for where somebody is on the road; the axes beside it tell the rest."""

    ADMITTED = "ADMITTED"
    IN_CURRICULUM = "IN_CURRICULUM"
    CURRICULUM_COMPLETED = "CURRICULUM_COMPLETED"
    IN_TRAINING = "IN_TRAINING"
    TRAINED = "TRAINED"
    PREPARING_RELEASE = "PREPARING_RELEASE"
    HANDOVER = "HANDOVER"
    FOLLOW_UP = "FOLLOW_UP"
    LOST_CONTACT = "LOST_CONTACT"
    RELEASED = "RELEASED"
    CLOSED = "CLOSED"
    ESCAPED = "ESCAPED"
    DECEASED = "DECEASED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Fact:
    """One event about the person; `refs` holds its codes and ids and never a name."""

    event_id: UUID
    source: str
    type: str
    version: int
    occurred_at: datetime
    supersedes: UUID | None = None
    refs: Mapping[str, Any] = field(default_factory=dict)


class Axes(NamedTuple):
    """What is known of a person along each axis; None where nothing was said."""

    custody_state: str | None = None
    facility: str | None = None
    incoming_facility: str | None = None
    curriculum_state: str | None = None
    tvet_state: str | None = None
    case_state: str | None = None
    worker_id: str | None = None
    org: str | None = None
    return_district: str | None = None
    expected_release_on: date | None = None
    released_on: date | None = None
    case_closed_on: date | None = None
    next_due_on: date | None = None

    @property
    def stage(self) -> Stage:
        return stage_of(self)


def stage_of(axes: Axes) -> Stage:
    """The furthest point the axes agree on; what is under way goes before what is planned."""
    if axes.custody_state == "DECEASED":
        return Stage.DECEASED
    if axes.custody_state == "ESCAPED":
        return Stage.ESCAPED
    if axes.custody_state == "RELEASED":
        return _after_release(axes)
    if axes.custody_state in CUSTODY:
        return _in_custody(axes)
    return Stage.UNKNOWN


def _after_release(axes: Axes) -> Stage:
    closed = axes.case_closed_on
    if axes.case_state == "CLOSED" and (closed is None or axes.released_on is None or closed >= axes.released_on):
        return Stage.CLOSED
    if axes.case_state == "LOST_CONTACT":
        return Stage.LOST_CONTACT
    if axes.case_state == "FOLLOW_UP":
        return Stage.FOLLOW_UP
    if axes.case_state in (None, "CLOSED"):
        return Stage.RELEASED
    return Stage.HANDOVER


def _in_custody(axes: Axes) -> Stage:
    if axes.case_state in ("PLANNED", "HANDOVER_OFFERED", "HANDOVER_ESCALATED", "FOLLOW_UP"):
        return Stage.PREPARING_RELEASE
    if axes.curriculum_state in CURRICULUM_ACTIVE:
        return Stage.IN_CURRICULUM
    if axes.tvet_state in TRAINING_ACTIVE:
        return Stage.IN_TRAINING
    if axes.case_state == "OPEN":
        return Stage.PREPARING_RELEASE
    if axes.tvet_state == "AWARDED":
        return Stage.TRAINED
    if axes.curriculum_state in ("COMPLETED", "CERTIFIED"):
        return Stage.CURRICULUM_COMPLETED
    return Stage.ADMITTED


def in_effect(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that hold, in stream order: a correction stands in the place of what it corrects.

    A correction of the same type replaces the fact wholly; one of another type (a corrected time) leaves
    the fact standing with the corrected time.
    """
    ordered = sorted(facts, key=lambda fact: (fact.source, fact.version, fact.event_id.int))
    known = {fact.event_id for fact in ordered}
    standing: dict[UUID, Fact] = {}
    place: dict[UUID, UUID] = {}
    for fact in ordered:
        target = place.get(fact.supersedes, fact.supersedes) if fact.supersedes else None
        if target is None or target not in known or target not in standing:
            standing[fact.event_id] = fact
            continue
        place[fact.event_id] = target
        old = standing[target]
        same = fact.type == old.type
        standing[target] = fact if same else replace(old, occurred_at=fact.occurred_at)
    return list(standing.values())


def fold(facts: Iterable[Fact]) -> Axes:
    """The axes that follow from all facts known of one person."""
    standing = in_effect(facts)
    by_source: dict[str, list[Fact]] = {}
    for fact in standing:
        by_source.setdefault(fact.source, []).append(fact)
    axes = _custody(by_source.get("intake", []))
    axes = axes._replace(curriculum_state=_curriculum(by_source.get("curriculum", [])))
    axes = axes._replace(tvet_state=_training(by_source.get("tvet", [])))
    return _due(_case(axes, by_source.get("reintegration", [])))


def local_day(instant: datetime) -> date:
    """The day in Rwanda on which an instant fell."""
    return instant.astimezone(KIGALI).date()


def _custody(facts: list[Fact]) -> Axes:
    axes = Axes()
    for fact in facts:
        axes = _custody_step(axes, fact)
    return axes


def _custody_step(axes: Axes, fact: Fact) -> Axes:
    refs = fact.refs
    match fact.type.split(".", 2)[2]:
        case "person.admitted.v1":
            return Axes(
                custody_state="IN_FACILITY",
                facility=refs.get("facility"),
                return_district=refs.get("return_district") or axes.return_district,
            )
        case "person.moved.v1":
            state = refs.get("custody_state") or axes.custody_state
            incoming = refs.get("to_facility") if state == "IN_TRANSIT" else None
            return axes._replace(
                custody_state=state, facility=_facility_after(axes, refs, state), incoming_facility=incoming
            )
        case "dates.computed.v1":
            return axes._replace(expected_release_on=_day(refs.get("expected_release_on")))
        case "person.released.v1":
            return axes._replace(
                custody_state="RELEASED",
                incoming_facility=None,
                released_on=_day(refs.get("released_on")) or local_day(fact.occurred_at),
                return_district=refs.get("return_district") or axes.return_district,
            )
        case "person.died.v1":
            return axes._replace(custody_state="DECEASED", incoming_facility=None)
        case "person.updated.v1":
            return axes._replace(return_district=refs.get("return_district") or axes.return_district)
        case _:
            return axes


def _facility_after(axes: Axes, refs: Mapping[str, Any], state: str | None) -> str | None:
    """Somebody on the way still belongs to the facility they left, until they are received."""
    target = refs.get("to_facility")
    return target if target and state != "IN_TRANSIT" else axes.facility


def _curriculum(facts: list[Fact]) -> str | None:
    states: dict[str, str] = {}
    for fact in facts:
        key = str(fact.refs.get("enrolment_id"))
        match fact.type.split(".", 2)[2]:
            case "enrolment.opened.v1":
                states[key] = str(fact.refs.get("state", "ENROLLED"))
            case "enrolment.changed.v1":
                states[key] = str(fact.refs["to_state"])
            case "enrolment.completed.v1":
                states[key] = "COMPLETED"
            case "certificate.issued.v1":
                states[key] = "CERTIFIED"
    return _furthest(list(states.values()), CURRICULUM_ACTIVE, ("CERTIFIED", "COMPLETED"))


def _training(facts: list[Fact]) -> str | None:
    states: dict[str, str] = {}
    for fact in facts:
        key = str(fact.refs.get("training_id"))
        match fact.type.split(".", 2)[2]:
            case "training.opened.v1":
                states[key] = "ENROLLED"
            case "training.changed.v1":
                states[key] = str(fact.refs["to_state"])
            case "award.granted.v1":
                states[key] = "AWARDED"
    return _furthest(list(states.values()), TRAINING_ACTIVE, ("AWARDED",))


def _furthest(states: list[str], active: tuple[str, ...], achieved: tuple[str, ...]) -> str | None:
    """Of several undertakings: the one under way, else the best achieved, else the latest."""
    for state in reversed(states):
        if state in active:
            return state
    for wanted in achieved:
        if wanted in states:
            return wanted
    return states[-1] if states else None


_CASE_STEPS: Mapping[str, str] = {
    "case.opened.v1": "OPEN",
    "plan.agreed.v1": "PLANNED",
    "handover.offered.v1": "HANDOVER_OFFERED",
    "handover.escalated.v1": "HANDOVER_ESCALATED",
    "handover.accepted.v1": "FOLLOW_UP",
    "contact.lost.v1": "LOST_CONTACT",
    "case.closed.v1": "CLOSED",
}
"""What each event makes of the case. A visit after lost contact takes the case up again."""


def _case(axes: Axes, facts: list[Fact]) -> Axes:
    current = next((fact.refs.get("case_id") for fact in reversed(facts) if _is(fact, "case.opened.v1")), None)
    for fact in facts:
        if current is None or fact.refs.get("case_id") == current:
            axes = _case_step(axes, fact)
    return axes


def _is(fact: Fact, ending: str) -> bool:
    return fact.type.endswith("." + ending)


def _case_step(axes: Axes, fact: Fact) -> Axes:
    step = fact.type.split(".", 2)[2]
    state = _next_case_state(axes.case_state, step)
    if step == "case.opened.v1" and fact.refs.get("trigger") == "REOPENED":
        state = "FOLLOW_UP"
    axes = axes._replace(case_state=state)
    if step == "worker.assigned.v1" and fact.refs.get("role") == "PRIMARY":
        # the first carries the duty queue; whoever is named after is the worker who keeps the person at release
        state = axes.case_state if axes.worker_id is None else "FOLLOW_UP"
        return axes._replace(case_state=state, worker_id=fact.refs.get("worker_id"), org=fact.refs.get("org"))
    if step == "handover.accepted.v1":
        return axes._replace(worker_id=fact.refs.get("to_worker"), org=fact.refs.get("org"))
    if step == "due.changed.v1":
        return axes._replace(next_due_on=_day(fact.refs.get("next_due_on")))
    if step == "case.closed.v1":
        return axes._replace(case_closed_on=local_day(fact.occurred_at), next_due_on=None)
    return axes


def _next_case_state(state: str | None, step: str) -> str | None:
    if state == "LOST_CONTACT" and step == "visit.recorded.v1":
        return "FOLLOW_UP"
    if state in ("FOLLOW_UP", "HANDOVER_OFFERED", "HANDOVER_ESCALATED") and step == "plan.agreed.v1":
        return state
    return _CASE_STEPS.get(step, state)


def _due(axes: Axes) -> Axes:
    """The next day on which something is due: what the case asks for next and, while in custody, the release itself."""
    if axes.custody_state == "DECEASED" or axes.case_state == "CLOSED":
        return axes._replace(next_due_on=None)
    if axes.custody_state not in CUSTODY:
        return axes
    days = [day for day in (axes.next_due_on, axes.expected_release_on) if day is not None]
    return axes._replace(next_due_on=min(days, default=None))


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if isinstance(value, str) and value else None


SUMMARY_VARIANTS: Mapping[str, str] = {
    "intake.person.moved": "kind",
    "intake.consent.granted": "basis",
    "intake.consent.withdrawn": "basis",
    "curriculum.attendance.recorded": "code",
    "curriculum.enrolment.changed": "to_state",
    "curriculum.test.recorded": "phase",
    "tvet.training.changed": "to_state",
    "tvet.module.assessed": "result",
    "tvet.integrated.assessed": "result",
    "reintegration.worker.assigned": "role",
    "reintegration.flag.raised": "level",
    "reintegration.flag.changed": "to_state",
    "reintegration.case.closed": "closure_code",
}
"""Which code of an event makes a kind of its own in the journey's wording."""


def summary_code(event_type: str, refs: Mapping[str, Any]) -> str:
    """`intake.person.moved:TRANSFER_DEPARTED`: what the labels are looked up by."""
    base = event_type.removeprefix("inzira.").rsplit(".v", 1)[0]
    variant = refs.get(SUMMARY_VARIANTS.get(base, ""))
    return f"{base}:{variant}" if variant else base


NOT_THE_FACILITYS: frozenset[str] = frozenset(
    f"inzira.reintegration.{name}.v1"
    for name in (
        "assessment.recorded",
        "schedule.computed",
        "visit.recorded",
        "flag.raised",
        "flag.changed",
        "contact.lost",
    )
)
"""How closely, and with what result, somebody is followed: reintegration shows a facility none of it, nor do we."""


def told_to_facility(stage: str | None) -> str | None:
    """A stage, or a state of the case, as the facility knows it: followed, whether or not contact was lost."""
    return Stage.FOLLOW_UP.value if stage == Stage.LOST_CONTACT else stage


HEAD_TYPES: frozenset[str] = frozenset(
    f"inzira.{name}.v1"
    for name in (
        "intake.person.admitted",
        "intake.person.moved",
        "intake.dates.computed",
        "intake.person.released",
        "intake.person.died",
        "intake.person.updated",
        "intake.fact.corrected",
        "curriculum.enrolment.opened",
        "curriculum.enrolment.changed",
        "curriculum.enrolment.completed",
        "curriculum.certificate.issued",
        "tvet.training.opened",
        "tvet.training.changed",
        "tvet.award.granted",
        "reintegration.case.opened",
        "reintegration.worker.assigned",
        "reintegration.plan.agreed",
        "reintegration.handover.offered",
        "reintegration.handover.accepted",
        "reintegration.handover.escalated",
        "reintegration.visit.recorded",
        "reintegration.due.changed",
        "reintegration.contact.lost",
        "reintegration.case.closed",
    )
)
"""Events that can change a head; the others only lengthen the journey and cost no fold."""

HEAD_ONLY: frozenset[str] = frozenset({"inzira.reintegration.due.changed.v1"})
"""Events that say where somebody stands and not that anything happened: kept, and not listed in the journey."""
