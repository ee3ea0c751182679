"""One episode as facts in the order they happened, whenever they were learned (domain.md 2.6). Pure.

A late fact is inserted where it belongs and the whole series is read again: it is accepted exactly when every
fact still follows. A correction is the same act with another time for a fact already there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from inzira_platform.clock import KIGALI
from inzira_platform.errors import DomainError, Kind

from inzira_intake.custody.domain import (
    CLOCK_SKEW,
    Destination,
    FactKind,
    IllegalTransitionError,
    Position,
    advance,
)

NOWHERE = Destination()


class FutureFactError(DomainError):
    kind = Kind.INVALID
    code = "in-the-future"
    message = "This has not happened yet by our clock. Record it once it has, or correct the date."


class BeforeAdmissionError(DomainError):
    kind = Kind.CONFLICT
    code = "before-admission"
    message = "This would happen before the admission. Correct the admission first, or the time given."


class OrderContradictionError(DomainError):
    kind = Kind.CONFLICT
    code = "order-contradiction"
    message = "A later fact would no longer follow. Correct the later fact first, or the time given."


class UnknownFactError(DomainError):
    kind = Kind.NOT_FOUND
    code = "fact-not-found"
    message = "No fact with this id is recorded in this episode."
    field = "fact_id"


@dataclass(frozen=True)
class Fact:
    """One thing that happened. `occurred_at` is the effective time (corrections applied), aware UTC."""

    fact_id: UUID
    kind: FactKind
    occurred_at: datetime
    recorded_at: datetime
    place: Destination = NOWHERE


@dataclass(frozen=True)
class Interruption:
    """Days on which the sentence did not run: `from_on` to the day before `to_on`; None while it lasts."""

    from_on: date
    to_on: date | None


def in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """By the time they happened; facts of one instant (known by date only) in the order of recording."""
    return tuple(sorted(facts, key=lambda fact: (fact.occurred_at, fact.recorded_at, str(fact.fact_id))))


def position_after(facts: Iterable[Fact]) -> Position:
    """Where the episode stands after all its facts. Raises IllegalTransitionError when one cannot follow."""
    position = Position()
    for fact in in_order(facts):
        position = advance(position, fact.kind, fact.place)
    return position


def refuse_future(occurred_at: datetime, now: datetime, *, field: str = "occurred_at") -> None:
    """Raises FutureFactError naming `field` when `occurred_at` lies more than five minutes after `now`."""
    if occurred_at > now + CLOCK_SKEW:
        raise FutureFactError(field=field)


def insert_fact(facts: Sequence[Fact], added: Sequence[Fact], now: datetime) -> Position:
    """The position once `added` took their places among `facts`.

    Raises FutureFactError, BeforeAdmissionError, IllegalTransitionError (the new fact does not follow) or
    OrderContradictionError (a later one no longer would).
    """
    for fact in added:
        refuse_future(fact.occurred_at, now)
        _refuse_before_admission(facts, fact)
    return _replay((*facts, *added), blamed={fact.fact_id for fact in added})


def move_fact(facts: Sequence[Fact], fact_id: UUID, occurred_at: datetime, now: datetime) -> Position:
    """The position if `fact_id` had happened at `occurred_at`.

    Raises UnknownFactError, FutureFactError, or OrderContradictionError when any fact would no longer follow.
    """
    if all(fact.fact_id != fact_id for fact in facts):
        raise UnknownFactError(field="fact_id")
    refuse_future(occurred_at, now)
    return _replay(moved_facts(facts, fact_id, occurred_at), blamed=set())


def moved_facts(facts: Iterable[Fact], fact_id: UUID, occurred_at: datetime) -> tuple[Fact, ...]:
    """The facts with another time for one of them, in the order they happened."""
    return in_order(replace(fact, occurred_at=occurred_at) if fact.fact_id == fact_id else fact for fact in facts)


def _refuse_before_admission(facts: Sequence[Fact], added: Fact) -> None:
    admitted = [fact for fact in facts if fact.kind is FactKind.ADMITTED]
    if admitted and added.occurred_at < admitted[0].occurred_at:
        raise BeforeAdmissionError(field="occurred_at")


def _replay(facts: Iterable[Fact], blamed: set[UUID]) -> Position:
    position = Position()
    for fact in in_order(facts):
        try:
            position = advance(position, fact.kind, fact.place)
        except IllegalTransitionError as error:
            if fact.fact_id in blamed:
                raise
            raise OrderContradictionError(
                f"{fact.kind} of {local_day(fact.occurred_at)} would no longer follow. "
                "Correct the later fact first, or the time given.",
                field="occurred_at",
                fact=fact.kind.value,
                state=position.state.value,
            ) from error
    return position


def interruptions(facts: Iterable[Fact]) -> tuple[Interruption, ...]:
    """The escapes of an episode as days on which the clock of the sentence stood still (domain.md 2.6)."""
    found: list[Interruption] = []
    since: date | None = None
    for fact in in_order(facts):
        if fact.kind is FactKind.ESCAPED:
            since = local_day(fact.occurred_at)
        elif since is not None and fact.kind in (FactKind.RECAPTURED, FactKind.DIED):
            found.append(Interruption(since, local_day(fact.occurred_at)))
            since = None
    if since is not None:
        found.append(Interruption(since, None))
    return tuple(found)


def local_day(at: datetime) -> date:
    """The calendar day of `at` in Rwanda."""
    return at.astimezone(KIGALI).date()
