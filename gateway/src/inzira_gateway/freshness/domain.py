"""What an answer says about its own age. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SOURCES = ("intake", "curriculum", "tvet", "reintegration")
AVAILABLE_FOR = timedelta(seconds=15)
"""A service not heard of for longer counts as unavailable: the check runs every 3 seconds."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The last word on one service: up to when the read model holds all it said, and whether it answers."""

    fresh_at: datetime
    checked_at: datetime
    is_reachable: bool


@dataclass(frozen=True, slots=True)
class SourceAge:
    source: str
    as_of: datetime | None
    age_seconds: int | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of the answer that may be missing or old, and why: absence must never look like "no record"."""

    section: str
    reason: str


@dataclass(frozen=True, slots=True)
class Freshness:
    as_of: datetime | None
    sources: tuple[SourceAge, ...]
    unavailable: tuple[Gap, ...]


def freshness_of(seen: Mapping[str, Seen], now: datetime, extra: Sequence[Gap] = ()) -> Freshness:
    """What is known of every source at `now`; `as_of` is the oldest of them, None when one was never heard of."""
    ages = tuple(_age(source, seen.get(source), now) for source in SOURCES)
    gaps = [gap for source in SOURCES if (gap := _gap(source, seen.get(source), now)) is not None]
    known = [age.as_of for age in ages if age.as_of is not None]
    return Freshness(min(known) if len(known) == len(ages) else None, ages, (*gaps, *extra))


def _age(source: str, seen: Seen | None, now: datetime) -> SourceAge:
    if seen is None:
        return SourceAge(source, None, None)
    return SourceAge(source, seen.fresh_at, max(0, int((now - seen.fresh_at).total_seconds())))


def _gap(source: str, seen: Seen | None, now: datetime) -> Gap | None:
    if seen is None or now - seen.checked_at > AVAILABLE_FOR:
        return Gap(source, "not-checked")
    if not seen.is_reachable:
        return Gap(source, "not-answering")
    return Gap(source, "behind") if now - seen.fresh_at > AVAILABLE_FOR else None
