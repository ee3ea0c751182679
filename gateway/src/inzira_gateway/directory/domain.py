"""How lists of persons are narrowed and ordered. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from inzira_gateway.journey.domain import Stage

LAST_DAY = date(9999, 12, 31)
"""Stands for "no date" in an ascending order, so that persons without one come last."""


class Sort(StrEnum):
    """What a list is ordered by; a leading hyphen turns it round."""

    NEXT_DUE_ON = "next_due_on"
    EXPECTED_RELEASE_ON = "expected_release_on"
    RELEASED_ON = "released_on"
    LATEST_RELEASED = "-released_on"
    LATEST_CHANGED = "-updated_at"

    @property
    def column(self) -> str:
        return self.value.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        return self.value.startswith("-")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which persons a list is to hold.

    `person_ids` is what a search by name or identifier found; None: no search. Unless `whole`, nothing is found or
    ordered by how a released person is followed.
    """

    stages: tuple[Stage, ...] = ()
    facility: str | None = None
    district: str | None = None
    due_by: date | None = None
    person_ids: tuple[UUID, ...] | None = None
    sort: Sort = Sort.NEXT_DUE_ON
    whole: bool = True


def due_by(within_days: int | None, today: date) -> date | None:
    """The last day that "due within so many days" covers; what is overdue is due."""
    return today + timedelta(days=within_days) if within_days is not None else None


@dataclass(frozen=True, slots=True)
class FacilityStages:
    """Persons of one facility by stage."""

    facility: str | None
    stages: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.stages.values())


def by_facility(counts: list[tuple[str | None, str, int]]) -> list[FacilityStages]:
    """(facility, stage, count) rows gathered by facility, in alphabetical order; persons without one come last."""
    gathered: dict[str | None, dict[str, int]] = {}
    for facility, stage, count in counts:
        stages = gathered.setdefault(facility, {})
        stages[stage] = stages.get(stage, 0) + count
    ordered = sorted(gathered, key=lambda facility: (facility is None, facility or ""))
    return [FacilityStages(facility, dict(sorted(gathered[facility].items()))) for facility in ordered]
