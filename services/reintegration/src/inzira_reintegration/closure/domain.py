"""When a case may be closed, and if not, why not (domain.md 5, closure). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind, NotFoundError

from inzira_reintegration.rules import ClosureRules, Offset


class ClosureState(StrEnum):
    """Asked for by the worker, decided by a supervisor."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


class ClosureNotFoundError(NotFoundError):
    code = "closure-not-found"
    message = "No closure request by this id is visible to you."


class ClosureByEventError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "closure-by-event"
    message = "A return to custody or a death is recorded at intake and closes the case by itself."


class ClosureUnmetError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "closure-criteria-unmet"
    message = "The case cannot be closed with this code yet."


class ClosurePendingError(DomainError):
    kind = Kind.CONFLICT
    code = "closure-pending"
    message = "A closure of this case already waits for a supervisor."


class ClosureSettledError(DomainError):
    kind = Kind.CONFLICT
    code = "closure-settled"
    message = "This closure request was already decided."


class OwnRequestError(DomainError):
    kind = Kind.FORBIDDEN
    code = "own-request"
    message = "A second person approves a closure: ask another supervisor."


@dataclass(frozen=True)
class Facts:
    """What the criteria look at. `reviews` are complete sets of scores, the latest first."""

    released_on: date | None
    closes_on: date
    reviews: Sequence[Mapping[str, int]]
    open_flag_levels: frozenset[str]
    open_goals: int
    has_signed_plan: bool
    lost_contact_on: date | None
    open_protocol_tasks: int


@dataclass(frozen=True)
class Criterion:
    """One criterion: met or not, with the reasons in plain words that never hold a score."""

    code: str
    met: bool
    reasons: tuple[str, ...]


def criteria(facts: Facts, rules: ClosureRules) -> dict[str, Criterion]:
    """Every criterion of the rule set, evaluated."""
    found = {
        "TIME": _time(facts, rules),
        "REVIEWS": _reviews(facts, rules),
        "FLAGS": _flags(facts, rules),
        "GOALS": _goals(facts),
        "LOST_CONTACT": _lost_contact(facts),
    }
    return {code: Criterion(code, not reasons, reasons) for code, reasons in found.items()}


def unmet(code: str, facts: Facts, rules: ClosureRules) -> tuple[Criterion, ...]:
    """The criteria that still stand against closing with `code`.

    Raises ClosureByEventError for codes that only a custody event can bring.
    """
    if code not in rules.codes:
        raise ClosureByEventError(field="closure_code")
    known = criteria(facts, rules)
    return tuple(known[name] for name in rules.codes[code] if not known[name].met)


def check_closable(code: str, facts: Facts, rules: ClosureRules) -> None:
    """Raises ClosureUnmetError with the explained reasons, ClosureByEventError."""
    standing = unmet(code, facts, rules)
    if standing:
        reasons = " ".join(reason for criterion in standing for reason in criterion.reasons)
        raise ClosureUnmetError(
            f"The case cannot be closed with this code yet. {reasons}",
            unmet=",".join(criterion.code for criterion in standing),
        )


def check_may_approve(requested_by: str, by: str) -> None:
    """Raises OwnRequestError when the one who asked would approve."""
    if requested_by == by:
        raise OwnRequestError


def _time(facts: Facts, rules: ClosureRules) -> tuple[str, ...]:
    if facts.released_on is None:
        return ("The person has not been released.",)
    if facts.closes_on < Offset(months=rules.months_since_release).from_day(facts.released_on):
        return (f"Fewer than {rules.months_since_release} months have passed since release.",)
    return ()


def _reviews(facts: Facts, rules: ClosureRules) -> tuple[str, ...]:
    last = facts.reviews[: rules.reviews]
    if len(last) < rules.reviews:
        return (f"There are fewer than {rules.reviews} reviews of all twelve domains.",)
    found = {domain for scores in last for domain in _low(scores, rules)}
    if found:
        low = ", ".join(sorted(found, key=lambda code: int(code[1:])))
        return (f"Domains below what closure asks for at the last {rules.reviews} reviews: {low}.",)
    return ()


def _low(scores: Mapping[str, int], rules: ClosureRules) -> list[str]:
    return [
        domain
        for domain, score in scores.items()
        if score < (rules.core_minimum_score if domain in rules.core_domains else rules.minimum_score)
    ]


def _flags(facts: Facts, rules: ClosureRules) -> tuple[str, ...]:
    blocking = sorted(facts.open_flag_levels & rules.blocking_flag_levels)
    return tuple(f"A {level} flag is open." for level in blocking)


def _goals(facts: Facts) -> tuple[str, ...]:
    if not facts.has_signed_plan:
        return ("No plan was signed.",)
    if facts.open_goals:
        return ("Goals of the plan are neither done nor declined.",)
    return ()


def _lost_contact(facts: Facts) -> tuple[str, ...]:
    if facts.lost_contact_on is None:
        return ("Contact was not declared lost.",)
    if facts.open_protocol_tasks:
        return ("The search for the person is not finished: two calls, a relative, the village leader.",)
    return ()
