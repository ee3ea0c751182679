"""Dosage and the completion decision: every unmet rule is named, and how far somebody still is from it.

Source: domain.md 3, "Completion". Nothing here is decided by a score alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

from inzira_curriculum.template import PostTest, Programme


class Rule(StrEnum):
    MINIMUM_SESSIONS = "MINIMUM_SESSIONS"
    MODULE_SHARE = "MODULE_SHARE"
    MANDATORY_SESSION = "MANDATORY_SESSION"
    POST_TEST = "POST_TEST"
    OPEN_FLAG = "OPEN_FLAG"


class CompletionUnmetError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "completion-rules-unmet"
    message = "The rules of completion are not met; they are listed. Record what is missing, or close as not completed."


class DecisionDateError(DomainError):
    kind = Kind.INVALID
    code = "decision-date-out-of-range"
    message = "A completion is decided on a day that has come, and not before the last fact it rests on."


class ContinuedElsewhereError(DomainError):
    kind = Kind.CONFLICT
    code = "continued-elsewhere"
    message = "This person continues the programme in another cohort. Decide the completion there."


@dataclass(frozen=True)
class Mark:
    """A mark that counts: session, attendance code (P L E U M) and day."""

    session_code: str
    code: str
    held_on: date


@dataclass(frozen=True)
class Dosage:
    """What was attended, made up and missed, each session counted once."""

    here: frozenset[str]
    made_up: frozenset[str]
    missed: frozenset[str]

    @property
    def attended(self) -> frozenset[str]:
        return self.here | self.made_up


@dataclass(frozen=True)
class Unmet:
    """A rule not met: `subject` is a module or session code, `have` and `need` count sessions or tests."""

    rule: Rule
    subject: str
    have: int
    need: int


@dataclass(frozen=True)
class Facts:
    """Everything a decision rests on, besides attendance."""

    post_test_taken: bool = False
    post_test_passed: bool = False
    flag_levels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Progress:
    dosage: Dosage
    unmet: tuple[Unmet, ...]
    absences_left: int
    make_ups_left: int
    at_risk: tuple[str, ...]
    is_possible: bool

    @property
    def is_complete(self) -> bool:
        return not self.unmet


def dose(programme: Programme, marks: Iterable[Mark], held: Iterable[str] = ()) -> Dosage:
    """Attendance of one person across all parts of one enrolment, each session counted at its best.

    Of the made-up sessions only the first `maximum_make_ups` by day count (domain.md 3: at most 8). `held`
    are the sessions the person's group has had: one without a mark was missed, by who joined late too. Marks
    of sessions the programme does not have are ignored.
    """
    known = {code: order for order, code in enumerate(programme.session_codes)}
    counted = [mark for mark in marks if mark.session_code in known]
    here = frozenset(mark.session_code for mark in counted if mark.code in ("P", "L"))
    earliest: dict[str, date] = {}
    for mark in counted:
        if mark.code == "M" and mark.session_code not in here:
            earliest[mark.session_code] = min(mark.held_on, earliest.get(mark.session_code, mark.held_on))
    ordered = sorted(earliest, key=lambda code: (earliest[code], known[code]))
    made_up = frozenset(ordered[: programme.completion.maximum_make_ups])
    told = frozenset(mark.session_code for mark in counted) | (frozenset(held) & frozenset(known))
    return Dosage(here, made_up, told - here - made_up)


def per_module(programme: Programme, sessions: Iterable[str]) -> Mapping[str, int]:
    """How many of `sessions` lie in each module; every module is named."""
    counts = {module.code: 0 for module in programme.modules}
    for code in sessions:
        counts[programme.module_of[code]] += 1
    return counts


def unmet_rules(programme: Programme, dosage: Dosage, facts: Facts) -> tuple[Unmet, ...]:
    """Every rule of completion not met yet; none means completed."""
    return (*_attendance_unmet(programme, dosage.attended), *_other_unmet(programme, facts))


def _attendance_unmet(programme: Programme, attended: frozenset[str]) -> Iterator[Unmet]:
    rules = programme.completion
    if len(attended) < rules.minimum_sessions:
        yield Unmet(Rule.MINIMUM_SESSIONS, programme.code, len(attended), rules.minimum_sessions)
    counts = per_module(programme, attended)
    for module in programme.modules:
        need = rules.per_module.needed(len(module.sessions))
        if counts[module.code] < need:
            yield Unmet(Rule.MODULE_SHARE, module.code, counts[module.code], need)
    if rules.mandatory_sessions:
        for session in programme.sessions:
            if session.mandatory and session.code not in attended:
                yield Unmet(Rule.MANDATORY_SESSION, session.code, 0, 1)


def _other_unmet(programme: Programme, facts: Facts) -> Iterator[Unmet]:
    rules = programme.completion
    satisfied = {
        PostTest.NONE: True,
        PostTest.TAKEN: facts.post_test_taken,
        PostTest.PASSED: facts.post_test_passed,
    }
    if not satisfied[rules.post_test]:
        yield Unmet(Rule.POST_TEST, rules.post_test, 0, 1)
    blocking = facts.flag_levels & rules.blocking_flag_levels
    if blocking:
        yield Unmet(Rule.OPEN_FLAG, min(blocking), len(blocking), 0)


def weigh(programme: Programme, marks: Iterable[Mark], facts: Facts, held: Iterable[str] = ()) -> Progress:
    """Progress in full: what is met, absences and make-ups left, who is at risk and why, whether it can
    still be done.
    """
    dosage = dose(programme, marks, held)
    rules = programme.completion
    make_ups_left = max(0, rules.maximum_make_ups - len(dosage.made_up))
    spare = len(programme.sessions) - rules.minimum_sessions - len(dosage.missed)
    return Progress(
        dosage=dosage,
        unmet=unmet_rules(programme, dosage, facts),
        absences_left=max(0, spare),
        make_ups_left=make_ups_left,
        at_risk=tuple(_risks(programme, dosage, spare)),
        is_possible=_is_possible(programme, dosage, make_ups_left),
    )


def _risks(programme: Programme, dosage: Dosage, spare: int) -> Iterator[str]:
    """Why somebody may not complete: few absences left, a module short, a mandatory session missed."""
    rules = programme.completion
    if dosage.missed and spare <= rules.at_risk_absences_left:
        yield "FEW_ABSENCES_LEFT"
    missed = per_module(programme, dosage.missed)
    for module in programme.modules:
        allowed = len(module.sessions) - rules.per_module.needed(len(module.sessions))
        if missed[module.code] > allowed:
            yield f"MODULE_SHORT:{module.code}"
    if rules.mandatory_sessions:
        yield from (
            f"MANDATORY_MISSED:{session.code}"
            for session in programme.sessions
            if session.mandatory and session.code in dosage.missed
        )


def _is_possible(programme: Programme, dosage: Dosage, make_ups_left: int) -> bool:
    """Whether attending everything still to come, and making up what may be made up, would meet the rules.

    Make-ups go first to what must be had (mandatory sessions, modules short), then to the total.
    """
    to_come = frozenset(programme.session_codes) - dosage.missed
    needed = {unmet.subject for unmet in _attendance_unmet(programme, to_come) if unmet.rule is Rule.MANDATORY_SESSION}
    reached = to_come | needed
    spent = len(needed)
    for unmet in _attendance_unmet(programme, reached):
        if unmet.rule is Rule.MODULE_SHARE:
            spent += unmet.need - unmet.have
    total = len(to_come) + spent
    spent += max(0, programme.completion.minimum_sessions - total)
    return spent <= make_ups_left


def decide(programme: Programme, marks: Iterable[Mark], facts: Facts) -> Progress:
    """The progress of somebody who has completed.

    Raises CompletionUnmetError with the unmet rules as facts.
    """
    progress = weigh(programme, marks, facts)
    if not progress.is_complete:
        raise CompletionUnmetError(unmet=", ".join(describe(unmet) for unmet in progress.unmet))
    return progress


def check_decided_on(decided_on: date, last_fact: date, today: date) -> None:
    """Raises DecisionDateError for a day ahead, or before the last session attended or test taken."""
    if not last_fact <= decided_on <= today:
        raise DecisionDateError(field="decided_on")


def describe(unmet: Unmet) -> str:
    """An unmet rule as a code, for instance `MODULE_SHARE M3 2/3`."""
    return f"{unmet.rule} {unmet.subject} {unmet.have}/{unmet.need}"
